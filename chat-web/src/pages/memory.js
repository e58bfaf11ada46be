// What the browser remembers for a name: where somebody was, and how far they have read. It may refuse to.
import { fold } from './irc.js';
import * as store from './store.js';

const DAY_MS = 86_400_000;

export class Memory {
	#chat;
	#known = 0; // how many rooms were kept

	constructor(chat) {
		this.#chat = chat;
	}

	/** One thing, for whoever reads and writes it. */
	of = what => ({ read: () => store.read(what, this.#chat.me), write: value => store.write(what, this.#chat.me, value) });

	/** What other names have left in this browser. `take(value, name)` tells whether it is kept here from now on. */
	inherit(what, take) {
		for (const name of store.others(what, this.#chat.me)) if (take(store.read(what, name), name)) store.remove(what, name);
	}

	/** `{rooms, current}`: where we were. */
	get places() {
		return { rooms: [], ...this.of('rooms').read() };
	}

	/** A stranger may have opened a conversation. */
	get isNews() {
		return this.#known !== this.#chat.rooms.size;
	}

	/** `awaited`: the rooms that have not let us in yet. */
	keepPlaces(awaited) {
		const { rooms, current } = this.#chat;
		this.#known = rooms.size;
		this.of('rooms').write({ rooms: [...[...rooms.values()].map(({ name }) => name), ...awaited], current: current?.name });
	}

	/** A clock may have been wrong. */
	readTo(name) {
		const at = this.of('read').read()?.[fold(name)];
		if (at < Date.now() + DAY_MS) return at;
	}

	/** How far it was read before a reload. */
	recall(room) {
		room.read ??= this.readTo(room.name);
		return room;
	}

	keepRead() {
		const { read, write } = this.of('read');
		write({ ...read(), ...Object.fromEntries([...this.#chat.rooms.values()].filter(({ read }) => read).map(room => [fold(room.name), room.read])) });
	}
}
