// How far somebody has read: kept here, and told to the server for their other browsers. IRCv3 read-marker.
import { format } from './irc.js';

const TELL_MS = 2_000;

export class Markers {
	#told = new Set();
	#timer;

	/** `keep` stores what is read of all rooms; `connected` tells whether lines go anywhere. */
	constructor({ send, caps, connected, keep }) {
		Object.assign(this, { send, caps, connected, keep });
	}

	/** The reader sees the room's end. The server is told now and then, not for each message. */
	seen(room) {
		const at = room.items.findLast(({ id }) => id)?.at ?? 0;
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
