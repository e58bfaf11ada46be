// What was said in the room that is shown: one row for each item of the state.
import { $, avatar, el, nickname } from './dom.js';
import { nodes } from './format.js';
import { presenceText } from './state.js';

const NEAR = 100, GROUP_MS = 5 * 60_000;
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const day = item => item && new Date(item.at).toDateString();

function time(at, words) {
  const node = el('time', '', words.format(at));
  node.dateTime = new Date(at).toISOString();
  return node;
}

/** Whether `item` goes on under the name that is above `before`. */
function continues(before, item) {
  return before?.nick === item.nick && before.kind === item.kind && item.kind !== 'action'
    && day(before) === day(item) && item.at - before.at < GROUP_MS;
}

function row(item, before) {
  const lead = item.nick && item.kind !== 'action' && !continues(before, item);
  const text = el('div', 'text', ...(item.moves ? [presenceText(item)] : nodes(item.text)));
  text.dir = 'auto';
  const node = el('div', ['message', item.kind, lead && 'lead', item.own && 'own', item.mention && 'mention'].filter(Boolean).join(' '));
  node.dataset.msgid = item.id ?? '';
  if (lead) node.append(avatar(item.nick));
  if (item.nick) node.append(el('div', 'head', nickname(item.nick, 'author'), ' ', time(item.at, clock)));
  node.append(text);
  return node;
}

/** A fence of ``` that its message does not close goes on in the next ones of the same person. */
function fence(node, item, before, open) {
  const inside = continues(before, item) && open, odd = item.nick && item.text.split('```').length % 2 === 0;
  node.classList.toggle('fenced', Boolean(inside || odd));
  return inside ? !odd : odd;
}

function divided(item, before, node) {
  if (day(item) === day(before)) return node;
  const divider = el('div', 'day', time(item.at, date));
  divider.role = 'separator';
  return el('div', '', divider, node);
}

export class Log {
  #room;
  #rows = new Map(); // item → { node, before, moves }
  #new = 0;
  #following = true;

  constructor() {
    this.list = $('log');
    this.pane = $('scroll');
    this.pane.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    const stay = new ResizeObserver(() => this.#following && this.bottom());
    for (const node of [this.pane, this.list]) stay.observe(node);
    $('new-messages').addEventListener('click', () => this.bottom());
  }

  /** Makes the rows match the room's items. @param {import('./state.js').Room} room */
  draw(room) {
    const entered = room !== this.#room;
    this.list.ariaBusy = String(entered); // aloud only what is said from now on
    if (entered) this.#following = true;
    this.#room = room;
    const added = this.#match(room.items);
    this.list.ariaBusy = 'false';
    if (this.#following || added.some(item => item.own)) this.bottom();
    else this.#count(this.#new + added.filter(item => !item.moves).length);
  }

  /** @returns {object[]} items that have been added at the end */
  #match(items) {
    const rows = new Map(), last = [...this.#rows.keys()].at(-1);
    let before, open = false;
    for (const item of items) {
      let kept = this.#rows.get(item);
      if (kept?.before !== before || kept?.moves !== item.moves?.length) kept = null;
      const node = kept?.message ?? row(item, before);
      open = fence(node, item, before, open);
      rows.set(item, kept ?? { message: node, node: divided(item, before, node), before, moves: item.moves?.length });
      before = item;
    }
    this.#rows = rows;
    this.#place([...rows.values()].map(({ node }) => node));
    return items.slice(items.indexOf(last) + 1);
  }

  #place(nodes) {
    const wanted = new Set(nodes);
    for (const node of [...this.list.childNodes]) if (!wanted.has(node)) node.remove();
    let next = this.list.firstChild;
    for (const node of nodes) {
      if (node === next) next = next.nextSibling;
      else this.list.insertBefore(node, next);
    }
  }

  bottom() {
    this.#following = true;
    this.pane.scrollTop = this.pane.scrollHeight;
    this.#count(0);
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.pane;
    this.#following = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.#following) this.#count(0);
  }

  #count(count) {
    this.#new = count;
    $('new-messages').textContent = `${count} new ↓`;
    $('new-messages').hidden = !count;
  }
}
