// Who is writing, and telling that we are. IRCv3 typing. Pure.
import { fold, tagged } from './irc.js';

const LASTS_MS = new Map([['active', 6_000], ['paused', 30_000]]), AGAIN_MS = 3_000, CROWD = 200, NAMES = 3;

/** Somebody tells that they write, or do not any more. */
export function hearTyping({ typing }, nick, state, now = Date.now()) {
	if (LASTS_MS.has(state)) typing.set(fold(nick), { nick, until: now + LASTS_MS.get(state) });
	else typing.delete(fold(nick));
}

/** Those who write at this moment. */
export function typists({ typing }, now = Date.now()) {
	for (const [name, { until }] of typing) if (until <= now) typing.delete(name);
	return [...typing.values()].map(({ nick }) => nick);
}

/** "ana and bob are typing…" */
export function typingText(nicks) {
	if (nicks.length > NAMES) return 'Several people are typing…';
	const last = nicks.at(-1), others = nicks.slice(0, -1).join(', ');
	return last ? `${others ? `${others} and ${last} are` : `${last} is`} typing…` : '';
}

/** Tells that we write, not more often than each three seconds. */
export class Typing {
	#told = ''; // what the target believes
	#target;
	#at = new Map(); // target → when it was told last
	#timer;

	constructor({ send, caps, connected }) {
		Object.assign(this, { send, caps, connected });
	}

	/** What is in the box has changed. A command is nobody's business. */
	wrote(room, text) {
		if (room !== this.#target) this.sent();
		this.#target = room;
		clearTimeout(this.#timer);
		if (text.trim() && !/^\/(?!\/)/.test(text)) {
			if (this.#wait <= 0) this.#tell('active');
			if (this.#told) this.#later(...(this.#told === 'active' ? ['paused', AGAIN_MS] : ['active', this.#wait]));
		} else if (this.#told) this.#later('done', this.#wait);
	}

	#later(state, ms) {
		this.#timer = setTimeout(() => this.#tell(state), Math.max(0, ms));
	}

	/** The message itself ends it. */
	sent() {
		clearTimeout(this.#timer);
		this.#told = '';
	}

	get #wait() {
		return AGAIN_MS - (Date.now() - (this.#at.get(this.#target) ?? 0));
	}

	#tell(state) {
		const { name, direct, joined, size } = this.#target;
		if (!this.connected() || !this.caps.has('message-tags') || !(direct || (joined && size <= CROWD))) return;
		this.#told = state === 'done' ? '' : state;
		this.#at.set(this.#target, Date.now());
		this.send(tagged({ label: 'typing', '+typing': state }, `TAGMSG ${name}`)); // who is not there is no error worth showing
	}
}
