// What was said in the room that is shown: one row for each item of the state.
import { $, avatar, el, nickname, place, refill } from './dom.js';
import { nodes } from './format.js';
import { presenceText } from './room.js';

const NEAR = 100, NEAR_TOP = 400;
const ONLY_HERE = ' (only in this tab: keep it open)'; // the browser refused to store it
const FATES = new Map([['waiting', 'waits to be sent'], ['sent', 'on its way'], ['unsure', 'waits to be sent']]);

const GROUP_MS = 5 * 60_000, QUOTED = 120;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const date = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const day = item => item && new Date(item.at).toDateString();
export const time = (at, words) => Object.assign(el('time', '', words.format(at)), { dateTime: new Date(at).toISOString() });
export const button = (className, act, ...children) => Object.assign(el('button', className, ...children), { type: 'button', onclick: act });

/** Whether `item` goes on under the name that is above `before`. */
const continues = (before, item) => before?.nick === item.nick && before.kind === item.kind && day(before) === day(item)
	&& item.at - before.at < GROUP_MS && !item.reply;

/** Text without its formatting, and a message that is only quoted: one line. */
export const plain = text => nodes(text).map(one => one.textContent).join('');
export const short = ({ removed, text }) => (removed ? 'message deleted' : plain(text.slice(0, QUOTED)).replace(/\s+/g, ' '));

const gone = ({ by, why }) => `Message deleted by ${by}${why && `: ${why}`}`;

function words(item, on) {
	if (item.kind === 'hole') return [button('fill', on.fill, 'Show the messages in between')];
	if (item.removed) return [el('span', 'gone', gone(item.removed))];
	return item.moves ? [presenceText(item)] : nodes(item.text);
}

/** What the row depends on, but for what is told below it. */
const shape = item => `${item.moves?.length} ${Boolean(item.removed)}`;

/** `on`: fill(), name(nick, node). */
function row(item, before, on) {
	const { kind, nick, own, mention } = item, lead = nick && kind !== 'action' && !continues(before, item);
	const node = el('div', Object.entries({ message: 1, [kind]: 1, lead, own, mention }).filter(([, is]) => is).map(([name]) => name).join(' '));
	if (nick) Object.assign(node, { item, tabIndex: -1, role: 'article', ariaLabel: `${nick}: ${short(item)}` });
	if (lead) node.append(avatar(nick));
	if (nick) node.append(el('div', 'head', nickname(nick, 'author'), ...[item.bot && 'bot', item.only && `only for ${item.only}`].filter(Boolean).map(text => el('span', 'bot', text)), ' ', time(item.at, clock)));
	node.append(Object.assign(el('div', 'text', ...words(item, on)), { dir: nick ? 'auto' : 'ltr' }));
	if (day(item) === day(before)) return node;
	return el('div', '', Object.assign(el('div', 'day', time(item.at, date)), { role: 'separator' }), node);
}

/** The line above a message that answers another one. */
function quote(node, { reply, removed }, room, jump) {
	const other = reply && !removed && room.find(reply), mark = !reply || removed ? '' : other ? `${other.nick} ${short(other)}` : 'An earlier message';
	if ((node.quoted ?? '') === mark) return;
	node.quoted = mark;
	node.querySelector('.quote')?.remove();
	const said = other ? [nickname(other.nick), ' ', el(other.removed ? 'i' : 'span', '', short(other))] : [mark];
	if (mark) node.querySelector('.text').before(Object.assign(button('quote', () => jump(reply), ...said), { title: 'Go to that message' }));
}

function chip(node, { name, nicks, mine }) {
	node.replaceChildren(el('span', '', name), el('span', 'count', `${nicks.length}`));
	Object.assign(node, { className: mine ? 'chip mine' : 'chip', title: nicks.join(', '), ariaPressed: `${mine}`, ariaLabel: `${name} ${nicks.length}: ${nicks.join(', ')}` });
}

/** The reactions below a message. They are not read aloud as they come. */
function chips(node, item, reactions, isMe, react) {
	if (!node.chips && !reactions.length) return;
	if (!node.chips) node.append(node.chips = Object.assign(el('ul', 'chips'), { ariaLive: 'off' }));
	refill(node.chips, reactions.map(([name, nicks]) => ({ name, nicks, mine: nicks.some(isMe) })), chip, name => react(item, name));
}

const newLine = () => Object.assign(el('div', 'day new-line', 'New messages'), { role: 'separator' });

export class Log {
	following = true;
	#room;
	#rows = new Map(); // item → { node, before, is, fate }
	#line = newLine();
	#last; // of what was said, when it was drawn
	#place = null; // what somebody reads further up, and where on the screen it is
	#new = 0;
	#size = '';
	#jump = ''; // the id of the message to show as soon as it is here
	#end; // the message that Tab leads to

	/** `on`: older(room), scrolled(), retry(item), edit(item), discard(item), fill(), jump(id), react(item, reaction), isMe(nick). */
	constructor(on) {
		this.on = on;
		this.list = $('log');
		this.pane = $('scroll');
		this.pane.onscroll = () => this.#scrolled();
		const stay = new ResizeObserver(() => {
			this.#size = this.#measure();
			this.#stay();
		});
		for (const node of [this.pane, this.list]) stay.observe(node);
		$('new-messages').onclick = () => this.bottom();
	}

	/** Makes the rows match what the room shows. `level` says what an acknowledgement is worth. */
	draw(room, shown, level) {
		const entered = room !== this.#room, { items } = room, added = shown.slice(items.indexOf(this.#last) + 1).filter(item => !item.moves);
		const spoke = added.some(item => item.own && !this.#rows.has(item)), said = added.filter(({ own }) => !own).length;
		if (!this.following) this.#place = this.#seen();
		this.list.ariaBusy = `${entered || shown[0] !== this.#rows.keys().next().value}`; // aloud only what is said from now on
		if (entered && this.#room) this.#room.held = false;
		this.#room = room;
		this.#last = items.at(-1);
		this.#match(shown, room.line, level);
		$('begins').hidden = !room.begins || !items.some(({ id }) => id);
		this.list.ariaBusy = 'false';
		if (entered || spoke) this.bottom();
		else this.#stay();
		this.#size = this.#measure();
		this.#count(this.following ? 0 : this.#new + said);
		this.#reach();
		this.#near(false);
	}

	#match(shown, line, level) {
		const rows = new Map(), wanted = [], { item: held } = document.activeElement;
		for (const [i, item] of shown.entries()) {
			const before = shown[i - 1], is = shape(item), kept = this.#rows.get(item);
			const one = kept && kept.before === before && kept.is === is ? kept : { node: row(item, before, this.on), before, is };
			this.#tell(one, item, level);
			if (item.nick) this.#hang(message(one.node), item);
			rows.set(item, one);
			if (item === line && one.node.matches('.message')) wanted.push(this.#line);
			wanted.push(one.node);
		}
		this.#rows = rows;
		place(this.list, wanted);
		this.#mark(rows.get(line)?.node);
		if (rows.has(held) && document.activeElement.item !== held) message(rows.get(held).node).focus({ preventScroll: true }); // its row is a new one
		const end = this.list.querySelector('.message:focus') ?? [...this.list.querySelectorAll('.message[tabindex]')].at(-1);
		if (this.#end && this.#end !== end) this.#end.tabIndex = -1;
		if (end) (this.#end = end).tabIndex = 0;
	}

	#hang(node, item) {
		const { marks } = this.#room;
		if (item.reply) quote(node, item, this.#room, this.on.jump);
		if (item.id) chips(node, item, item.removed ? [] : marks.of(item.id), this.on.isMe, this.on.react);
	}

	/** The line of new messages stands below the day; where it is already it is not touched, or it would be read aloud again. */
	#mark(node) {
		if (!node) this.#line.remove();
		else if (message(node).previousSibling !== this.#line) message(node).before(this.#line);
	}

	/** What becomes of what was written here. */
	#tell(one, item, level) {
		const only = item.stored || item.state === 'sent' ? '' : ONLY_HERE; // an echo is soon here
		const fate = `${item.state} ${item.why} ${item.at} ${item.state ? only : level}`, failed = item.state === 'failed';
		if (!item.own || one.fate === fate) return;
		one.fate = fate;
		const node = message(one.node), said = Object.assign(time(item.at, clock), { title: item.state ? '' : level });
		node.classList.toggle('pending', Boolean(item.state));
		node.classList.toggle('failed', failed);
		node.querySelector('time').replaceWith(said);
		node.querySelector('.fate')?.remove();
		if (failed) node.append(el('div', 'fate', `${item.maybe ? 'Perhaps' : 'Not'} sent: ${item.why}${only}`, el('span', 'ways', ...this.#ways(item))));
		else if (item.state) node.append(el('div', 'fate', FATES.get(item.state) + only));
	}

	#ways(item) {
		const ways = { Retry: this.on.retry, Edit: this.on.edit, Discard: this.on.discard };
		return Object.entries(ways).map(([word, act]) => button('', () => act(item), word));
	}

	/** Shows a message, when it is here. */
	jump(id) {
		this.#jump = id;
		this.#reach();
	}

	#reach() {
		const found = this.#jump && this.#rows.get(this.#room?.find(this.#jump));
		if (!found) return;
		const node = message(found.node);
		this.#jump = '';
		this.#follow(false);
		node.scrollIntoView({ block: 'center' });
		this.#place = this.#seen();
		node.focus({ preventScroll: true });
		node.classList.add('flash');
		node.onanimationend = () => node.classList.remove('flash');
	}

	/** The last message gets the focus, if there is one. */
	focus() {
		this.#end?.focus();
		return Boolean(this.#end?.isConnected);
	}

	bottom() {
		this.#follow(true);
		this.#stay();
		this.#count(0);
	}

	#follow(following) {
		this.following = following;
		if (this.#room) this.#room.held = !following;
	}

	#measure() {
		return `${this.pane.scrollHeight} ${this.pane.clientHeight}`;
	}

	#scrolled() {
		if (this.#size !== this.#measure()) return; // the window changed, the reader did not scroll
		const { scrollHeight, scrollTop, clientHeight } = this.pane;
		this.#follow(scrollHeight - scrollTop - clientHeight < NEAR);
		this.#place = this.following ? null : this.#seen();
		if (this.following) this.#count(0);
		this.on.scrolled();
		this.#near(true);
	}

	/** The first item of which something is seen, and where. */
	#seen() {
		const { top } = this.pane.getBoundingClientRect(), rows = [...this.#rows];
		let low = 0, high = rows.length - 1;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (message(rows[middle][1].node).getBoundingClientRect().bottom > top) high = middle;
			else low = middle + 1;
		}
		return rows.length ? { item: rows[low][0], top: this.#top(rows[low][0]) } : null;
	}

	/** Its words: a name above them may come and go with what stands before. */
	#top = item => message(this.#rows.get(item).node).querySelector('.text').getBoundingClientRect().top;

	/** Whatever changed around it, what somebody reads stays where it is. */
	#stay() {
		if (this.following) this.pane.scrollTop = this.pane.scrollHeight;
		else if (this.#rows.has(this.#place?.item)) this.pane.scrollTop += this.#top(this.#place.item) - this.#place.top;
	}

	#near(scrolled) {
		if (this.#room && this.pane.scrollTop < NEAR_TOP) this.on.older(this.#room, scrolled);
	}

	#count(count) {
		this.#new = count;
		Object.assign($('new-messages'), { textContent: `${count} new ↓`, hidden: !count });
	}
}

const message = node => (node.matches('.message') ? node : node.querySelector('.message'));
