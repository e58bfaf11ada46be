// Sends what waits to be said, as soon as its room is there. Pure: it is told what happens, and given a way to send.
import { blockLines, bounds, fold, messageLine, replyTags, splitBlocks, splitMessage, tagged } from './irc.js';
import { newKey } from './pending.js';

const RETRY = 'chat.local/retry';
const LONG_PREFIX = 'x'.repeat(99); // ours was not told yet: there is room for a long one

export class Sender {
	#joining = new Set();

	/** `caps` are those agreed on, with their values; `connected` tells whether lines go anywhere. */
	constructor(chat, { send, caps, connected }) {
		Object.assign(this, { chat, send, caps, connected });
	}

	/** A new connection. */
	restart() {
		const { chat } = this, { pending } = chat;
		this.#joining.clear();
		pending.restore(this.caps.get(RETRY), chat.me);
		for (const { target } of pending.list) if (!chat.isRoom(target)) pending.giveUp(target);
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

	/** How many these become on the wire. */
	count = messages => messages.flatMap(message => this.#parts(message)).length;

	/** Takes what somebody says. */
	say(message) {
		const { target, action, reply } = message, at = Date.now();
		this.chat.pending.add(this.#parts(message).map((text, i) =>
			({ key: newKey(), target, kind: action ? 'action' : 'post', text, at, own: true, state: 'waiting', reply: i ? undefined : reply })));
		this.chat.open(target).line = null; // whoever answers has read
		this.flush();
	}

	#parts(message) {
		const many = !message.action && bounds(this.caps);
		return many ? splitBlocks(message, this.#prefix, many) : splitMessage(message, this.#prefix);
	}

	get #prefix() {
		return this.chat.prefix || LONG_PREFIX;
	}

	/** The lines of a message: one, or a batch of them. */
	#lines(message) {
		const { key, reply, kind } = message;
		const tags = { label: key, [RETRY]: this.caps.has(RETRY) && key, ...(this.caps.has('message-tags') && reply ? replyTags(reply) : {}) };
		const block = kind === 'post' && bounds(this.caps) ? blockLines(message, this.#prefix, tags) : [];
		return block.length > 3 ? block : [tagged(tags, messageLine(message))];
	}

	flush() {
		const { chat } = this;
		if (!this.connected()) return;
		for (const message of chat.pending.next(name => this.#joining.has(name))) {
			chat.pending.sent(message, message.after ?? chat.room(message.target)?.lastId); // noted before it leaves
			for (const line of this.#lines(message)) this.send(line);
		}
	}
}
