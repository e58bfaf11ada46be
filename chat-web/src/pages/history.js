// Asks for what was said before we came, while we were away, and further up. IRCv3 chathistory.
import { format } from './irc.js';

const PAGE = 50, PAGE_MISSED = 100, PAGES_MISSED = 20;

export class History {
	#asked = new Map(); // label → { room, how, from, pages, missed }
	#labels = 0;

	/** `settled(room)`: what was missed in a room has come, or cannot be had. `claim(room, items)` finds what was pending among them. */
	constructor({ send, caps, settled, claim }) {
		Object.assign(this, { send, caps, settled, claim });
	}

	restart() {
		this.#asked.clear();
	}

	busy = room => [...this.#asked.values()].some(question => question.room === room);

	#ask(room, how, from, { pages = 1, missed = how === 'AFTER' } = {}) {
		const label = `h${this.#labels += 1}`;
		this.#asked.set(label, { room, how, from, pages, missed });
		this.send(`@label=${label} ${format('CHATHISTORY', how, room.name, from, `${how === 'AFTER' ? PAGE_MISSED : PAGE}`)}`);
	}

	/** Back in a room: what was missed is asked for at once, since it may be unread. `doubt`: something of ours may be among it. */
	resume(room, doubt) {
		const able = this.caps.has('draft/chathistory'), id = room.heardId, all = doubt || room.back;
		if (able && id) this.#ask(room, 'AFTER', `msgid=${id}`);
		else if (able && all && !this.busy(room)) this.#ask(room, 'LATEST', '*', { missed: room.back });
		else if (able && room.read && !this.busy(room)) this.#ask(room, 'LATEST', `timestamp=${new Date(room.read).toISOString()}`);
		if (!this.busy(room)) this.#settle(room);
	}

	/** What is shown begins near the top of the window, or the reader has scrolled there. */
	older(room, scrolled) {
		const first = room.items.find(({ id }) => id)?.id;
		if (!this.caps.has('draft/chathistory') || !(room.joined || room.direct) || room.isFull || this.busy(room)) return;
		if (room.begins || (room.seemsToBegin && !scrolled)) return;
		this.#ask(room, first ? 'BEFORE' : 'LATEST', first ? `msgid=${first}` : '*');
	}

	/** An answer came: puts it in its place. What is new of it, and whether it was missed, older, or neither. */
	came(room, items, label) {
		const { how = 'LATEST', from = '*', pages, missed } = this.#asked.get(label) ?? {};
		this.#asked.delete(label);
		const fresh = room.merge(how === 'BEFORE' ? items : this.claim(room, items), how, from.replace(/^msgid=/, ''));
		if (how === 'BEFORE' || from === '*') Object.assign(room, { begins: !items.length, seemsToBegin: items.length < PAGE });
		if (how === 'AFTER' && items.length >= PAGE_MISSED) this.#goOn(room, items, pages + 1);
		else if (how !== 'BEFORE') this.#settle(room);
		return { fresh, missed, older: how === 'BEFORE' };
	}

	/** After a full page there may be more. Of very much only the end is asked for; scrolling up leads to the rest. */
	#goOn(room, items, pages) {
		if (pages <= PAGES_MISSED) return this.#ask(room, 'AFTER', `msgid=${items.at(-1).id}`, { pages });
		room.forget();
		this.#ask(room, 'LATEST', '*');
	}

	/** The server no longer knows where we were, or of no such place. `more`: what there is follows. */
	refused(code, label, more) {
		const { room, how, from } = this.#asked.get(label) ?? {};
		if (!room) return;
		const lost = code === 'MESSAGE_ERROR' && how !== 'BEFORE' && from !== '*';
		if (lost) room.gap();
		if (lost && more) return; // its answer goes on
		this.#asked.delete(label);
		if (lost) return this.#ask(room, 'LATEST', '*');
		room.begins = true;
		this.#settle(room);
	}

	#settle(room) {
		Object.assign(room, { whole: true, back: false });
		this.settled(room);
	}
}
