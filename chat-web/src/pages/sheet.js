// A small window over the page: the keyboard, what may be done with a person, whom a room keeps out, search.
import { $, avatar, bdi, el, nickname } from './dom.js';
import { escapeTag, format } from './irc.js';
import { deeds } from './modes.js';
import { button, plain, time } from './log.js';

/** Shows something; the browser keeps the focus inside, and Escape closes it: by what was clicked if there is room. */
function sheet(title, nodes, anchor) {
	const dialog = $('sheet'), { bottom, left } = anchor && innerWidth > 720 ? anchor.getBoundingClientRect() : {}, near = left !== undefined;
	$('sheet-title').textContent = title;
	$('sheet-body').replaceChildren(...nodes);
	if (!dialog.open) dialog.showModal();
	dialog.classList.toggle('near', near);
	dialog.style.left = near ? `${Math.min(left, innerWidth - dialog.offsetWidth - 8)}px` : '';
	dialog.style.top = near ? `${Math.max(8, Math.min(bottom + 4, innerHeight - dialog.offsetHeight - 8))}px` : '';
}

const closeSheet = () => $('sheet').close();
$('sheet-close').onclick = closeSheet;

/** A button of it that does something and closes it. */
const choice = (text, act, className = '') => button(`choice ${className}`, () => (closeSheet(), act()), text);

/** Words and what they mean. */
const table = pairs => el('dl', 'table', ...pairs.flatMap(([word, text]) => [el('dt', '', word), el('dd', '', text)]));

/** Whoever clicks beside a window closes it. */
$('sheet').addEventListener('click', ({ target }) => target === $('sheet') && closeSheet());

/** `on`: open(name), mention(nick), send(line). */
export function personMenu(chat, nick, anchor, on) {
	const own = chat.isMe(nick), talk = [choice('Message', () => on.open(nick)), choice('Mention', () => on.mention(nick))];
	const why = Object.assign(el('input', 'why'), { ariaLabel: 'Reason', placeholder: 'Reason, if any', maxLength: 200, autocomplete: 'off' });
	const said = line => on.send(/^K/.test(line) && why.value ? `${line} :${why.value}` : line);
	const does = deeds(chat, chat.current, nick).map(([words, lines]) => choice(words, () => lines.forEach(said), /emove/.test(words) ? 'wrong' : ''));
	const first = does.findIndex(one => one.matches('.wrong'));
	if (first >= 0) does.splice(first, 0, why);
	if (own && !does.length) return;
	sheet(nick, [...(own ? [] : talk), ...does], anchor);
}

const LISTS = { b: 'Banned from', e: 'Exempt from bans in', I: 'May come uninvited to' };

/** The list of bans, or another one, has come. */
export function showBans(room, bans, letter, on) {
	const lift = mask => choice('Lift', () => on.send(`MODE ${room.name} -${letter} ${mask}`));
	const rows = bans.map(([mask, by]) => el('li', '', bdi(mask), el('span', 'note', by ? `by ${by.split('!')[0]}` : ''), lift(mask)));
	sheet(`${LISTS[letter]} ${room.name}`, rows.length ? [el('ul', 'rows', ...rows)] : [el('p', 'quiet', 'Nobody.')]);
}

const KEYS = [
	['Alt+↑  Alt+↓', 'the room above, the room below'], ['Alt+U', 'the next room with something new'], ['Alt+R', 'reply to the marked message, or to the last'],
	['Shift+Tab', 'from the box to the messages; ↑ and ↓ mark another, Enter shows what to do with it'],
	['Ctrl+K', 'search'], ['Esc', 'close what is open; back to the box'], ['Enter', 'send'], ['Shift+Enter', 'a new line'], ['Tab', 'complete a name'],
	['↑', 'what you said before'], ['?  Ctrl+/', 'this'],
];

export const showKeys = () => sheet('Keyboard', [table(KEYS), el('p', 'quiet', 'Commands: write /help in the box.')]);

/** `on`: step(by), unread(), reply(), search(), box(). */
export function listen(on) {
	const plain = { '?': showKeys }, alt = { ArrowUp: () => on.step(-1), ArrowDown: () => on.step(1), KeyU: on.unread, KeyR: on.reply }, control = { k: on.search, '/': showKeys };
	addEventListener('keydown', event => {
		const { key, code, altKey, ctrlKey, metaKey, target, isComposing, defaultPrevented } = event;
		if (isComposing || key === 'Dead' || defaultPrevented || $('sheet').open) return;
		const types = /^(input|textarea)$/.test(target.localName), hot = altKey ? !ctrlKey && alt[code] : ctrlKey || metaKey ? control[key] : !types && plain[key];
		if (hot && hot() !== false) event.preventDefault();
		else if (hot) return;
		else if (key === 'Escape' && target.id !== 'box') on.box();
		else if (!types && !altKey && !ctrlKey && !metaKey && key.length === 1 && key !== ' ') on.box(); // whoever types wants to write
	});
}

// --- Search in what the server keeps: soju.im/search ---

const SEARCH = 'soju.im/search', MOST = 50;
const when = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** The texts of nodes with the words that were looked for marked. */
function marked(text, words) {
	const safe = words.map(word => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
	return plain(text).split(new RegExp(`(${safe.join('|') || '$^'})`, 'iu')).map((part, i) => (i % 2 ? el('mark', '', part) : part));
}

export class Search {
	#words = Object.assign(el('input', ''), { ariaLabel: 'Words to look for', placeholder: 'Words', maxLength: 256, enterKeyHint: 'search', autocomplete: 'off' });
	#here = Object.assign(el('input', ''), { type: 'checkbox' });
	#name = bdi('');
	#form = el('form', 'finder', this.#words, el('button', 'primary', 'Search'), el('label', '', this.#here, ' only in ', this.#name));
	#note = Object.assign(el('p', 'quiet'), { role: 'status' });
	#list = el('ul', 'found');
	#label = '';
	#asked = 0;
	#looked = [];
	#why = ''; // it is not all

	/** `on`: current(), jump(room, id). */
	constructor({ send, caps, connected }, on) {
		Object.assign(this, { send, caps, connected, on });
		$('find').onclick = () => this.open();
		this.#form.onsubmit = event => {
			event.preventDefault();
			this.#ask();
		};
	}

	get able() {
		return this.caps.has(SEARCH);
	}

	open() {
		if (!this.able) return false;
		this.#name.textContent = this.on.current()?.name;
		sheet('Search', [this.#form, this.#note, this.#list]);
		this.#words.select();
	}

	#ask() {
		const text = this.#words.value.trim(), room = this.on.current();
		if (!text) return;
		if (!this.connected()) return this.#tell('Not connected. Try again when the connection is back.');
		this.#label = `search${this.#asked += 1}`;
		this.#looked = text.split(/[\s"*]+/).filter(Boolean);
		const where = this.#here.checked && room ? `in=${escapeTag(room.name)};` : '';
		this.send(`@label=${this.#label} ${format('SEARCH', `${where}text=${escapeTag(text)};limit=${MOST}`)}`);
		this.#why = '';
		this.#tell('Searching…');
	}

	/** Messages of a search came. */
	found(items, label) {
		if (label !== this.#label) return;
		this.#list.replaceChildren(...items.toReversed().map(one => el('li', '', this.#row(one))));
		const count = items.length ? `${items.length}${items.length < MOST ? '' : ' or more'} found.` : 'Nothing was found.';
		this.#note.textContent = `${count} ${this.#why}`;
	}

	/** Whether a refusal was that of a search. */
	refused(text, label) {
		if (!label || label !== this.#label) return false;
		this.#tell(this.#why = text);
		return true;
	}

	#row({ room, id, nick, at, text }) {
		const go = () => {
			closeSheet();
			this.on.jump(room, id);
		};
		return button('result', go, avatar(nick), el('span', 'head', nickname(nick, 'author'), ' ', el('span', 'note', room[0] === '#' ? room : `with ${room}`), ' ', time(at, when)),
			Object.assign(el('span', 'said', ...marked(text, this.#looked)), { dir: 'auto' }));
	}

	#tell(text) {
		this.#list.replaceChildren();
		this.#note.textContent = text;
	}
}
