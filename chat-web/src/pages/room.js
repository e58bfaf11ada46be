// A room or a direct conversation: its people and what was said. Pure.
const MAX_ITEMS = 500, FOLD_MS = 5 * 60_000;

/** Items are `{kind: 'post'|'action'|'notice'|'system', at, id, nick, text, own, mention}` or `{kind: 'presence', at, moves: [[nick, verb]]}`. */
export class Room {
	joined = false;
	topic = '';
	people = new Map();
	items = [];
	ids = new Set();
	unread = 0;
	mentions = 0;
	live = 0; // where begins what this connection heard

	constructor(name, direct) {
		this.name = name;
		this.direct = direct;
	}

	get lastId() {
		return this.items.findLast(item => item.id)?.id;
	}

	/** Adds what is not here yet, and gives it back; history goes before what this connection heard. */
	insert(items, history) {
		const fresh = items.filter(({ id }) => !id || (!this.ids.has(id) && this.ids.add(id)));
		this.items.splice(history ? this.live : this.items.length, 0, ...fresh);
		if (history) this.live += fresh.length;
		const old = this.items.splice(0, Math.max(0, this.items.length - MAX_ITEMS));
		for (const { id } of old) this.ids.delete(id);
		this.live = Math.max(0, this.live - old.length);
		return fresh;
	}

	/** A line of the page's own. */
	say(text, at = Date.now(), history = false) {
		this.insert([{ kind: 'system', at, text }], history);
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
