// Who is where, and who may do what there. Pure.
import { fold, timeOf } from './irc.js';
import { changes, mark, ranks, words } from './modes.js';

const CROWD = 100; // people, from which on the server counts them
const person = (nick, source = '', marks = '', bot = false) => ({ nick, marks, away: false, bot, host: source.split('@')[1] ?? '' });

/** Whether a bot did this: IRCv3 bot-mode. */
export const byBot = ({ tags }) => tags.has('bot') || tags.has('draft/bot');

export function join(chat, message, name = '') {
	const own = chat.isMe(message.nick), room = own ? chat.open(name) : chat.room(name);
	if (own) {
		chat.prefix = message.source;
		room.people.clear();
		Object.assign(room, { name, joined: true, total: 0, stale: true, naming: null, ranked: false });
	} else chat.move([room], message.nick, 'joined', message);
	room?.people.set(fold(message.nick), person(message.nick, message.source, '', byBot(message)));
	if (own) chat.on.joined(room);
}

/** Somebody is not in these rooms any more. `why`: removed by somebody, so that they may come back. */
export function gone(chat, message, rooms, nick = '', why = '') {
	for (const room of rooms.filter(Boolean)) {
		if (why) room.say(why, timeOf(message));
		else chat.move([room], nick, 'left', message);
		room.people.delete(fold(nick));
		room.typing.delete(fold(nick));
		if (!room.joined || !chat.isMe(nick)) continue;
		room.joined = false;
		if (!why) chat.on.left(room);
	}
}

export function kicked(chat, message, name, nick = '', why = '') {
	const reason = why && fold(why) !== fold(nick) && fold(why) !== fold(message.nick) ? `: ${why}` : '';
	gone(chat, message, [chat.room(name)], nick, `${message.nick} removed ${nick}${reason}`);
}

export function renamed(chat, message, name = message.nick) {
	const old = message.nick, rooms = chat.with(old);
	const own = chat.isMe(old);
	if (own) chat.me = name;
	if (chat.room(old)?.direct) chat.pending.moved(old, name);
	for (const room of rooms) {
		const one = room.people.get(fold(old));
		if (room.people.delete(fold(old))) room.people.set(fold(name), { ...one, nick: name });
		room.typing.delete(fold(old));
		room.marks.rename(old, name);
		if (!room.direct || (chat.room(name) ?? room) !== room) continue;
		chat.rooms.delete(fold(old));
		chat.rooms.set(fold(name), Object.assign(room, { name }));
	}
	chat.move(rooms, old, `is now ${name}`, message);
	if (own) chat.on.renamed(old);
}

/** Facts about somebody, wherever they are. */
export function note(chat, nick, facts) {
	for (const { people } of chat.with(nick)) Object.assign(people.get(fold(nick)) ?? {}, facts);
}

/** An answer to WHO. */
export const described = (chat, message, me, room, user, host, server, nick = '', flags = '') =>
	note(chat, nick, { away: flags[0] === 'G', bot: flags.includes(chat.support.get('BOT') || '-') });

export function away(chat, message, why) {
	const is = why !== undefined;
	note(chat, message.nick, { away: is });
	chat.move(chat.with(message.nick), message.nick, is ? `is away${why && ` (${why})`}` : 'is back', message);
}

/** Names with marks before them: `[marks, name]`. */
function marked(chat, list) {
	const { marks } = ranks(chat.support), start = entry => [...entry].findIndex(c => !marks.includes(c));
	return list.split(' ').filter(Boolean).map(entry => [entry.slice(0, start(entry)), entry.slice(start(entry))]);
}

/** What we are in our rooms: of a very large one the names are not asked for. */
export function whois(chat, message, me, nick, list = '') {
	for (const [marks, name] of chat.isMe(nick) ? marked(chat, list) : []) Object.assign(chat.room(name)?.people.get(fold(nick)) ?? {}, { marks });
}

export function names(chat, message, me, kind, name, list = '') {
	const room = chat.room(name);
	for (const [marks, source] of room ? marked(chat, list) : []) {
		const [nick] = source.split('!');
		room.people.set(fold(nick), person(nick, source, marks));
		(room.naming ??= new Set()).add(fold(nick));
	}
}

/** All names have come. In a crowd somebody may have left without a word. */
export function named(chat, message, me, name) {
	const room = chat.room(name);
	for (const nick of room?.naming ? room.people.keys() : []) if (!room.naming.has(nick)) room.people.delete(nick);
	if (room) Object.assign(room, { naming: null, stale: false });
}

/** Who comes to a crowd and goes is only counted: chat.local/crowds. */
export function crowd(chat, message, name, joined, left, total) {
	const room = chat.room(name);
	if (!room) return;
	if (joined > 0 || left > 0) room.crowd.add(room, timeOf(message), { joined: Number(joined), left: Number(left) });
	Object.assign(room, { total: total > CROWD ? Number(total) : 0, stale: room.stale || joined > 0 || left > 0 });
	chat.on.crowd(room);
}

export const modes = (chat, message, me, letters = '') => Object.assign(chat, { oper: letters.includes('o') });

function own(chat, { on, mode: letter }) {
	if (letter !== 'o') return;
	chat.oper = on;
	if (!on) chat.current?.say('You are no operator of the server any more.');
}

export function mode(chat, message, name = '', letters, ...args) {
	for (const change of chat.isMe(name) ? changes(chat.support, letters, [name]) : []) own(chat, change);
	const room = chat.isRoom(name) && chat.room(name);
	for (const change of room ? changes(chat.support, letters, args) : []) {
		const who = ranks(chat.support).modes.includes(change.mode) && room.people.get(fold(change.arg));
		if (who) mark(chat.support, who, change);
		room.say(words(message.nick, change), timeOf(message));
	}
}

/** The list of bans, or of whom no ban holds, or of whom no invitation needs to let in, comes one by one. */
export const banned = (chat, message, me, name, ...ban) => (chat.room(name) ? (chat.room(name).bans ??= []).push(ban) : 0);

export function allBanned(chat, message, me, name) {
	const room = chat.room(name), bans = room?.bans ?? [];
	if (room) room.bans = null;
	if (room) chat.on.bans(room, bans, { 347: 'I', 349: 'e' }[message.command] ?? 'b');
}
