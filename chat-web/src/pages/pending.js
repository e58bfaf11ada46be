// What was written and has no echo yet, in the order of writing. It outlives connections and reloads. Pure; the store may refuse.
import { fold } from './irc.js';

const MOST = 200, IN_FLIGHT = 5, DAY_MS = 86_400_000;
const FIELDS = ['key', 'target', 'kind', 'text', 'at', 'state', 'why', 'after', 'reply', 'as', 'maybe', 'by'];
const sound = one => ['key', 'target', 'text'].every(field => typeof one?.[field] === 'string');

const soundOf = value => (Array.isArray(value) ? value.filter(sound) : []);

/** What nobody sends without being asked: its session is over. */
const left = (message, why) => ({ ...message, state: 'failed', why, maybe: message.maybe || /^(sent|unsure)$/.test(message.state) });
const EARLIER = 'written in an earlier session.';

/** The word by which the server knows a message again: its label, and its retry id. */
export function newKey() {
	return Array.from(crypto.getRandomValues(new Uint8Array(12)), byte => byte.toString(16).padStart(2, '0')).join('');
}

/** Messages are items as room.js has them, and `{key, target, state: 'waiting'|'sent'|'unsure'|'failed', why, after}`. */
export class Pending {
	list = [];
	name; // ours, when we were here last
	author = ''; // the server's word for who we are: under another one it does not know a message again

	/** `store`: read() gives what write(list) took; it belongs to all tabs. */
	constructor(store) {
		this.store = store ?? { read: () => [], write: () => false };
	}

	of = target => this.list.filter(message => fold(message.target) === fold(target));
	#isKnown = ({ as }) => Boolean(as) && as === this.author;

	/** What may be in the history of a target: the first one, or nothing. */
	firstUnsure = target => this.of(target).find(({ state }) => state === 'unsure');

	fits = count => this.list.length + count <= MOST;

	add(messages) {
		this.list.push(...messages);
		this.#change(list => list); // with what is not there yet
	}

	/** What is gone with this tab, since the browser refused to keep it. */
	get onlyHere() {
		return this.list.filter(({ stored }) => !stored);
	}

	/** What was written in this browser under another name. Whoever is here now sees it, and says what is to become of it. */
	adopt(value, name, me) {
		const here = new Set([...this.#stored(), ...this.onlyHere].map(({ key }) => key));
		for (const one of soundOf(value).filter(({ key }) => !here.has(key))) {
			const by = one.by ?? name, why = fold(by) === fold(me) ? EARLIER : `written as ${by}, in an earlier session.`;
			this.list.push({ ...left(one, why), by, own: true, stored: false });
		}
		this.#change(kept => kept);
		return !this.onlyHere.length;
	}

	/** The session ends on purpose: whoever comes next may be somebody else, whatever their name. */
	close() {
		this.#end(this.list);
		this.#change(kept => kept.map(one => (one.state === 'failed' ? one : left(one, EARLIER))));
	}

	#end = list => list.forEach(message => message.state !== 'failed' && Object.assign(message, left(message, EARLIER)));

	/** A new connection: what is there now, since another tab may have sent some. What was under way may have arrived or not. */
	restore(author = '', name = this.name, now = Date.now()) {
		if (this.name && fold(name) !== fold(this.name) && author !== this.author) this.#end(this.onlyHere); // what was kept is adopted
		Object.assign(this, { author, name });
		const known = new Map(this.list.map(message => [message.key, message]));
		const kept = this.#stored().map(one => Object.assign(known.get(one.key) ?? {}, one, { own: true, stored: true }));
		this.list = [...kept, ...this.onlyHere];
		for (const message of this.list) {
			if (message.state === 'sent') message.state = 'unsure';
			if (message.state !== 'failed' && now - message.at > DAY_MS) Object.assign(message, { state: 'failed', why: 'That was more than a day ago.', maybe: message.state === 'unsure' });
		}
	}

	/** Another tab has taken over what is kept, and sends it. */
	leave() {
		this.list = this.onlyHere;
	}

	/** Those that may be sent now: few at a time without their echoes, and never before what was written earlier to the same target. */
	next(held) {
		let free = IN_FLIGHT - this.list.filter(({ state }) => state === 'sent').length;
		const blocked = new Set();
		return this.list.filter(message => {
			const { state } = message, name = fold(message.target), doubtful = state === 'unsure' && !this.#isKnown(message);
			if (doubtful || held(name)) blocked.add(name);
			return (state === 'waiting' || state === 'unsure') && !blocked.has(name) && free-- > 0;
		});
	}

	/** It is on its way; `after` is the last message that was known then. */
	sent(message, after) {
		this.#set(message, { state: 'sent', after, as: this.author, doubt: message.state === 'unsure' });
	}

	/** Its echo has come, or somebody does not want it any more: it is not pending. */
	take(key) {
		const message = this.list.find(one => one.key === key);
		if (!message) return null;
		this.list = this.list.filter(one => one !== message);
		this.#change(list => list.filter(one => one.key !== key));
		return message;
	}

	/** Nobody wants to say anything there any more. */
	drop(target) {
		for (const { key } of this.of(target)) this.take(key);
	}

	/** The server refused it; nothing if there is no such message. `maybe`: nobody can tell whether it has arrived. */
	fail(key, why, maybe) {
		const message = this.list.find(one => one.key === key);
		if (message) this.#set(message, { state: 'failed', why, maybe });
		return message;
	}

	/** What we said to a person as somebody else is in no history of ours. */
	giveUp(target) {
		for (const message of this.of(target)) {
			if (message.state === 'unsure' && message.as && !this.#isKnown(message)) this.fail(message.key, 'your session was over before the answer came.', true);
		}
	}

	/** What waits for a target cannot go there. */
	failAll(target, why) {
		for (const { key, state } of this.of(target)) if (state !== 'failed') this.fail(key, why);
	}

	retry(message) {
		this.#set(message, { state: 'waiting', why: '', maybe: false, by: undefined, at: Date.now() });
	}

	/** Puts those which have arrived after all in the place of their likes in the history that came. */
	claim(target, items) {
		const found = [...items];
		for (const message of this.of(target).filter(({ state, doubt }) => doubt || state === 'unsure')) {
			const from = found.findIndex(({ id }) => id === message.after) + 1;
			const at = found.findIndex(({ own, key, kind, text }, i) => i >= from && own && !key && kind === message.kind && text === message.text);
			if (at >= 0) found[at] = Object.assign(this.take(message.key), found[at], { state: '' });
		}
		return found;
	}

	/** The history is known: what is not in it has not arrived. */
	settle(target) {
		for (const message of this.of(target)) {
			if (message.state === 'unsure') this.#set(message, { state: 'waiting' });
			message.doubt = false;
		}
	}

	/** Somebody has a new name. */
	moved(old, name) {
		for (const message of this.of(old)) this.#set(message, { target: name });
	}

	#set(message, changes) {
		Object.assign(message, changes);
		this.#change(list => list.map(one => (one.key === message.key ? message : one)));
	}

	#stored() {
		return soundOf(this.store.read());
	}

	/** Each change is made to what is kept at this moment, which another tab may have changed. What was refused is tried again. */
	#change(change) {
		const kept = change(this.#stored()), refused = this.onlyHere;
		if (this.#write([...kept, ...refused])) for (const one of refused) one.stored = true;
		else if (refused.length) this.#write(kept);
	}

	#write = list => this.store.write(list.map(one => Object.fromEntries(FIELDS.map(field => [field, one[field]]))));
}
