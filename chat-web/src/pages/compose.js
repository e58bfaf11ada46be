// The box. It is never disabled, and only what was taken leaves it.
import { COMMANDS, isSecret } from './commands.js';
import { $, el, nickname } from './dom.js';
import { fold } from './irc.js';
import { short } from './log.js';
import { tell } from './status.js';
import { read, write } from './store.js';

const KEEP_MS = 300;
const flat = text => ` ${text.trim().replace(/\s+/g, ' ')} `; // its words, between spaces

export class Composer {
	#refused = new Map(); // folded name of a room → what was begun there, and the browser does not keep
	#kept = ''; // what was in the box when it was last known to be kept
	#told = false; // that it keeps nothing
	#keeping;
	#room;
	#said = [];
	#back = 0; // how far ↑ has gone
	#answers = new Map(); // room → the message that is answered there

	/** `submit(text, reply)` takes a text, or leaves it in the box: whether it was taken. `wrote(room, text)`: somebody types. `up()`: to the messages. */
	constructor(chat, on) {
		Object.assign(this, { box: $('box'), chat }, on);
		$('answer-no').onclick = () => this.answer(null);
		this.completion = new Completion(this.box, $('completion'), (...asked) => (chat.current ? candidates(chat, ...asked) : { words: [] }));
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
			this.wrote(this.#room, this.box.value);
			this.#keeping ??= setTimeout(() => this.keep(), KEEP_MS);
		};
		this.box.onblur = () => this.completion.close();
		addEventListener('pagehide', () => this.keep());
	}

	enter(room) {
		const early = !this.#room && this.box.value; // written before it was known where to
		this.keep();
		this.#room = room;
		this.#set([this.#kept = this.#draft(room), early].filter(Boolean).join('\n'));
		this.box.ariaLabel = this.box.placeholder = `Message ${room.name}`;
		this.#showAnswered();
		this.focus();
	}

	/** What is written next answers this message, or none. */
	answer(item) {
		if (item) this.#answers.set(this.#room, item);
		else this.#answers.delete(this.#room);
		this.#showAnswered();
		this.focus();
	}

	/** A message was deleted: nobody answers it any more, and ↑ does not bring back our own `text`. */
	redacted(id, text) {
		for (const [room, item] of this.#answers) if (item.id === id) this.#answers.delete(room);
		if (text) this.#said = this.#said.filter(old => !flat(old).includes(flat(text)));
		this.#showAnswered();
	}

	#showAnswered() {
		const item = this.#answers.get(this.#room);
		$('answering').hidden = !item;
		if (item) $('answered').replaceChildren('Reply to ', nickname(item.nick), ' ', short(item));
	}

	/** A reload does not lose what was begun. What was not touched here may have gone on in another tab. */
	keep() {
		const text = isSecret(this.box.value) ? '' : this.box.value;
		clearTimeout(this.#keeping);
		this.#keeping = null;
		if (this.#room && text !== this.#kept) this.#note(this.#room, this.#kept = text);
	}

	/** This tab is in the chat again, after another one perhaps. */
	refresh() {
		if (!this.#room) return;
		this.keep();
		if (this.#kept !== this.#draft(this.#room)) this.#set(this.#kept = this.#draft(this.#room));
	}

	/** Whether something that was begun is gone with this tab. */
	get onlyHere() {
		this.keep();
		return [...this.#refused.values()].some(Boolean);
	}

	#draft = ({ name }) => this.#refused.get(fold(name)) ?? read('drafts', this.chat.me)?.[fold(name)] ?? '';

	/** The change is made to what is kept at this moment: other rooms may have other tabs' drafts. */
	#note({ name }, text) {
		const { [fold(name)]: old = '', ...others } = read('drafts', this.chat.me) ?? {};
		const isKept = text === old || write('drafts', this.chat.me, text ? { ...others, [fold(name)]: text } : others);
		if (isKept) return void this.#refused.delete(fold(name));
		if (!this.#told) tell('Your browser keeps nothing now: what is in the box is only in this tab.');
		this.#told = true;
		this.#refused.set(fold(name), text);
	}

	/** A phone's keyboard opens by touch only. */
	focus() {
		if (matchMedia('(hover: hover)').matches) this.box.focus();
	}

	/** Puts words where the cursor is. */
	insert(text) {
		this.box.setRangeText(text, this.box.selectionStart, this.box.selectionEnd, 'end');
		this.#grow();
		this.focus();
	}

	/** A text that was not delivered comes back, before what has been typed since. */
	giveBack(text) {
		this.#set(this.box.value ? `${text}\n${this.box.value}` : text);
		this.keep();
		this.focus();
	}

	#send() {
		const text = this.box.value, room = this.#room;
		this.completion.close();
		this.box.focus();
		if (!text.trim() || !this.submit(text, this.#answers.get(this.#room)?.id)) return;
		if (room === this.#room && this.#answers.has(room)) this.answer(null);
		if (!isSecret(text)) this.#said = [text, ...this.#said.filter(old => old !== text)].slice(0, 50);
		if (this.box.value === text) this.#set('');
		if (room) this.#note(room, ''); // it may have led to another one
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
		if (key === 'Escape' && this.#answers.has(this.#room)) return this.answer(null) ?? true;
		if ((key === 'Tab' || (arrow && completion.open)) && completion.next(arrow ?? (shiftKey ? -1 : 1))) return true;
		if (key === 'Tab') return shiftKey && this.up();
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

// --- Completion of names, rooms and commands, in a short list above the box ---

/** The people of the room without oneself, those who spoke last first. */
function others({ current, isMe }) {
	const spoke = current.items.map(({ nick }) => nick && fold(nick)), last = nick => spoke.lastIndexOf(fold(nick));
	const nicks = current.direct ? [current.name] : current.listed().map(({ nick }) => nick);
	return nicks.filter(nick => !isMe(nick)).sort((a, b) => last(b) - last(a));
}

/** What may replace the text from `start`; a bare word is completed only when `asked` by Tab. */
function candidates(chat, before, asked) {
	const start = before.search(/\S*$/), word = fold(before.slice(start));
	let all = [];
	if (word[0] === '@') all = others(chat).map(nick => `@${nick} `);
	else if (word[0] === '#') all = [...chat.rooms.values()].filter(room => !room.direct).map(room => `${room.name} `);
	else if (word[0] === '/' && !start) all = [...COMMANDS.keys()].map(name => `/${name} `);
	else if (word && asked) all = others(chat).map(nick => nick + (start ? ' ' : ': '));
	return { start, words: all.filter(one => fold(one).startsWith(word)).slice(0, 6) };
}

export class Completion {
	#found = { words: [] };
	#at = -1;

	/** `find(before, asked)`: where the word begins, and what may stand there; `row(word)`: how it is shown; `taken()`: one was clicked. */
	constructor(box, list, find, row = word => [word], taken) {
		Object.assign(this, { box, list, find, row, taken });
	}

	get open() {
		return this.#found.words.length > 0;
	}

	suggest(asked) {
		this.#draw(this.find(this.box.value.slice(0, this.box.selectionStart), asked));
	}

	close() {
		this.#draw({ words: [] });
	}

	/** Puts in the next word, or the one before: whether there is any. */
	next(step) {
		if (!this.open) this.suggest(true);
		const { words } = this.#found;
		if (!words.length) return false;
		const at = (Math.max(this.#at, step < 0 ? 0 : -1) + step + words.length) % words.length;
		this.#put(words[at]);
		this.#draw(words.length > 1 ? this.#found : { words: [] }, at);
		return true;
	}

	#put(word) {
		this.box.setRangeText(word.name ?? word, this.#found.start, this.box.selectionStart, 'end');
	}

	#draw(found, at = -1) {
		this.#found = found;
		this.#at = at;
		this.list.hidden = !this.open;
		this.list.replaceChildren(...found.words.map((word, i) => Object.assign(el('li', '', ...this.row(word)), {
			role: 'option', ariaSelected: `${i === at}`,
			onpointerdown: event => {
				event.preventDefault(); // or the box loses the focus, and a phone its keyboard
				this.#put(word);
				this.close();
				this.taken?.();
			},
		})));
		this.list.children[at]?.scrollIntoView({ block: 'nearest' });
	}
}
