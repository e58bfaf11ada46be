// What was said before we came, while we were away, and further up; and how far it was read. IRCv3 chathistory and read-marker.
import { format } from './irc.js';

const PAGE = 50, PAGE_MISSED = 100, PAGES_MISSED = 20, PAGES_EMPTY = 10, TELL_MS = 2_000, DAY_MS = 86_400_000;

export class History {
	#asked = new Map(); // label → { room, how, from, pages, missed, found }
	#labels = 0;

	/** `settled(room)`: what was missed in a room has come, or cannot be had. `claim(room, items)` finds what was pending among them. */
	constructor({ send, caps, settled, claim }) {
		Object.assign(this, { send, caps, settled, claim });
	}

	restart() {
		this.#asked.clear();
	}

	busy = room => [...this.#asked.values()].some(question => question.room === room);

	#ask(room, how, from, { pages = 1, missed = how === 'AFTER', found } = {}) {
		const label = `h${this.#labels += 1}`;
		this.#asked.set(label, { room, how, from, pages, missed, found });
		this.send(`@label=${label} ${format('CHATHISTORY', how === 'FILL' ? 'AFTER' : how, room.name, from, `${how === 'AFTER' ? PAGE_MISSED : PAGE}`)}`);
	}

	/** Back in a room: what was missed is asked for at once, since it may be unread. `doubt`: this one of ours may be among it. */
	resume(room, doubt) {
		const able = this.caps.has('draft/chathistory'), id = room.heardId ?? doubt?.after, all = doubt || room.back;
		if (able && id) this.#ask(room, 'AFTER', `msgid=${id}`);
		else if (able && all && !this.busy(room)) this.#ask(room, 'LATEST', '*', { missed: room.back });
		else if (able && room.read && !this.busy(room)) this.#ask(room, 'LATEST', `timestamp=${new Date(room.read).toISOString()}`);
		this.#settle(room);
	}

	/** What is shown begins near the top of the window, or the reader has scrolled there. */
	older(room, scrolled) {
		const first = room.oldest ?? room.items.find(({ id }) => id)?.id;
		if (!this.caps.has('draft/chathistory') || !(room.joined || room.direct) || room.isFull || this.busy(room)) return;
		if (room.begins || (room.seemsToBegin && !scrolled)) return;
		this.#ask(room, first ? 'BEFORE' : 'LATEST', first ? `msgid=${first}` : '*');
	}

	/** Somebody wants to see a message that is not here: `found(is)` tells whether it is now. */
	around(room, id, found) {
		if (this.caps.has('draft/chathistory')) this.#ask(room, 'AROUND', `msgid=${id}`, { found });
		else found(false);
	}

	/** The reader wants to see what is in the hole. */
	fill(room) {
		if (room.hole && !this.busy(room)) this.#ask(room, 'FILL', `msgid=${room.hole}`);
	}

	/**
	 * An answer came: puts it in its place. What is new of it, and whether it was missed, older, or neither.
	 * `page` is all that came, `{count, first, last}`: with draft/event-playback not all of it is something to show.
	 */
	came(room, items, label, page = { count: items.length, first: items[0]?.id, last: items.at(-1)?.id }) {
		const { how = 'LATEST', from = '*', pages, missed, found } = this.#asked.get(label) ?? {}, id = from.replace(/^msgid=/, '');
		this.#asked.delete(label);
		if (how === 'AROUND') return this.#found(room, items, id, found);
		if (how === 'FILL') return { fresh: room.fill(items, id, page.count < PAGE), older: true };
		const fresh = room.merge(how === 'BEFORE' ? items : this.claim(room, items), how, id);
		if (how === 'BEFORE' || from === '*') this.#begins(room, page, items.length > 0);
		if (how === 'AFTER' && page.count >= PAGE_MISSED) this.#goOn(room, page.last, pages + 1);
		else if (how !== 'BEFORE') this.#settle(room);
		return { fresh, missed, older: how === 'BEFORE' };
	}

	/** Where there is nothing but comings and goings, it is not gone on for ever of itself. */
	#begins(room, { count, first }, some) {
		room.empty = some ? 0 : room.empty + 1;
		Object.assign(room, { begins: !count, seemsToBegin: count < PAGE || room.empty > PAGES_EMPTY, oldest: first });
	}

	#found(room, items, id, found) {
		const has = items.some(item => item.id === id), fresh = has ? room.around(items) : [];
		found(has);
		return { fresh, older: true };
	}

	/** After a full page there may be more. Of very much only the end is asked for; scrolling up leads to the rest. */
	#goOn(room, last, pages) {
		if (pages <= PAGES_MISSED) return this.#ask(room, 'AFTER', `msgid=${last}`, { pages });
		room.forget();
		this.#ask(room, 'LATEST', '*');
	}

	/** The server no longer knows where we were, or of no such place. `more`: what there is follows. */
	refused(code, label, more) {
		const { room, how, from, found } = this.#asked.get(label) ?? {};
		if (!room) return;
		if (how === 'AROUND' || how === 'FILL') return this.#asked.delete(label) && found?.(false);
		const lost = code === 'MESSAGE_ERROR' && how !== 'BEFORE' && from !== '*';
		if (lost) room.gap();
		if (lost && more) return; // its answer goes on
		this.#asked.delete(label);
		if (lost) return this.#ask(room, 'LATEST', '*');
		room.begins = true;
		this.#settle(room);
	}

	/** Everything that was asked for has come: one answer alone need not reach back to where we were. */
	#settle(room) {
		if (this.busy(room)) return;
		Object.assign(room, { whole: true, back: false });
		this.settled(room);
	}
}

/** How far somebody has read: kept here, and told to the server for their other browsers. */
export class Markers {
	#told = new Set();
	#timer;

	/** `keep` stores what is read of all rooms; `connected` tells whether lines go anywhere. */
	constructor({ send, caps, connected, keep }) {
		Object.assign(this, { send, caps, connected, keep });
	}

	/** The reader sees the room's end. The server is told now and then, not for each message. */
	seen(room) {
		const at = Math.min(room.items.findLast(({ id }) => id)?.at ?? 0, Date.now() + DAY_MS); // a clock may have been wrong
		if (at <= (room.read ?? 0)) return;
		room.read = at;
		this.keep();
		this.#told.add(room);
		this.#timer ??= setTimeout(() => this.tell(), TELL_MS);
	}

	tell() {
		clearTimeout(this.#timer);
		this.#timer = null;
		if (!this.connected()) return; // later
		for (const room of this.caps.has('draft/read-marker') ? this.#told : []) {
			this.send(format('MARKREAD', room.name, `timestamp=${new Date(room.read).toISOString()}`));
		}
		this.#told.clear();
	}

	/** For a room the server tells it on JOIN. */
	ask(room) {
		if (this.caps.has('draft/read-marker')) this.send(format('MARKREAD', room.name));
	}
}
