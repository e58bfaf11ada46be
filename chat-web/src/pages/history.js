// Asks for what was said before we came, or while we were away.
import { format } from './irc.js';

const PAGE = 50, MOST_PAGES = 20;

export class History {
  #pages = new Map(); // of rooms that catch up: how many were asked for
  #asked = new Set();

  /** @param {(line: string) => void} send @param {() => boolean} able whether the server keeps history */
  constructor(send, able) {
    Object.assign(this, { send, able });
  }

  restart() {
    this.#pages.clear();
    this.#asked.clear();
  }

  /** Back in a room: what was missed is asked for at once, since it may be unread. */
  joined(room) {
    if (room.lastId && this.able()) this.#after(room, room.lastId);
  }

  /** A room seen for the first time. */
  shown(room) {
    if (!this.#asked.has(room) && this.able() && (room.joined || room.direct)) this.#ask(room, 'LATEST', '*');
  }

  #ask(room, ...how) {
    this.#asked.add(room);
    this.send(format('CHATHISTORY', how[0], room.name, how[1], String(PAGE)));
  }

  #after(room, id) {
    this.#pages.set(room, (this.#pages.get(room) ?? 0) + 1);
    this.#ask(room, 'AFTER', `msgid=${id}`);
  }

  /** A page came; after a full one there may be more. */
  came(room, items) {
    const pages = this.#pages.get(room), id = items.at(-1)?.id;
    if (pages && items.length >= PAGE && id && pages < MOST_PAGES) this.#after(room, id);
    else this.#pages.delete(room);
  }

  /** The server no longer knows where we were. @param {string[]} params @param {import('./state.js').Chat} chat */
  refused(params, chat) {
    const room = params.map(chat.room).find(found => this.#pages.delete(found));
    if (!room) return;
    room.insert([{ kind: 'system', at: Date.now(), text: 'Something said while you were away may be missing here.' }], true);
    this.#ask(room, 'LATEST', '*');
  }
}
