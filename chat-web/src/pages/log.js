// What was said in the room that is shown: one row for each item of the state.
import { $, avatar, el, nickname, place } from './dom.js';
import { nodes } from './format.js';
import { presenceText } from './room.js';

const NEAR = 100, GROUP_MS = 5 * 60_000;
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const day = item => item && new Date(item.at).toDateString();
const time = (at, words) => Object.assign(el('time', '', words.format(at)), { dateTime: new Date(at).toISOString() });

/** Whether `item` goes on under the name that is above `before`. */
const continues = (before, item) => before?.nick === item.nick && before.kind === item.kind && day(before) === day(item)
	&& item.at - before.at < GROUP_MS;

function row(item, before) {
	const { kind, nick, own, mention } = item, lead = nick && kind !== 'action' && !continues(before, item);
	const node = el('div', Object.entries({ message: 1, [kind]: 1, lead, own, mention }).filter(([, is]) => is).map(([name]) => name).join(' '));
	node.dataset.msgid = item.id ?? '';
	if (lead) node.append(avatar(nick));
	if (nick) node.append(el('div', 'head', nickname(nick, 'author'), ' ', time(item.at, clock)));
	node.append(Object.assign(el('div', 'text', ...(item.moves ? [presenceText(item)] : nodes(item.text))), { dir: nick ? 'auto' : 'ltr' }));
	if (day(item) === day(before)) return node;
	return el('div', '', Object.assign(el('div', 'day', time(item.at, date)), { role: 'separator' }), node);
}

export class Log {
	#room;
	#rows = new Map(); // item → { node, before, moves }
	#new = 0;
	#following = true;
	#size = '';

	constructor() {
		this.list = $('log');
		this.pane = $('scroll');
		this.pane.onscroll = () => this.#scrolled();
		const stay = new ResizeObserver(() => {
			this.#size = this.#measure();
			if (this.#following) this.bottom();
		});
		for (const node of [this.pane, this.list]) stay.observe(node);
		$('new-messages').onclick = () => this.bottom();
	}

	/** Makes the rows match the room's items. */
	draw(room) {
		const entered = room !== this.#room, last = [...this.#rows.keys()].at(-1);
		this.list.ariaBusy = `${entered}`; // aloud only what is said from now on
		this.#room = room;
		this.#match(room.items);
		this.list.ariaBusy = 'false';
		const added = room.items.slice(room.items.indexOf(last) + 1).filter(item => !item.moves);
		if (entered || this.#following || added.some(({ own }) => own)) this.bottom();
		else this.#count(this.#new + added.length);
	}

	#match(items) {
		const rows = new Map();
		for (const [i, item] of items.entries()) {
			const before = items[i - 1], moves = item.moves?.length, kept = this.#rows.get(item);
			rows.set(item, kept && kept.before === before && kept.moves === moves ? kept : { node: row(item, before), before, moves });
		}
		this.#rows = rows;
		place(this.list, [...rows.values()].map(({ node }) => node));
	}

	bottom() {
		this.#following = true;
		this.pane.scrollTop = this.pane.scrollHeight;
		this.#count(0);
	}

	#measure() {
		return `${this.pane.scrollHeight} ${this.pane.clientHeight}`;
	}

	#scrolled() {
		if (this.#size !== this.#measure()) return; // the window changed, the reader did not scroll
		const { scrollHeight, scrollTop, clientHeight } = this.pane;
		this.#following = scrollHeight - scrollTop - clientHeight < NEAR;
		if (this.#following) this.#count(0);
	}

	#count(count) {
		this.#new = count;
		Object.assign($('new-messages'), { textContent: `${count} new ↓`, hidden: !count });
	}
}
