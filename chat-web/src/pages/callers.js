// Who wrote to us directly while we were away: somebody new is in no list of ours, so nobody else would ask. IRCv3 chathistory, TARGETS. Pure.
import { format } from './irc.js';

const MOST = 100, KEEP_MS = 10_000, DAY_MS = 86_400_000;
const SLACK_MS = 60_000; // what has its time already may still be on its way to the server's disk
const moment = at => `timestamp=${new Date(at).toISOString()}`;

export class Callers {
	#known = 0; // everybody who wrote before this is known
	#heard = 0; // the server's time, as far as this connection told it
	#whole = false; // this connection knows of those who wrote before it
	#since;
	#before;

	/** `store`: read() gives what write(time) took. `called(list, since)`: these have written since. */
	constructor({ send, caps, store, called }) {
		Object.assign(this, { send, caps, store, called });
	}

	restart() {
		this.#whole = false;
		this.#heard = 0;
	}

	/** A message came: with it, all that was said before. */
	hears({ tags }, now = Date.now()) {
		const at = Date.parse(tags.get('time'));
		if (!tags.has('batch') && at < now + DAY_MS) this.#heard = Math.max(this.#heard, at); // the past tells no time, and a clock may have been wrong
		if (this.#whole) this.#keep();
	}

	/** Registered. A browser that has heard nothing yet has missed nothing. */
	ask(now = Date.now()) {
		const kept = Number(this.store.read()), known = Math.min(Math.max(this.#known, kept > now + DAY_MS ? now - 7 * DAY_MS : kept), now);
		this.#since = known - SLACK_MS;
		if (!this.caps.has('draft/chathistory')) return;
		if (known) this.#ask(now + DAY_MS);
		else this.#end();
	}

	#ask(before) {
		this.#before = before;
		this.send(`@label=callers ${format('CHATHISTORY', 'TARGETS', moment(before), moment(this.#since), `${MOST}`)}`);
	}

	/** The answer, `[{name, at}]`: the latest, and the next question is for those before them; it may be short and not the last. */
	came(list, label) {
		if (label !== 'callers' || this.#whole) return;
		const next = Math.min(...list.map(({ at }) => at)) + 1; // some may have the same time
		this.called(list, this.#since);
		if (list.length && next < this.#before) this.#ask(next);
		else this.#end();
	}

	#end() {
		this.#whole = true;
		this.#keep();
	}

	/** Now and then: what is asked for twice is shown once. */
	#keep() {
		if (this.#heard < this.#known + KEEP_MS) return;
		this.#known = this.#heard;
		const kept = Number(this.store.read());
		if (kept < this.#heard || kept > this.#heard + DAY_MS) this.store.write(this.#heard);
	}
}
