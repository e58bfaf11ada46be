// A room or a direct conversation: its people and what was said. Pure.
const MAX_ITEMS = 500, MAX_HELD = 5_000, FOLD_MS = 5 * 60_000;

/** Items are `{kind: 'post'|'action'|'notice'|'system'|'gap', at, id, nick, text, own, mention}` or `{kind: 'presence', at, moves: [[nick, verb]]}`. */
export class Room {
	joined = false;
	topic = '';
	people = new Map();
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
		while (at < this.live && !this.items[at].id) at += 1;
		return at;
	}

	/** What was read last goes last. */
	#trim() {
		const old = this.items.splice(0, Math.max(0, this.items.length - (this.held ? MAX_HELD : MAX_ITEMS)));
		for (const { id } of old) this.ids.delete(id);
		this.live = Math.max(0, this.live - old.length);
		if (old.length) this.begins = this.seemsToBegin = false;
	}

	/** Forgets all but what this connection heard. */
	forget() {
		for (const { id } of this.items.splice(0, this.live)) this.ids.delete(id);
		Object.assign(this, { live: 0, begins: false, seemsToBegin: false });
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

	/** Who came, left, went away…: one line with those just before. */
	move(nick, verb, at) {
		const last = this.items.at(-1);
		if (last?.moves && this.items.length > this.live && at - last.at < FOLD_MS) last.moves.push([nick, verb]);
		else this.insert([{ kind: 'presence', at, moves: [[nick, verb]] }]);
	}

	/** The people: operators first, then by name. */
	listed() {
		return [...this.people.values()].sort((a, b) => (b.mark > '') - (a.mark > '') || a.nick.localeCompare(b.nick));
	}
}

/** "ann and bob joined · eve left" */
export function presenceText({ moves }) {
	const lasts = new Map(), verbs = new Map(); // who came and went again is told as gone
	for (const [nick, verb] of moves) lasts.delete(nick), lasts.set(nick, verb);
	for (const [nick, verb] of lasts) verbs.set(verb, (verbs.get(verb) ?? new Set()).add(nick));
	return [...verbs].map(([verb, nicks]) => {
		const list = [...nicks], some = list.length > 6 ? [...list.slice(0, 5), `${list.length - 5} others`] : list, last = some.pop();
		return some.length ? `${some.join(', ')} and ${last} ${verb.replace(/^is /, 'are ')}` : `${last} ${verb}`;
	}).join(' · ');
}
