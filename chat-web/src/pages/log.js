// What was said in the room that is shown.
import { $, avatar, el, nickname } from './dom.js';
import { clean, nodes } from './format.js';
import { MAX_ITEMS, presenceText } from './room.js';

const NEAR = 100, GROUP_MS = 5 * 60_000;
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const spoken = item => item.kind === 'post' || item.kind === 'notice';
const day = at => new Date(at).toDateString();

function time(at, words) {
  const node = el('time', '', words.format(at));
  node.dateTime = new Date(at).toISOString();
  node.title = new Date(at).toLocaleString();
  return node;
}

/** Whether `item` goes on under the name that is above `before`. */
function continues(before, item) {
  return before && spoken(before) && spoken(item) && before.nick === item.nick && before.kind === item.kind
    && day(before.at) === day(item.at) && Math.abs(item.at - before.at) < GROUP_MS;
}

function body(item) {
  const node = el('div', 'text', item.kind === 'presence' ? presenceText(item) : nodes(item.text));
  node.dir = 'auto';
  return node;
}

/** A fenced block may span messages: from a ``` that nothing closes to the next one, while the same person goes on. */
function fence(row, item, before) {
  const marks = (item.text ?? '').split('```').length - 1, inside = Boolean(before?.fenced);
  row.fenced = spoken(item) && inside !== (marks % 2 === 1);
  row.classList.toggle('fenced', spoken(item) && (inside || row.fenced));
}

function row(item, before, rowBefore) {
  const own = ['own', 'mention'].filter(name => item[name]), lead = spoken(item) && !continues(before, item);
  const node = el('div', ['message', item.kind, ...own, ...(lead ? ['lead'] : [])].join(' '));
  if (item.id) node.dataset.msgid = item.id;
  if (lead) node.append(avatar(item.nick));
  if (item.nick) node.append(el('div', 'head', nickname(item.nick), ' ', time(item.at, clock)));
  node.append(body(item));
  fence(node, item, lead ? null : rowBefore);
  return node;
}

function divider(at) {
  const node = el('div', 'day', time(at, date));
  node.setAttribute('role', 'separator');
  return node;
}

export class Log {
  #room = null;
  #rows = new Map();
  #places = new WeakMap(); // where a room was left, when that was not the bottom
  #new = 0;
  #following = true;

  constructor() {
    this.list = $('log');
    this.pane = $('scroll');
    this.pane.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#following && this.bottom()).observe(this.pane);
    $('new-messages').addEventListener('click', () => this.bottom());
  }

  /** @param {import('./room.js').Room} room drawn anew, at the place where it was left */
  show(room) {
    if (this.#room && this.#room !== room) this.#places.set(this.#room, this.#following ? null : this.#fromBottom());
    const place = this.#room === room ? (this.#following ? null : this.#fromBottom()) : this.#places.get(room) ?? null;
    this.#room = room;
    this.#draw();
    if (place === null) this.bottom();
    else this.pane.scrollTop = this.pane.scrollHeight - place;
  }

  #draw() {
    // Only what is said from now on is to be read aloud.
    this.list.setAttribute('aria-busy', 'true');
    this.list.replaceChildren();
    this.#rows.clear();
    this.#count(0);
    for (const [i, item] of this.#room.items.entries()) this.#append(item, this.#room.items[i - 1]);
    this.list.setAttribute('aria-busy', 'false');
  }

  #append(item, before) {
    if (!before || day(before.at) !== day(item.at)) this.list.append(divider(item.at));
    const node = row(item, before, this.#rows.get(before));
    this.#rows.set(item, node);
    this.list.append(node);
  }

  /** @param {import('./room.js').Item} item the newest of the room shown */
  add(item) {
    const stay = !this.#following && !item.own;
    this.#append(item, this.#room.items.at(-2));
    if (!stay) return this.bottom();
    if (item.kind !== 'presence') this.#count(this.#new + 1);
  }

  /** A presence line has got one more name. */
  update(item) {
    this.#rows.get(item)?.replaceChildren(body(item));
    if (this.#following) this.bottom();
  }

  bottom() {
    this.#following = true;
    this.#trim();
    this.pane.scrollTop = this.pane.scrollHeight;
    this.#count(0);
  }

  #trim() {
    const rows = this.list.childNodes;
    while (rows.length > MAX_ITEMS * 1.2) rows[0].remove();
  }

  #fromBottom() {
    return this.pane.scrollHeight - this.pane.scrollTop;
  }

  #scrolled() {
    this.#following = this.#fromBottom() - this.pane.clientHeight < NEAR;
    if (this.#following) this.#count(0);
  }

  #count(count) {
    this.#new = count;
    $('new-messages').hidden = count === 0;
    $('new-messages').textContent = clean(`${count} new ↓`);
  }
}
