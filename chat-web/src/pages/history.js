// Asks for what was said before we came, or while we were away.
import { format } from './irc.js';

const PAGE = 50, GAP = 'Something said while you were away may be missing here.';

export class History {
	#resuming = new Map(); // room → pages asked for
	#asked = new Set();

	constructor(send) {
		this.send = send;
	}

	restart() {
		this.#resuming.clear();
		this.#asked.clear();
	}

	#ask(room, how, from) {
		this.#asked.add(room);
		this.send(format('CHATHISTORY', how, room.name, from, `${PAGE}`));
	}

	/** Back in a room: what was missed is asked for at once, since it may be unread. */
	resume(room, id = room.lastId) {
		if (!id) return;
		this.#resuming.set(room, (this.#resuming.get(room) ?? 0) + 1);
		this.#ask(room, 'AFTER', `msgid=${id}`);
	}

	/** A room seen for the first time. */
	shown(room) {
		if (!this.#asked.has(room) && (room.joined || room.direct)) this.#ask(room, 'LATEST', '*');
	}

	/** A page came; after a full one there may be more, but there is an end to asking. */
	came(room, items) {
		const pages = this.#resuming.get(room);
		if (!pages || items.length < PAGE) this.#resuming.delete(room);
		else if (pages < 20) this.resume(room, items.at(-1).id);
		else this.#gap(room);
	}

	/** The server no longer knows where we were. */
	refused(params, chat) {
		const room = params.map(chat.room).find(found => this.#resuming.has(found));
		if (room) this.#gap(room);
	}

	#gap(room) {
		this.#resuming.delete(room);
		room.say(GAP, Date.now(), true);
		this.#ask(room, 'LATEST', '*');
	}
}
