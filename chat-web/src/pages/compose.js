// The box. It is never disabled, and only what was taken leaves it.
import { $ } from './dom.js';
import { Completion } from './complete.js';
import { fold } from './irc.js';
import { read, write } from './store.js';

const KEEP_MS = 300;

export class Composer {
	#drafts; // folded name of a room → what was begun in it
	#keeping;
	#room;
	#said = [];
	#back = 0; // how far ↑ has gone

	/** `submit` takes a text, or leaves it in the box: whether it was taken. */
	constructor(chat, submit) {
		this.box = $('box');
		this.chat = chat;
		this.submit = submit;
		this.completion = new Completion(this.box, chat);
		$('compose').onsubmit = event => {
			event.preventDefault();
			this.#send();
		};
		this.box.onkeydown = event => {
			if (!event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey && this.#key(event)) event.preventDefault();
		};
		this.box.oninput = () => {
			this.#grow();
			this.completion.suggest();
			this.#keeping ??= setTimeout(() => this.keep(), KEEP_MS);
		};
		this.box.onblur = () => this.completion.close();
		addEventListener('pagehide', () => this.keep());
	}

	enter(room) {
		this.keep();
		this.#room = room;
		this.#drafts ??= new Map(Object.entries(read('drafts', this.chat.me) ?? {}));
		this.#set(this.#drafts.get(fold(room.name)) ?? '');
		$('box-label').textContent = this.box.placeholder = `Message ${room.name}`;
		this.focus();
	}

	/** A reload does not lose what was begun. */
	keep() {
		clearTimeout(this.#keeping);
		this.#keeping = null;
		if (this.#room) this.#note(this.#room, this.box.value);
	}

	#note({ name }, text) {
		if (text === (this.#drafts.get(fold(name)) ?? '')) return;
		if (text) this.#drafts.set(fold(name), text);
		else this.#drafts.delete(fold(name));
		write('drafts', this.chat.me, Object.fromEntries(this.#drafts));
	}

	/** A phone's keyboard opens by touch only. */
	focus() {
		if (matchMedia('(hover: hover)').matches) this.box.focus();
	}

	/** A text that was not delivered comes back, before what has been typed since. */
	giveBack(text) {
		this.#set(this.box.value ? `${text}\n${this.box.value}` : text);
		this.keep();
		this.focus();
	}

	#send() {
		const text = this.box.value;
		this.completion.close();
		this.box.focus();
		if (!text.trim() || !this.submit(text)) return;
		this.#said = [text, ...this.#said.filter(old => old !== text)].slice(0, 50);
		if (this.box.value === text) this.#set('');
		this.keep();
	}

	#set(text) {
		this.box.value = text;
		this.#back = 0;
		this.#grow();
	}

	#grow() {
		this.box.style.height = 'auto';
		this.box.style.height = `${this.box.scrollHeight}px`;
	}

	/** Whether the key has been used. */
	#key({ key, shiftKey }) {
		const { completion } = this, arrow = { ArrowUp: -1, ArrowDown: 1 }[key];
		if (key === 'Enter' && !shiftKey) return this.#send() ?? true;
		if (key === 'Escape' && completion.open) return completion.close() ?? true;
		if (key === 'Tab' || (arrow && completion.open)) return completion.next(arrow ?? (shiftKey ? -1 : 1));
		return arrow && this.#recall(-arrow);
	}

	#recall(step) {
		const to = this.#back + step, untouched = this.box.value === (this.#said[this.#back - 1] ?? '');
		if (!untouched || to < 0 || to > this.#said.length) return false;
		this.#set(this.#said[to - 1] ?? '');
		this.#back = to;
		return true;
	}
}
