// What the page knows. Pure: lines change it, and the view draws what it finds here.
import { fold, timeOf } from './irc.js';
import { mentions } from './format.js';
import { batch, said, tags } from './messages.js';
import { allBanned, away, banned, crowd, described, gone, join, kicked, mode, modes, named, names, renamed, whois } from './people.js';
import { Pending } from './pending.js';
import { Room } from './room.js';
import { answer, explain, sentence } from './replies.js';

const MAX_DIRECT = 100;

export class Chat {
	prefix = ''; // as others see us
	rooms = new Map();
	current = null;
	focused = true;
	away = false;
	oper = false; // of the whole server
	support = new Map();
	batches = new Map();
	listed = []; // the rooms that there are, when it was asked last

	/**
	 * `on`: ready(), joined(room), left(room), renamed(old), echo(), error(text, label, name), marked(room), apart(note), wanted(room, item), rooms(),
	 * redacted(room, id), crowd(room), found(items, label), callers(list, label), bans(room, masks, mode), refused(code, label, more), and
	 * history(room, items, label, page), which answers with `{fresh, missed, older}`: what is new, and why it was asked for.
	 */
	constructor(me, on, pending = new Pending()) {
		Object.assign(this, { me, on, pending });
	}

	/** A new connection: of the old one nothing is under way. */
	restart() {
		this.batches.clear();
		this.oper = false;
		for (const room of this.rooms.values()) room.restart();
	}

	isMe = nick => fold(nick) === fold(this.me);
	isRoom = name => (this.support.get('CHANTYPES') || '#&').includes(name[0]);
	room = (name = '') => this.rooms.get(fold(name));

	/** The room or conversation of that name, made if need be. */
	open(name) {
		if (!this.room(name)) this.rooms.set(fold(name), new Room(name, !this.isRoom(name)));
		const direct = [...this.rooms].filter(([, room]) => room.direct && room !== this.current);
		if (direct.length > MAX_DIRECT) this.rooms.delete(direct[0][0]); // strangers open these, so there is an end to them
		return this.room(name);
	}

	/** What stands in a room: what was said, and behind it what is on its way. */
	shown(room) {
		return [...room.items, ...this.pending.of(room.name).map(message => Object.assign(message, { nick: this.me }))];
	}

	/** The rooms where somebody is seen. */
	with(nick) {
		return [...this.rooms.values()].filter(room => room.people.has(fold(nick)) || room === this.room(nick));
	}

	/** A message as irc.js parses it. */
	receive(message) {
		const batch = this.batches.get(message.tags.get('batch')), error = explain(message), text = !(message.command === '301' && this.isMe(message.params[1])) && answer(message);
		if (batch?.messages && message.command !== 'BATCH') return batch.messages.push(message);
		message.label = message.tags.get('label') ?? batch?.label; // a label of a batch is that of what is in it
		HANDLERS.get(message.command)?.(this, message, ...message.params);
		if (error) this.on.error(error, message.label, message.params[1]);
		if (text) this.current?.say(text);
		else if (message.label === 'quote' && /^[2367]/.test(message.command)) this.current?.say(message.params.slice(1).join(' '));
	}

	move(rooms, nick, verb, message) {
		for (const room of rooms) room?.move(nick, verb, timeOf(message));
	}

	mentions = text => mentions(text, this.me);
	watches = room => room === this.current && this.focused;

	count(room, item) {
		if (item.own || this.watches(room)) return;
		if (!room.unread) room.line = item;
		room.unread += 1;
		if (!item.mention && (!room.direct || item.kind === 'notice')) return;
		room.mentions += 1;
		this.on.wanted(room, item);
	}

	/** What came of the past counts if it has not been read. */
	countPast(room, { fresh, missed, older }) {
		const news = fresh.filter(({ own, at }) => !own && !older && (room.read ? at > room.read : missed));
		const line = room.items.indexOf(room.line), first = room.items.indexOf(news[0]);
		for (const item of news) this.count(room, item);
		if (first >= 0 && (line < 0 || first < line)) room.line = news[0];
	}
}

function topic(chat, message, name, text) {
	setTopic(chat, message, '', name, text);
	chat.room(name)?.say(text ? `${message.nick} set the topic: ${text}` : `${message.nick} cleared the topic.`, timeOf(message));
}

const setTopic = (chat, message, me, name, text) => Object.assign(chat.room(name) ?? {}, { topic: text });

function marked(chat, message, name, stamp = '') {
	const room = chat.room(name), at = Date.parse(stamp.replace('timestamp=', ''));
	if (!room) return;
	if (at) room.marked(at);
	chat.on.marked(room);
}

function invited(chat, { nick }, whom, name) {
	if (chat.isMe(whom)) chat.current?.say(`${nick} invites you to ${name}. Go in with /join ${name}`);
	else chat.room(name)?.say(`${nick} invited ${whom}.`);
}

function failed(chat, message, command, code, name) {
	if (command === 'CHATHISTORY') chat.on.refused(code, message.label, message.tags.has('batch'));
	else chat.on.error(sentence(message), message.label, name);
}

function noted(chat, message, command, code, name) {
	const text = sentence(message);
	if (code === 'RELAY_GONE') chat.on.apart(text);
	else if (code === 'MESSAGES_DROPPED') chat.room(name)?.say(text, timeOf(message)); // it stands where they are missing
	else chat.current?.say(text);
}

const HANDLERS = new Map(Object.entries({
	PRIVMSG: said, NOTICE: said, TAGMSG: tags, REDACT: tags, BATCH: batch, CROWD: crowd, JOIN: join, MODE: mode, KICK: kicked, NICK: renamed, AWAY: away,
	TOPIC: topic, INVITE: invited, FAIL: failed, WARN: failed, NOTE: noted, MARKREAD: marked,
	ACK: (chat, { label }) => chat.pending.fail(label, 'The server told it to nobody.') && chat.on.echo(),
	PART: (chat, message, room) => gone(chat, message, [chat.room(room)], message.nick),
	QUIT: (chat, message) => gone(chat, message, chat.with(message.nick), message.nick),
	WALLOPS: (chat, { nick }, text) => chat.current?.say(`${nick} to the operators: ${text}`),
	SETNAME: (chat, message, name) => chat.move(chat.with(message.nick), message.nick, `goes by “${name}”`, message),
	'001': (chat, message, me) => Object.assign(chat, { me }),
	'005': (chat, message, me, ...list) => list.forEach(token => chat.support.set(...`${token}=`.split('='))),
	321: chat => (chat.listed = []), 322: (chat, message, me, name, count, topic) => chat.listed.push({ name, count: Number(count), topic }), 323: chat => chat.on.rooms(),
	305: chat => Object.assign(chat, { away: false }), 306: chat => Object.assign(chat, { away: true }),
	332: setTopic, 331: (chat, message, me, name) => setTopic(chat, message, me, name, ''), 353: names, 366: named, 319: whois, 352: described, 221: modes, 367: banned, 368: allBanned, 348: banned, 349: allBanned, 346: banned, 347: allBanned,
	376: chat => chat.on.ready(), 422: chat => chat.on.ready(),
}));
