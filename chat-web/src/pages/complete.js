// Completion of names, rooms and commands, in a short list above the box.
import { $, el } from './dom.js';
import { fold } from './irc.js';
import { COMMANDS } from './commands.js';

/** The people of the room without oneself, those who spoke last first. */
function others({ current, isMe }) {
	const spoke = current.items.map(({ nick }) => nick && fold(nick)), last = nick => spoke.lastIndexOf(fold(nick));
	const nicks = current.direct ? [current.name] : current.listed().map(({ nick }) => nick);
	return nicks.filter(nick => !isMe(nick)).sort((a, b) => last(b) - last(a));
}

/** What may replace the text from `start`; a bare word is completed only when `asked` by Tab. */
export function candidates(before, chat, asked) {
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

	constructor(box, chat) {
		this.box = box;
		this.chat = chat;
	}

	get open() {
		return this.#found.words.length > 0;
	}

	suggest(asked) {
		this.#draw(this.chat.current ? candidates(this.box.value.slice(0, this.box.selectionStart), this.chat, asked) : { words: [] });
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
		this.box.setRangeText(word, this.#found.start, this.box.selectionStart, 'end');
	}

	#draw(found, at = -1) {
		this.#found = found;
		this.#at = at;
		$('completion').hidden = !this.open;
		$('completion').replaceChildren(...found.words.map((word, i) => Object.assign(el('li', '', word), {
			role: 'option', ariaSelected: `${i === at}`,
			onpointerdown: event => {
				event.preventDefault(); // or the box loses the focus, and a phone its keyboard
				this.#put(word);
				this.close();
			},
		})));
	}
}
