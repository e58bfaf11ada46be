// What begins with a slash. Pure: it gives what is to be done, and the page does it.
import { fold, format } from './irc.js';

const MOST = 50;
const elsewhere = { error: 'That works in a room. Open one: /join #lobby' };
const cut = rest => /^(?:@(?!#))?(\S*)\s*(.*)$/s.exec(rest).slice(1);
const inRoom = act => (rest, room) => (room?.direct === false ? act(rest, room) : elsewhere);

function join(rest) {
	const [name, key] = cut(rest), room = /^[#&]/.test(name) ? name : `#${name}`;
	return name && { join: room, send: format('JOIN', ...[room, key].filter(Boolean)) };
}

function who(rest, room) {
	const list = room.listed().map(({ nick, away }) => (away ? `${nick} (away)` : nick));
	return { tell: `${list.length} in ${room.name}: ${list.join(', ')}` };
}

function kick(rest, { name }) {
	const [nick, why] = cut(rest);
	return nick && { send: format('KICK', name, nick, ...(why ? [why] : [])) };
}

/** Of this room, unless the line names another, or a person. */
const mode = (rest, { name }) => ({ send: `MODE ${/^([+-]|\w?$)/.test(rest) ? `${name} ${rest}`.trim() : rest}` });

/** Whether a text holds a password: that is neither kept nor brought back. */
export const isSecret = text => /^\s*\/(oper|quote\s+(oper|pass))\b/im.test(text);

function message(rest) {
	const [target, text] = cut(rest);
	return target && { open: target, post: text && { target, text } };
}

/** Name → [what follows it, what it does, what is to be done: tell, join, leave, open, post, send, quit or error]. */
export const COMMANDS = new Map(Object.entries({
	help: ['', 'shows this', () => ({ tell: help() })],
	join: ['#room key', 'enters a room, or makes it', join],
	list: ['', 'shows the rooms', () => ({ list: true })],
	part: ['', 'leaves this room or conversation', (rest, room) => (room ? { leave: /^[#&]/.test(rest) ? rest : room.name } : elsewhere)],
	msg: ['name text', 'writes to one person', message],
	me: ['waves', 'says what you do', (rest, room) => rest && (room ? { post: { target: room.name, text: rest, action: true } } : elsewhere)],
	nick: ['name', 'changes your name', rest => rest && { send: format('NICK', cut(rest)[0]) }],
	topic: ['text', 'says what the room is about', inRoom((rest, { name, topic }) =>
		(rest ? { send: format('TOPIC', name, rest) } : { tell: topic || 'There is no topic yet.' }))],
	who: ['', 'lists who is here', inRoom(who)],
	invite: ['name', 'asks somebody in', inRoom((rest, room) => rest && { send: format('INVITE', cut(rest)[0], room.name) })],
	away: ['reason', 'marks you as away; without a reason, as back', rest => ({ send: rest ? format('AWAY', rest) : 'AWAY' })],
	kick: ['name reason', 'sends somebody out of this room', inRoom(kick)],
	mode: ['+m', 'changes how this room works', inRoom(mode)],
	oper: ['name password', 'makes you an operator of the server', rest => cut(rest)[1] && { send: format('OPER', ...cut(rest)) }],
	kill: ['name reason', 'sends somebody away from the server', rest => cut(rest)[1] && { send: format('KILL', ...cut(rest)) }],
	quote: ['line', 'sends a line of IRC as it is', rest => rest && { send: rest[0] === '@' ? rest : `@label=quote ${rest}` }],
	quit: ['', 'logs you out', () => ({ quit: true })],
}));

const usage = name => `/${name} ${COMMANDS.get(name)[0]}`.trim();
const help = () => ['Enter sends, Shift+Enter begins a line, Tab completes a name, ↑ brings back what you said, Ctrl+/ shows more keys.',
	...[...COMMANDS].map(([name, [, does]]) => `${usage(name)} – ${does}`)].join('\n');

const MENU = /^(ban|(de)?op|whois)$/;

/** The rooms to offer to whoever begins to write a name: those with most people first. */
export function offers(chat, word) {
	const fits = ({ name, topic }) => !chat.room(name)?.joined && fold(name + topic).includes(fold(word));
	return chat.listed.filter(fits).sort((a, b) => b.count - a.count).slice(0, MOST);
}

/** A line from the box, in the room where it was written → what is to be done. */
export function interpret(text, room) {
	const [, word, rest] = /^\s*\/(?!\/)(\S*)\s*(.*)$/s.exec(text) ?? [];
	if (word === undefined) return room ? { post: { target: room.name, text: text.replace(/^\/\//, '/') } } : elsewhere;
	const name = word.toLowerCase(), run = COMMANDS.get(name)?.[2];
	if (!run) return { error: `There is no command /${word}; nothing was sent. ${MENU.test(name) ? 'Choose the name in the list of people.' : `/help lists them. To say it as it is: /${text}`}` };
	return run(rest.trim(), room) || { error: `Write it like this: ${usage(name)}` };
}
