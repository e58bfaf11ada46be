// Building blocks. Text goes in as text, whoever it came from.
import { clean } from './format.js';
import { fold } from './irc.js';

const HUES = 18; // style.css gives them their lightness, a test their contrast

export const $ = id => document.getElementById(id);

/** An element; strings among the children are cleaned. */
export function el(tag, className, ...children) {
	const node = document.createElement(tag);
	node.className = className;
	node.append(...children.map(child => (child instanceof Node ? child : clean(child))));
	return node;
}

/** The same hue for the same name, in every page. */
function coloured(node, nick) {
	const hash = [...fold(nick)].reduce((sum, c) => (sum * 31 + c.codePointAt(0)) % 65_521, 7);
	node.style.setProperty('--hue', ((hash % HUES) * 360) / HUES);
	return node;
}

/** A name, kept apart from the text around it. */
export const bdi = (text, className = 'name') => Object.assign(el('bdi', className, text), { dir: 'auto' });
export const nickname = (nick, className = 'name') => coloured(bdi(nick, `${className} nick`), nick);

/** The first letter of a name, for the eye only. */
export const avatar = nick => Object.assign(coloured(el('span', 'avatar', [...clean(nick)][0]?.toUpperCase() ?? ''), nick), { ariaHidden: 'true' });

/** Makes `wanted` the children of a node. What stays is not touched, and keeps its place, its selection and its focus. */
export function place(parent, wanted) {
	const stay = new Set(wanted);
	for (const node of [...parent.childNodes]) if (!stay.has(node)) node.remove();
	let next = parent.firstChild;
	for (const node of wanted) {
		if (node === next) next = next.nextSibling;
		else parent.insertBefore(node, next);
	}
}

/** Fills a list with a button for each fact, if they have changed. One that is there stays, since somebody may be about to click on it. */
export function refill(list, facts, fill, act) {
	const mark = JSON.stringify(facts), old = new Map([...list.children].map(item => [item.firstChild.dataset.name, item]));
	if (list.mark === mark) return;
	list.mark = mark;
	place(list, facts.map(fact => {
		const item = old.get(fact.name) ?? el('li', '', Object.assign(el('button', ''), { type: 'button', onclick: event => act(fact.name, event.currentTarget) }));
		item.firstChild.dataset.name = fact.name;
		fill(item.firstChild, fact);
		return item;
	}));
}

/** Shows a text, or nothing where it is empty. */
export const say = (id, text = '') => Object.assign($(id), { textContent: clean(text), hidden: !text });
