// The box: typing, sending, recalling. It is never disabled, and only what was taken leaves it.
import { $ } from './dom.js';
import { Completion } from './complete.js';

const RECALLED = 50;

export class Composer {
  #drafts = new WeakMap();
  #room = null;
  #said = [];
  #back = 0; // how far ↑ has gone

  /**
   * @param {import('./state.js').Chat} chat
   * @param {(text: string) => boolean} submit whether the text was taken
   */
  constructor(chat, submit) {
    this.box = $('box');
    this.submit = submit;
    this.completion = new Completion(this.box, chat);
    $('compose').addEventListener('submit', event => {
      event.preventDefault();
      this.#send();
    });
    this.box.addEventListener('keydown', event => this.#key(event));
    this.box.addEventListener('input', () => this.#typed());
    this.box.addEventListener('blur', () => this.completion.close());
  }

  /** Each room keeps what was begun in it. */
  enter(room) {
    if (room === this.#room) return;
    if (this.#room) this.#drafts.set(this.#room, this.box.value);
    this.#room = room;
    this.#set(this.#drafts.get(room) ?? '');
    const name = `Message ${room.direct ? `to ${room.name}` : room.name}`;
    this.box.placeholder = name;
    $('box-label').textContent = name;
  }

  /** Gives a text back that could not be delivered, before what has been typed since. */
  giveBack(room, text) {
    if (room !== this.#room) return this.#drafts.set(room, [text, this.#drafts.get(room)].filter(Boolean).join('\n'));
    this.#set([text, this.box.value].filter(Boolean).join('\n'));
  }

  /** The keyboard of a phone is opened only by a touch of the box itself. */
  focus() {
    if (matchMedia('(hover: hover)').matches) this.box.focus();
  }

  #send() {
    const text = this.box.value;
    this.completion.close();
    if (text.trim() && this.submit(text)) {
      this.#said = [text, ...this.#said.filter(old => old !== text)].slice(0, RECALLED);
      this.#set('');
    }
    this.box.focus();
  }

  #set(text) {
    this.box.value = text;
    this.#back = 0;
    this.#grow();
  }

  #typed() {
    this.#back = 0;
    this.#grow();
    this.completion.suggest();
  }

  #grow() {
    this.box.style.height = 'auto';
    this.box.style.height = `${this.box.scrollHeight}px`;
    $('send').disabled = this.box.value.trim() === '';
  }

  #key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = this.#action(event);
    if (act) event.preventDefault();
  }

  /** @returns {boolean} whether the key has been used */
  #action({ key, shiftKey }) {
    const { completion } = this;
    if (key === 'Enter' && !shiftKey) return this.#send() ?? true;
    if (key === 'Tab') return this.#complete(shiftKey ? -1 : 1);
    if (key === 'Escape' && completion.open) return completion.close() ?? true;
    if (key === 'ArrowUp') return completion.open ? this.#complete(-1) : this.#recall(1);
    if (key === 'ArrowDown') return completion.open ? this.#complete(1) : this.#recall(-1);
    return false;
  }

  /** Tab in an empty box goes on to the next control, as everywhere. */
  #complete(step) {
    const done = this.completion.next(step);
    this.#grow();
    return done;
  }

  #recall(step) {
    const fresh = this.box.value === '' || this.#back > 0, to = this.#back + step;
    if (!fresh || to < 0 || to > this.#said.length) return false;
    this.#set(to ? this.#said[to - 1] : '');
    this.#back = to;
    return true;
  }
}
