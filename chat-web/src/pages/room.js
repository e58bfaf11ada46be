// One entry of the room list: a room or a direct conversation, with its people and what was said. Pure.

/** What is kept of a room in the page; older history is the server's to give. */
export const MAX_ITEMS = 500;
const FOLD_MS = 5 * 60_000;

/**
 * @typedef {object} Item
 * @property {'post'|'action'|'notice'|'presence'|'system'} kind
 * @property {number} at milliseconds
 * @property {string} [id] msgid @property {string} [nick] @property {string} [text]
 * @property {boolean} [own] @property {boolean} [mention]
 * @property {{nick: string, verb: string}[]} [moves] of a presence line
 */

export class Room {
  /** @param {string} name @param {boolean} direct */
  constructor(name, direct) {
    this.name = name;
    this.direct = direct;
    this.joined = false;
    this.topic = '';
    this.people = new Map();
    this.naming = null; // people of a NAMES reply that has not ended yet
    this.items = [];
    this.ids = new Set();
    this.live = 0; // where what this connection heard begins: history goes before it
    this.unread = 0;
    this.mentions = 0;
  }

  /** The msgid from which to ask for what was missed. */
  get lastId() {
    return this.items.findLast(item => item.id)?.id;
  }

  /** Whether anything was said here. */
  get quiet() {
    return !this.items.some(item => item.kind !== 'presence');
  }

  #known(item) {
    if (!item.id) return false;
    if (this.ids.has(item.id)) return true;
    this.ids.add(item.id);
    return false;
  }

  #trim() {
    for (const old of this.items.splice(0, this.items.length - MAX_ITEMS)) {
      this.ids.delete(old.id);
      this.live = Math.max(0, this.live - 1);
    }
  }

  /** @param {Item} item @returns {boolean} false when it was there already */
  add(item) {
    if (this.#known(item)) return false;
    this.items.push(item);
    if (this.items.length > MAX_ITEMS) this.#trim();
    return true;
  }

  /** Somebody came, left, went away…: told in one line with those just before. @returns {{item: Item, folded: boolean}} */
  move(nick, verb, at) {
    const last = this.items.at(-1);
    if (last?.kind === 'presence' && at - last.at < FOLD_MS && this.items.length > this.live) {
      last.moves.push({ nick, verb });
      return { item: last, folded: true };
    }
    const item = { kind: 'presence', at, moves: [{ nick, verb }] };
    this.add(item);
    return { item, folded: false };
  }

  /** Puts history before what was heard live. @param {Item[]} items oldest first @returns {Item[]} those that were new */
  insert(items) {
    const fresh = items.filter(item => !this.#known(item));
    this.items.splice(this.live, 0, ...fresh);
    this.live += fresh.length;
    if (this.items.length > MAX_ITEMS) this.#trim();
    return fresh;
  }

  /** A new connection: what comes now is after everything that we have. */
  restart() {
    this.live = this.items.length;
    this.naming = null;
  }

  /** @returns {{nick: string, prefix: string, away: boolean}[]} operators first, then by name */
  listed() {
    const rank = person => (person.prefix && person.prefix !== '+' ? 0 : person.prefix ? 1 : 2);
    return [...this.people.values()].sort((a, b) => rank(a) - rank(b) || a.nick.localeCompare(b.nick));
  }
}

const TOGETHER = new Map([['joined left', 'came and went'], ['left joined', 'came back'], ['is away is back', 'is back'],
  ['came and went joined', 'joined'], ['came back left', 'left']]);

function names(list) {
  const shown = list.length > 6 ? [...list.slice(0, 5), `${list.length - 5} others`] : list;
  return shown.length < 2 ? shown[0] : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** @param {Item} item a presence line @returns {string} "ann and bob joined · eve left" */
export function presenceText(item) {
  const verbs = new Map();
  for (const { nick, verb } of item.moves) {
    const before = verbs.get(nick);
    verbs.delete(nick);
    verbs.set(nick, TOGETHER.get(`${before} ${verb}`) ?? verb);
  }
  const groups = new Map();
  for (const [nick, verb] of verbs) groups.set(verb, [...(groups.get(verb) ?? []), nick]);
  return [...groups].map(([verb, nicks]) => `${names(nicks)} ${nicks.length > 1 ? verb.replace(/^is /, 'are ') : verb}`).join(' · ');
}
