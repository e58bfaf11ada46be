// Sends what waits to be said, as soon as its room is there. Pure: it is told what happens, and given a way to send.
import { fold, messageLine, splitMessage } from './irc.js';
import { newKey } from './pending.js';

const LONG_PREFIX = 'x'.repeat(99); // ours was not told yet: there is room for a long one

export class Sender {
	#joining = new Set();

	/** `caps` is the set of those agreed on; `connected` tells whether lines go anywhere. */
	constructor(chat, { send, caps, connected }) {
		Object.assign(this, { chat, send, caps, connected });
	}

	/** A new connection. */
	restart() {
		this.#joining.clear();
		this.chat.pending.restore();
	}

	/** The room's messages wait until we are in it. */
	joins(name) {
		this.#joining.add(fold(name));
	}

	/** The folded names of the rooms that have not let us in yet. */
	get awaited() {
		return [...this.#joining];
	}

	/** We are in the room. */
	entered(name) {
		if (this.#joining.delete(fold(name))) this.flush();
	}

	/** The room does not let us in. */
	barred(name, why) {
		if (this.#joining.delete(fold(name))) this.chat.pending.failAll(name, why);
	}

	/** Whether there is place for all of these, each of which may become several. */
	fits(messages) {
		return this.chat.pending.fits(messages.flatMap(message => this.#parts(message)).length);
	}

	/** Takes what somebody says. */
	say(message) {
		const { target, action } = message, at = Date.now();
		this.chat.pending.add(this.#parts(message).map(text =>
			({ key: newKey(), target, kind: action ? 'action' : 'post', text, at, own: true, state: 'waiting' })));
		this.chat.open(target).line = null; // whoever answers has read
		this.flush();
	}

	#parts(message) {
		return splitMessage(message, this.chat.prefix || LONG_PREFIX);
	}

	flush() {
		const { chat, caps } = this, repeatable = caps.has('chat.local/retry');
		if (!this.connected()) return;
		for (const message of chat.pending.next(name => this.#joining.has(name), repeatable)) {
			chat.pending.sent(message, message.after ?? chat.room(message.target)?.lastId); // noted before it leaves
			this.send(`@label=${message.key}${repeatable ? `;chat.local/retry=${message.key}` : ''} ${messageLine(message)}`);
		}
	}
}
