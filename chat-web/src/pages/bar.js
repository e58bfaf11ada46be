// What one may do with a message: a bar at the one under the mouse, or the one that has the focus, or that was touched.
import { $, el } from './dom.js';
import { button } from './log.js';

export const QUICK = ['👍', '❤️', '😂', '🎉', '😮', '😢'];
const LONGEST = 32, UNDER_TOP = 36; // px: the bar is in view where the message goes on above
const touch = matchMedia('(hover: none)');

export class Bar {
	#node = null; // the message
	#asks = false; // more than the first choice is shown

	/** `on`: may(item) gives the names of what may be done, reply(item), react(item, reaction), remove(item), back(). */
	constructor(on) {
		this.on = on;
		this.bar = $('bar');
		this.list = $('log');
		this.list.addEventListener('pointerover', event => !touch.matches && !this.#asks && this.#at(event));
		this.list.addEventListener('focusin', event => !this.#asks && this.#at(event));
		this.list.addEventListener('click', event => !event.target.closest('a, button') && touch.matches && this.#at(event));
		$('scroll').addEventListener('pointerleave', ({ pointerType }) => pointerType === 'mouse' && !this.#asks && this.hide());
		this.list.addEventListener('keydown', event => this.#key(event));
		this.bar.addEventListener('keydown', event => this.#inside(event));
		$('scroll').addEventListener('scroll', () => this.stay());
		const stay = new ResizeObserver(() => this.stay());
		for (const node of [this.list, $('scroll')]) stay.observe(node);
	}

	/** The log has changed: the bar stays at its message, or goes with it. */
	stay() {
		if (this.#node && !(this.#node.isConnected && this.#may.length)) this.hide();
		const { offsetTop: top, offsetHeight: height } = this.#node ?? {};
		this.bar.style.top = `${Math.min(Math.max(top, $('scroll').scrollTop + UNDER_TOP), top + height)}px`;
	}

	hide() {
		this.#node?.classList.remove('held');
		this.#node = null;
		this.#asks = false;
		this.bar.hidden = true;
	}

	get #may() {
		return this.on.may(this.#node.item);
	}

	#at({ target }) {
		const node = target.closest('.message');
		if (node !== this.#node) this.hide();
		if (!node?.item || !this.on.may(node.item).length) return;
		this.#node = node;
		node.classList.add('held');
		this.#show();
	}

	#show() {
		const ways = { reply: ['Reply', () => this.#done(this.on.reply)], react: ['React', () => this.#choose()], remove: ['Delete', () => this.#sure()] };
		this.#fill(false, this.#may.map(name => button(name, ways[name][1], ways[name][0])));
	}

	#fill(asks, nodes) {
		this.#asks = asks;
		this.bar.replaceChildren(...nodes);
		this.bar.hidden = false;
		this.stay();
		if (asks) nodes[0].focus();
	}

	#choose() {
		const input = Object.assign(el('input', ''), { maxLength: LONGEST, ariaLabel: 'Another reaction', placeholder: 'or…' });
		const react = reaction => this.#done(item => this.on.react(item, reaction));
		input.addEventListener('keydown', ({ key, isComposing }) => key === 'Enter' && !isComposing && input.value.trim() && react(input.value.trim()));
		this.#fill(true, [...QUICK.map(one => Object.assign(button('', () => react(one), one), { ariaLabel: `React with ${one}` })), input]);
	}

	#sure() {
		this.#fill(true, [button('wrong', () => this.#done(this.on.remove), 'Delete for everybody'), button('', () => this.#leave(), 'Keep')]);
	}

	/** Whoever uses the keyboard goes on from the message, unless what they did leads elsewhere. */
	#done(act) {
		const node = this.#node, keyboard = this.bar.querySelector(':focus-visible');
		this.hide();
		if (keyboard) node.focus();
		act(node.item);
	}

	/** Back to the message. */
	#leave() {
		const node = this.#node;
		this.hide();
		node.focus();
	}

	#key(event) {
		const { key, target } = event, rows = [...this.list.querySelectorAll('.message[tabindex]')], at = rows.indexOf(target), step = { ArrowUp: -1, ArrowDown: 1 }[key];
		if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
		if (step) rows[at + step]?.focus();
		else if (key === 'Escape') this.on.back();
		else if (key === 'Enter' && (this.#at(event), this.#node)) this.bar.firstChild.focus();
		else return;
		event.preventDefault();
	}

	#inside(event) {
		const { key, target } = event, step = { ArrowLeft: -1, ArrowRight: 1 }[key], all = [...this.bar.children];
		if (step && target.localName !== 'input') all.at((all.indexOf(target) + step) % all.length).focus();
		if (key === 'Escape') this.#leave();
		if (key === 'Escape') event.stopPropagation();
	}
}
