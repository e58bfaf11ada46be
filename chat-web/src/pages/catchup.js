// Asks for what was said before we came, or while we were away.
import { format } from './irc.js';

const PAGE = 50, MOST_PAGES = 20;
const GAP = 'Some of what was said while you were away may be missing here.';

export class CatchUp {
  #resuming = new Map(); // room → pages asked for
  #asked = new Set();

  /** @param {(line: string) => void} send @param {import('./state.js').Chat} chat @param {() => boolean} able */
  constructor(send, chat, able) {
    this.send = send;
    this.chat = chat;
    this.able = able;
  }

  /** A new connection: everything is to be asked again. */
  restart() {
    this.#resuming.clear();
    this.#asked.clear();
  }

  get #limit() {
    return Math.min(PAGE, Number(this.chat.support.get('CHATHISTORY')) || PAGE);
  }

  /** Joined: what was missed must come at once, since it may be unread. A room seen for the first time waits until it is shown. */
  joined(room) {
    if (room.lastId === undefined || !this.able()) return;
    this.#asked.add(room);
    this.#after(room, room.lastId);
  }

  shown(room) {
    if (this.#asked.has(room) || !this.able() || !(room.joined || room.direct)) return;
    this.#asked.add(room);
    this.#latest(room);
  }

  #after(room, id) {
    this.#resuming.set(room, (this.#resuming.get(room) ?? 0) + 1);
    this.send(format('CHATHISTORY', 'AFTER', room.name, `msgid=${id}`, String(this.#limit)));
  }

  #latest(room) {
    this.send(format('CHATHISTORY', 'LATEST', room.name, '*', String(this.#limit)));
  }

  /** A page has come: a full one may have a successor. */
  came({ room, size, lastId }) {
    const pages = this.#resuming.get(room);
    if (pages === undefined) return;
    if (size < this.#limit || !lastId) this.#resuming.delete(room);
    else if (pages < MOST_PAGES) this.#after(room, lastId);
    else this.#fallBack(room);
  }

  /** The server no longer knows where we were. @param {string[]} params of its FAIL */
  refused(params) {
    const room = params.slice(2, -1).map(name => this.chat.room(name)).find(found => this.#resuming.has(found))
      ?? [...this.#resuming.keys()][0];
    if (room) this.#fallBack(room);
  }

  #fallBack(room) {
    this.#resuming.delete(room);
    room.insert([{ kind: 'system', at: Date.now(), text: GAP }]);
    this.#latest(room);
  }
}
