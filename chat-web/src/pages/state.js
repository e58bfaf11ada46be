// What the page knows. Pure: lines change it, and the view draws what it finds here.
import { fold } from './irc.js';
import { mentions } from './format.js';
import { Room } from './room.js';
import { answer, explain } from './replies.js';

const MAX_DIRECT = 100;
const timeOf = message => Date.parse(message.tags.get('time')) || Date.now();

export class Chat {
	prefix = ''; // as others see us
	rooms = new Map();
	current = null;
	focused = true;
	away = false;
	support = new Map();
	batches = new Map();

	/** `on`: ready(), joined(room), left(room), renamed(), echo(label), error(text, label), history(room, items), refused(params), apart(note). */
	constructor(me, on) {
		this.me = me;
		this.on = on;
	}

	/** A new connection: of the old one nothing is under way. */
	restart() {
		this.batches.clear();
		for (const room of this.rooms.values()) Object.assign(room, { live: room.items.length, joined: false });
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

	/** The rooms where somebody is seen. */
	with(nick) {
		return [...this.rooms.values()].filter(room => room.people.has(fold(nick)) || room === this.room(nick));
	}

	/** A message as irc.js parses it. */
	receive(message) {
		const batch = this.batches.get(message.tags.get('batch')), error = explain(message), text = answer(message);
		if (batch && message.command !== 'BATCH') return batch.messages.push(message);
		HANDLERS.get(message.command)?.(this, message, ...message.params);
		if (error) this.on.error(error, message.tags.get('label'));
		if (text) this.current?.say(text);
	}

	move(rooms, nick, verb, message) {
		for (const room of rooms) room?.move(nick, verb, timeOf(message));
	}

	item({ command, nick, tags, params: [, said = ''] }, at) {
		const action = /^\x01ACTION ([^\x01]*)/.exec(said), text = action?.[1] ?? said, own = this.isMe(nick);
		const kind = action ? 'action' : command === 'NOTICE' ? 'notice' : 'post';
		return { kind, at, id: tags.get('msgid'), nick, text, own, mention: !own && mentions(text, this.me) };
	}

	count(room, { own, mention, kind }) {
		if (own || (room === this.current && this.focused)) return;
		room.unread += 1;
		if (mention || (room.direct && kind !== 'notice')) room.mentions += 1;
	}
}

function said(chat, message, to = '', text = '') {
	if (!message.source.includes('!') && !chat.isMe(message.nick)) return chat.current?.say(text); // the server itself
	if (text[0] === '\x01' && !text.startsWith('\x01ACTION ')) return; // other CTCP is nobody's business here
	const item = chat.item(message, timeOf(message)), room = chat.isRoom(to) ? chat.room(to) : chat.open(item.own ? to : message.nick);
	if (room?.insert([item]).length) chat.count(room, item);
	if (!item.own) return;
	chat.prefix = message.source;
	chat.on.echo(message.tags.get('label'));
}

function join(chat, message, name = '') {
	const own = chat.isMe(message.nick), room = own ? chat.open(name) : chat.room(name);
	if (own) {
		chat.prefix = message.source;
		room.people.clear();
		Object.assign(room, { name, joined: true });
	} else chat.move([room], message.nick, 'joined', message);
	room?.people.set(fold(message.nick), { nick: message.nick, mark: '', away: false });
	if (own) chat.on.joined(room);
}

function gone(chat, message, rooms, nick = '', verb = 'left') {
	chat.move(rooms, nick, verb, message);
	for (const room of rooms) {
		room?.people.delete(fold(nick));
		if (!room?.joined || !chat.isMe(nick)) continue;
		room.joined = false;
		if (verb === 'left') chat.on.left(room);
	}
}

function renamed(chat, message, name = message.nick) {
	const old = message.nick, rooms = chat.with(old);
	const own = chat.isMe(old);
	if (own) chat.me = name;
	for (const room of rooms) {
		const person = room.people.get(fold(old));
		if (room.people.delete(fold(old))) room.people.set(fold(name), { ...person, nick: name });
		if (!room.direct || (chat.room(name) ?? room) !== room) continue;
		chat.rooms.delete(fold(old));
		chat.rooms.set(fold(name), Object.assign(room, { name }));
	}
	chat.move(rooms, old, `is now ${name}`, message);
	if (own) chat.on.renamed();
}

function setAway(chat, nick, away) {
	for (const { people } of chat.with(nick)) Object.assign(people.get(fold(nick)) ?? {}, { away });
}

function topic(chat, message, name, text) {
	setTopic(chat, message, '', name, text);
	chat.room(name)?.say(text ? `${message.nick} set the topic: ${text}` : `${message.nick} cleared the topic.`, timeOf(message));
}

const setTopic = (chat, message, me, name, text) => Object.assign(chat.room(name) ?? {}, { topic: text });

function names(chat, message, me, kind, name, list = '') {
	const people = chat.room(name)?.people, marks = /\)(.+)/.exec(chat.support.get('PREFIX'))?.[1] ?? '~&@%+';
	for (const entry of people ? list.split(' ').filter(Boolean) : []) {
		const full = entry.split('!')[0], start = [...full].findIndex(c => !marks.includes(c)), nick = full.slice(start);
		people.set(fold(nick), { nick, mark: start ? full[0] : '', away: false });
	}
}

function batch(chat, message, reference = '', type, target = '') {
	const key = reference.slice(1), ended = chat.batches.get(key), room = chat.room(ended?.target);
	if (type === 'chathistory') return chat.batches.set(key, { target, messages: [] });
	chat.batches.delete(key);
	if (!room) return;
	const items = ended.messages.filter(({ command }) => /^(PRIVMSG|NOTICE)$/.test(command)).map(m => chat.item(m, timeOf(m)));
	const missed = room.live > 0; // there was something before: what comes now is new to the reader
	for (const item of room.insert(items, true)) if (missed) chat.count(room, item);
	chat.on.history(room, items);
}

function invited(chat, { nick }, whom, name) {
	if (chat.isMe(whom)) chat.current?.say(`${nick} invites you to ${name}. Go in with /join ${name}`);
	else chat.room(name)?.say(`${nick} invited ${whom}.`);
}

function away(chat, message, why) {
	const is = why !== undefined;
	setAway(chat, message.nick, is);
	chat.move(chat.with(message.nick), message.nick, is ? `is away${why && ` (${why})`}` : 'is back', message);
}

const failed = (chat, message, command, ...rest) => (command === 'CHATHISTORY' ? chat.on.refused(rest)
	: chat.on.error(message.params.at(-1), message.tags.get('label')));

function noted(chat, message, command, code, name) {
	const text = message.params.at(-1);
	if (code === 'RELAY_GONE') chat.on.apart(text);
	else if (code === 'MESSAGES_DROPPED') chat.room(name)?.say(text, timeOf(message)); // it stands where they are missing
	else chat.current?.say(text);
}

const HANDLERS = new Map(Object.entries({
	PRIVMSG: said, NOTICE: said, JOIN: join, NICK: renamed, AWAY: away, TOPIC: topic, INVITE: invited, BATCH: batch, FAIL: failed, WARN: failed, NOTE: noted,
	PART: (chat, message, room) => gone(chat, message, [chat.room(room)], message.nick),
	KICK: (chat, message, room, nick) => gone(chat, message, [chat.room(room)], nick, `was removed by ${message.nick}`),
	QUIT: (chat, message) => gone(chat, message, chat.with(message.nick), message.nick),
	SETNAME: (chat, message, name) => chat.move(chat.with(message.nick), message.nick, `goes by “${name}”`, message),
	'001': (chat, message, me) => Object.assign(chat, { me }),
	'005': (chat, message, me, ...list) => list.forEach(token => chat.support.set(...`${token}=`.split('='))),
	305: chat => Object.assign(chat, { away: false }), 306: chat => Object.assign(chat, { away: true }),
	332: setTopic, 331: (chat, message, me, name) => setTopic(chat, message, me, name, ''), 353: names,
	352: (chat, message, ...who) => setAway(chat, who[5] ?? '', who[6]?.[0] === 'G'),
	376: chat => chat.on.ready(), 422: chat => chat.on.ready(),
}));
