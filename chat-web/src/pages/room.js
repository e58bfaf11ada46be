// A room or a direct conversation: its people and what was said. Pure.
import { fold } from './irc.js';

const rank = ({ marks }) => (marks ? '~&@%+'.indexOf(marks[0]) : 9);
const MAX_ITEMS = 500, MAX_HELD = 5_000, FOLD_MS = 5 * 60_000;

/**
 * Items are `{kind: 'post'|'action'|'notice'|'system'|'gap'|'hole', at, id, nick, text, own, mention, reply, bot, removed}` or
 * `{kind: 'presence', at, moves: [[nick, verb]]}`, where `moves` of a crowd only counts.
 */
export class Room {
	joined = false;
	topic = '';
	people = new Map();
	total = 0; // of a crowd, in which not everybody is known by name
	stale = true; // the names of a crowd are to be asked for
	naming = null; // the names while they come
	items = [];
	ids = new Set();
	unread = 0;
	mentions = 0;
	read; // when what was seen last was said
	line = null; // the item above which the new ones begin
	live = 0; // where begins what this connection heard
	whole = true; // nothing is missing before that
	back = false; // we were here on an earlier connection
	begins = false; // nothing is older than the first item
	seemsToBegin = false; // the last page was not full
	held = false; // somebody reads further up: what is there stays
	oldest; // the first of what was asked for, which need not be an item
	marks = new Marks();
	typing = new Map(); // folded nick → { nick, until }
	empty = 0; // of how many pages nothing was to be shown
	bans = null; // the list while it comes
	crowd = new Crowd();

	constructor(name, direct) {
		this.name = name;
		this.direct = direct;
	}

	get lastId() {
		return this.items.findLast(item => item.id)?.id;
	}

	/** The last message up to which nothing is missing. */
	get heardId() {
		return this.items.findLast((item, i) => item.id && i < this.live)?.id;
	}

	get size() {
		return this.total || this.people.size;
	}

	find(id) {
		return this.ids.has(id) ? this.items.find(item => item.id === id) : undefined;
	}

	get isFull() {
		return this.items.length >= MAX_HELD;
	}

	/** A new connection. While something is missing, what was heard after it stays apart. */
	restart() {
		if (this.whole) this.live = this.items.length;
		if (!this.unread) this.line = null;
		Object.assign(this, { joined: false, whole: false, back: true, begins: false });
	}

	/** Adds at the end what is not here yet, and gives it back. */
	insert(items) {
		const fresh = items.filter(({ id }) => !id || (!this.ids.has(id) && this.ids.add(id)));
		this.items.push(...fresh);
		this.#trim();
		return fresh;
	}

	/** Puts a piece of history in its place: all of it stands in the server's order, and what is not here yet is given back. */
	merge(items, how = 'LATEST', from = '') {
		let at = how === 'BEFORE' ? 0 : how === 'AFTER' ? this.#behind(from) : this.live;
		const fresh = [];
		for (const item of items) {
			const found = this.ids.has(item.id) ? this.items.findIndex(({ id }) => id === item.id) : -1;
			if (found >= 0 && found < at) continue;
			const between = found < 0 || this.items.slice(at, found).some(({ id }) => id);
			if (between) this.#put(found < 0 ? item : this.items.splice(found, 1)[0], at, found >= 0 && found < this.live);
			if (found < 0) fresh.push(item);
			at = between ? at + 1 : found + 1;
		}
		this.#trim();
		return fresh;
	}

	#put(item, at, moved) {
		if (item.id) this.ids.add(item.id);
		this.items.splice(at, 0, item);
		if (at <= this.live && !moved) this.live += 1;
	}

	/** The place behind a message, and behind what the page noted there on the old connection. */
	#behind(id) {
		let at = this.items.findIndex(item => item.id === id) + 1;
		while (at < this.live && !this.items[at].id && this.items[at].kind !== 'hole') at += 1;
		return at;
	}

	/** What was read last goes last. */
	#trim() {
		if (this.#drop(Math.max(0, this.items.length - (this.held ? MAX_HELD : MAX_ITEMS)))) Object.assign(this, { begins: false, seemsToBegin: false, oldest: undefined });
	}

	/** What was said around a message further up. If it does not meet what is here, there is a hole, which can be filled. */
	around(items) {
		const last = this.items.findLastIndex(({ kind }) => kind === 'hole');
		this.#drop(last + 1);
		Object.assign(this, { begins: false, seemsToBegin: false, oldest: undefined });
		if (this.items.length && !items.some(({ id }) => this.ids.has(id))) this.#put({ kind: 'hole', at: this.items[0].at, text: '' }, 0);
		return this.merge(items, 'BEFORE');
	}

	/** Where the hole begins, or nothing. */
	get hole() {
		const at = this.items.findIndex(({ kind }) => kind === 'hole');
		return this.items.findLast((item, i) => i < at && item.id)?.id;
	}

	/** What comes after the beginning of the hole. It is closed when both sides meet, or nothing more is in it. */
	fill(items, from, isAll) {
		const meets = items.some(({ id }) => this.ids.has(id)), fresh = this.merge(items, 'AFTER', from);
		const at = isAll || meets ? this.items.findIndex(({ kind }) => kind === 'hole') : -1;
		if (at >= 0) this.items.splice(at, 1), this.live -= at < this.live;
		return fresh;
	}

	#drop(count) {
		const old = this.items.splice(0, count);
		for (const { id } of old) this.ids.delete(id);
		this.live = Math.max(0, this.live - old.length);
		return old.length;
	}

	/** Forgets all but what this connection heard. */
	forget() {
		this.#drop(this.live);
		Object.assign(this, { begins: false, seemsToBegin: false, oldest: undefined });
	}

	/** Where this connection begins, something is missing. */
	gap() {
		const last = this.items[this.live - 1];
		if (last?.kind !== 'gap') this.#put({ kind: 'gap', at: last?.at ?? Date.now(), text: 'Messages are missing here: the server does not have them any more.' }, this.live);
	}

	/** A line of the page's own. */
	say(text, at = Date.now()) {
		this.insert([{ kind: 'system', at, text }]);
	}

	/** How far another browser has read: what was counted and is not newer counts no more. */
	marked(at) {
		if (at <= (this.read ?? 0)) return;
		this.read = at;
		const news = this.items.filter(item => item.id && !item.own && item.at > at);
		this.unread = Math.min(this.unread, news.length);
		this.mentions = Math.min(this.mentions, news.filter(({ mention }) => mention || this.direct).length);
		if (!this.unread) this.line = null;
	}

	/** A message or a reaction is deleted. */
	redact(id, by, why = '') {
		const item = this.find(id);
		if (item) Object.assign(item, { removed: { by, why }, text: '', mention: false });
		else this.marks.remove(id);
	}

	/** Who came, left, went away…: one line with those just before. In a crowd they are only counted, in a line that grows. */
	move(nick, verb, at) {
		if (this.crowd.takes(this, verb, at)) return;
		const last = this.items.at(-1);
		if (last?.moves && this.items.length > this.live && at - last.at < FOLD_MS) last.moves.push([nick, verb]);
		else this.insert([{ kind: 'presence', at, moves: [[nick, verb]] }]);
	}

	/** The people: operators first, then by name. */
	listed() {
		return [...this.people.values()].sort((a, b) => rank(a) - rank(b) || a.nick.localeCompare(b.nick));
	}
}

const MOST_MARKED = 2_000, MOST_KINDS = 20, MOST_PEOPLE = 1_000, MOST_LENGTH = 32;

/** Whether there is place for one more kind; those that everybody took back make it. */
function hasPlace(kinds) {
	for (const [one, who] of kinds) if (kinds.size >= MOST_KINDS && ![...who.values()].some(({ on }) => on)) kinds.delete(one);
	return kinds.size < MOST_KINDS;
}

/** The reactions of a room, also to messages that are not here (yet). What is younger holds, in whatever order it comes. */
class Marks {
	#reactions = new Map(); // id → reaction → folded nick → { nick, at, on, id }

	/** `id`: that of the reaction itself. */
	react(to, reaction, { nick, at, on, id }) {
		const kinds = this.#reactions.get(to) ?? new Map(), who = kinds.get(reaction) ?? new Map(), before = who.get(fold(nick));
		if (!reaction || [...reaction].length > MOST_LENGTH || before?.at > at || !(kinds.has(reaction) || hasPlace(kinds)) || (!before && who.size >= MOST_PEOPLE)) return;
		who.set(fold(nick), { nick, at, on, id });
		this.#reactions.set(to, kinds.set(reaction, who));
		if (this.#reactions.size > MOST_MARKED) this.#reactions.delete(this.#reactions.keys().next().value);
	}

	/** A reaction that was deleted is taken back. */
	remove(id) {
		for (const kinds of this.#reactions.values()) for (const who of kinds.values()) for (const one of who.values()) if (one.id === id) one.on = false;
	}

	/** Somebody has a new name. */
	rename(old, nick) {
		for (const kinds of this.#reactions.values()) for (const who of kinds.values()) {
			const one = who.get(fold(old));
			if (one && who.delete(fold(old))) who.set(fold(nick), { ...one, nick });
		}
	}

	/** `[reaction, nicks]` of a message, in the order in which they came. */
	of(id) {
		const all = [...this.#reactions.get(id) ?? []].map(([reaction, who]) => [reaction, [...who.values()].filter(({ on }) => on).map(({ nick }) => nick)]);
		return all.filter(([, nicks]) => nicks.length);
	}
}

const CROWD = 50, GROW_MS = 30 * 60_000, NEAR = 50;

/** In a room with many people comings and goings are counted, in one line for a while. */
class Crowd {
	#item;

	/** Whether it is told so. */
	takes(room, verb, at) {
		if (room.size <= CROWD || !/^(joined|left|is away|is back)/.test(verb)) return false;
		if (!/^(joined|left)$/.test(verb)) return true; // of so many, nobody wants to know it
		this.add(room, at, { [verb]: 1 });
		return true;
	}

	add(room, at, { joined = 0, left = 0 }) {
		const place = room.items.lastIndexOf(this.#item);
		if (place < Math.max(room.live, room.items.length - NEAR) || at - this.#item.at > GROW_MS) {
			this.#item = { kind: 'presence', at, moves: { length: 0, joined: 0, left: 0 } };
			room.insert([this.#item]);
		}
		const { moves } = this.#item;
		Object.assign(moves, { length: moves.length + joined + left, joined: moves.joined + joined, left: moves.left + left });
	}
}

function counted({ joined, left }) {
	const people = joined || left, first = `${people} ${people === 1 ? 'person' : 'people'} ${joined ? 'joined' : 'left'}`;
	return joined && left ? `${first}, ${left} left` : first;
}

/** "ann and bob joined · eve left" */
export function presenceText({ moves }) {
	if (!Array.isArray(moves)) return counted(moves);
	const lasts = new Map(), verbs = new Map(); // who came and went again is told as gone
	for (const [nick, verb] of moves) lasts.delete(nick), lasts.set(nick, verb);
	for (const [nick, verb] of lasts) verbs.set(verb, (verbs.get(verb) ?? new Set()).add(nick));
	return [...verbs].map(([verb, nicks]) => {
		const list = [...nicks], some = list.length > 6 ? [...list.slice(0, 5), `${list.length - 5} others`] : list, last = some.pop();
		return some.length ? `${some.join(', ')} and ${last} ${verb.replace(/^is /, 'are ')}` : `${last} ${verb}`;
	}).join(' · ');
}
