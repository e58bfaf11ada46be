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

/** Fills a list with a button for each fact, if they have changed, and leaves the focus where it was. */
export function refill(list, facts, entry, act) {
	const mark = JSON.stringify(facts), key = list.contains(document.activeElement) && document.activeElement.dataset.name;
	if (list.mark === mark) return;
	list.mark = mark;
	list.replaceChildren(...facts.map(fact => {
		const button = entry(fact);
		Object.assign(button, { type: 'button', onclick: () => act(fact.name) }).dataset.name = fact.name;
		return el('li', '', button);
	}));
	if (key) [...list.querySelectorAll('button')].find(({ dataset }) => dataset.name === key)?.focus();
}

/** Shows a text, or nothing where it is empty. */
export const say = (id, text = '') => Object.assign($(id), { textContent: clean(text), hidden: !text });
