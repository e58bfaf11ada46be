// Completion of names, rooms and commands, in a small list above the box.
import { $, el } from './dom.js';
import { fold } from './irc.js';
import { listed } from './commands.js';

const MOST = 6;

/** People of a room, those who spoke last first. */
function speakers(room) {
  const order = new Map();
  for (const item of room?.items.toReversed?.() ?? []) if (item.nick && !item.own) order.set(fold(item.nick), order.size);
  const rank = nick => order.get(fold(nick)) ?? Infinity;
  const nicks = room?.direct ? [room.name] : room?.listed().map(person => person.nick) ?? [];
  return nicks.sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}

const beginning = (words, start) => words.filter(word => fold(word).startsWith(fold(start)));

/**
 * What the word before the cursor may become.
 * @param {string} before the text up to the cursor
 * @param {import('./state.js').Chat} chat
 * @param {boolean} asked whether Tab was pressed: then a bare word is completed too
 * @returns {{start: number, words: string[]}} `words` replace the text from `start`
 */
export function candidates(before, chat, asked) {
  const start = before.search(/\S*$/), word = before.slice(start);
  const others = speakers(chat.current).filter(nick => !chat.isMe(nick));
  let words = [];
  if (word[0] === '@') words = beginning(others, word.slice(1)).map(nick => `@${nick} `);
  else if (word[0] === '/' && start === 0) words = beginning(listed().map(c => c.usage.split(' ')[0]), word).map(c => `${c} `);
  else if (word[0] === '#') words = beginning([...chat.rooms.values()].filter(r => !r.direct).map(r => r.name), word).map(r => `${r} `);
  else if (asked && word) words = beginning(others, word).map(nick => (start === 0 ? `${nick}: ` : `${nick} `));
  return { start, words: words.slice(0, MOST) };
}

export class Completion {
  #found = { start: 0, words: [] };
  #at = -1;

  /** @param {HTMLTextAreaElement} box @param {import('./state.js').Chat} chat */
  constructor(box, chat) {
    this.box = box;
    this.chat = chat;
    this.list = $('completion');
  }

  get open() {
    return !this.list.hidden;
  }

  /** After typing: shows what @, # or / may mean. */
  suggest(asked = false) {
    const { selectionStart: at, value } = this.box;
    this.#found = candidates(value.slice(0, at), this.chat, asked);
    this.#at = -1;
    this.#draw();
  }

  close() {
    this.#found = { start: 0, words: [] };
    this.#draw();
  }

  /** Tab: the only answer at once, several one after the other. @returns {boolean} whether there was any */
  next(step = 1) {
    if (!this.open) this.suggest(true);
    const { words } = this.#found;
    if (!words.length) return false;
    this.#at = (this.#at + step + words.length + (this.#at < 0 && step < 0 ? 1 : 0)) % words.length;
    this.#put(words[this.#at]);
    if (words.length === 1) this.close();
    else this.#draw();
    return true;
  }

  #put(word) {
    const { value, selectionStart } = this.box;
    const start = this.#found.start;
    this.box.value = value.slice(0, start) + word + value.slice(selectionStart);
    this.box.setSelectionRange(start + word.length, start + word.length);
  }

  #draw() {
    const { words } = this.#found;
    this.list.hidden = words.length === 0;
    this.list.replaceChildren(...words.map((word, i) => this.#option(word, i)));
    if (this.#at >= 0 && words.length) this.box.setAttribute('aria-activedescendant', `option-${this.#at}`);
    else this.box.removeAttribute('aria-activedescendant');
  }

  #option(word, i) {
    const node = el('li', '', word.trim());
    node.id = `option-${i}`;
    node.setAttribute('role', 'option');
    node.setAttribute('aria-selected', String(i === this.#at));
    // Not click: the box must not lose the focus, or a phone's keyboard goes away.
    node.addEventListener('pointerdown', event => {
      event.preventDefault();
      this.#put(word);
      this.close();
    });
    return node;
  }
}
