// Completion of names, rooms and commands, in a short list above the box.
import { $, el } from './dom.js';
import { fold } from './irc.js';
import { COMMANDS } from './commands.js';

const MOST = 6;

/** The people of the room without oneself, those who spoke last first. */
function others({ current, isMe }) {
  const spoke = (current?.items ?? []).map(item => item.nick && fold(item.nick));
  const nicks = current?.direct ? [current.name] : current?.listed().map(({ nick }) => nick) ?? [];
  return nicks.filter(nick => !isMe(nick)).sort((a, b) => spoke.lastIndexOf(fold(b)) - spoke.lastIndexOf(fold(a)));
}

/**
 * What the word before the cursor may become.
 * @param {string} before the text up to the cursor @param {import('./state.js').Chat} chat @param {boolean} asked by Tab
 * @returns {{start: number, words: string[]}} what replaces the text from `start`
 */
export function candidates(before, chat, asked) {
  const start = before.search(/\S*$/), word = fold(before.slice(start));
  let all = [];
  if (word[0] === '@') all = others(chat).map(nick => `@${nick} `);
  else if (word[0] === '#') all = [...chat.rooms.values()].filter(room => !room.direct).map(room => `${room.name} `);
  else if (word[0] === '/' && start === 0) all = [...COMMANDS.keys()].map(name => `/${name} `);
  else if (word && asked) all = others(chat).map(nick => nick + (start ? ' ' : ': '));
  return { start, words: all.filter(one => fold(one).startsWith(word)).slice(0, MOST) };
}

export class Completion {
  #words = [];
  #start = 0;
  #at = -1;

  /** @param {HTMLTextAreaElement} box @param {import('./state.js').Chat} chat */
  constructor(box, chat) {
    Object.assign(this, { box, chat });
  }

  get open() {
    return this.#words.length > 0;
  }

  suggest(asked) {
    const { start, words } = candidates(this.box.value.slice(0, this.box.selectionStart), this.chat, asked);
    this.#start = start;
    this.#draw(words);
  }

  close() {
    this.#draw([]);
  }

  /** The next word, or the one before. @returns {boolean} whether there is any */
  next(step) {
    if (!this.open) this.suggest(true);
    const count = this.#words.length;
    if (!count) return false;
    const at = this.#at < 0 && step < 0 ? count - 1 : (this.#at + step + count) % count;
    this.#put(this.#words[at]);
    this.#draw(count > 1 ? this.#words : [], at);
    return true;
  }

  #put(word) {
    this.box.setRangeText(word, this.#start, this.box.selectionStart, 'end');
  }

  #draw(words, at = -1) {
    this.#words = words;
    this.#at = at;
    $('completion').hidden = !words.length;
    $('completion').replaceChildren(...words.map((word, i) => this.#option(word, i === at)));
    this.box.setAttribute('aria-activedescendant', at < 0 ? '' : 'chosen');
  }

  #option(word, chosen) {
    const node = el('li', '', word.trim());
    Object.assign(node, { role: 'option', ariaSelected: String(chosen), id: chosen ? 'chosen' : '' });
    node.addEventListener('pointerdown', event => {
      event.preventDefault(); // or the box loses the focus, and a phone its keyboard
      this.#put(word);
      this.close();
    });
    return node;
  }
}
