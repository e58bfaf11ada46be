// A person with the library irc-framework, driven by lines on stdin; tests/zoo/script.rs has both
// languages: the one that it is told, and the one in which it tells what it sees.
//
// usage: [CAPS="…"] node irc_framework.mjs MODULES NICK HOST PORT [PATH]: with a path over a WebSocket;
// CAPS are asked for beside those that the library always wants.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const ROOM = '#lobby';
const [modules, nick, host, port, path] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { Client } = require('irc-framework');

const tell = (...words) => console.log(...words);
const options = { nick, username: nick, gecos: nick, host, port, auto_reconnect: false };
if (path) {
	// Node has a WebSocket of its own since 22. The library asks for text.ircv3.net and falls back
	// to no subprotocol; here it asks for none at once.
	globalThis.WebSocket ??= require('ws').WebSocket;
	const transport = require('irc-framework/src/transports/websocket');
	Object.assign(options, { path, transport, websocket_protocol: '' });
}

const client = new Client(options);
client.requestCap(process.env.CAPS?.split(' ') ?? []);
client.on('registered', () => client.join(ROOM));
client.on('userlist', ({ channel }) => tell('in', channel));
client.on('join', ({ nick, channel }) => tell(nick, 'joined', channel));
let last; // the id of the last message
client.on('privmsg', ({ nick, target, message, tags }) => {
	last = tags.msgid ?? last;
	tell(nick, target === ROOM ? 'said' : 'told me', message);
});
client.on('action', ({ nick, message }) => tell(nick, 'acted', message));
client.on('topic', ({ nick, topic }) => tell(nick, 'set the topic', topic));
client.on('nick', ({ nick, new_nick }) => tell(nick, 'is now', new_nick));
client.on('tagmsg', ({ nick, tags }) => tags['+draft/react'] && tell(nick, 'reacted', tags['+draft/react']));
client.on('batch end draft/multiline', ({ commands }) => tell('together', ...commands.map(one => one.params[1])));
client.on('kick', ({ nick, kicked, message }) => tell(nick, 'removed', kicked, message));
client.on('mode', ({ nick, target, raw_modes, raw_params }) => tell(nick, 'set', target, raw_modes, ...raw_params));
client.on('invite', ({ nick, channel }) => tell(nick, 'asked me to', channel));
client.on('users online', ({ nicks }) => tell('here', ...nicks));
client.on('users offline', ({ nicks }) => tell('not here', ...nicks));
client.on('quit', ({ nick, message }) => tell(nick, 'left', message));
client.on('raw', ({ from_server, line }) => from_server && tell('raw', line));
client.on('unknown command', ({ command }) => tell('unknown', command));
client.on('irc error', ({ error, reason }) => tell('error', error, reason));
client.on('close', () => {
	tell('gone');
	process.exit(0);
});
client.connect();

const verbs = {
	say: rest => client.say(ROOM, rest),
	act: rest => client.action(ROOM, rest),
	tell: rest => client.say(...rest.match(/^(\S+) (.*)$/s).slice(1)),
	topic: rest => client.setTopic(ROOM, rest),
	rename: rest => client.changeNick(rest),
	react: rest => client.tagmsg(ROOM, { '+draft/reply': last, '+draft/react': rest }),
	answer: rest => client.say(ROOM, rest, { '+draft/reply': last }),
	join: rest => client.join(rest),
	kick: rest => client.raw('KICK', ...rest.match(/^(\S+) (\S+) (.*)$/s).slice(1)),
	ban: rest => client.ban(...rest.split(' ')),
	bans: rest => client.banlist(rest, ({ bans }) => tell('bans', ...bans.map(({ banned }) => banned))),
	who: rest => client.who(rest, ({ users }) =>
		tell('who', ...users.map(({ nick, ident, away, bot }) => `${nick}:${ident}${away ? ':away' : ''}${bot ? ':bot' : ''}`))),
	watch: rest => client.addMonitor(rest),
	leave: rest => client.quit(rest),
};
createInterface({ input: process.stdin }).on('line', line => {
	const [, verb, rest] = line.match(/^(\S+) ?(.*)$/s);
	verbs[verb](rest);
});
