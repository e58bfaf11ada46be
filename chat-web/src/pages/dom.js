// Building blocks. Text goes in as text, whoever it came from.
import { clean } from './format.js';
import { fold } from './irc.js';

const HUES = 18; // style.css gives them their lightness, a test their contrast

/** @param {string} id @returns {HTMLElement} */
export const $ = id => document.getElementById(id);

/** @param {string} tag @param {string} className @param {...(Node|string)} children */
export function el(tag, className, ...children) {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children.map(child => (child instanceof Node ? child : clean(child))));
  return node;
}

/** @param {string} className @param {() => void} act @param {...(Node|string)} children */
export function button(className, act, ...children) {
  const node = el('button', className, ...children);
  node.type = 'button';
  node.addEventListener('click', act);
  return node;
}

/** The same for the same name, in every page. */
function coloured(node, nick) {
  const hash = [...fold(nick)].reduce((sum, c) => (sum * 31 + c.codePointAt(0)) % 65_521, 7);
  node.style.setProperty('--hue', ((hash % HUES) * 360) / HUES);
  return node;
}

/** A name, kept apart from the text around it. */
export function bdi(text, className = 'name') {
  const node = el('bdi', className, text);
  node.dir = 'auto';
  return node;
}

export const nickname = (nick, className = 'name') => coloured(bdi(nick, `${className} nick`), nick);

/** The first letter of a name, for the eye only. */
export function avatar(nick) {
  const node = coloured(el('span', 'avatar', [...clean(nick)][0]?.toUpperCase() ?? '?'), nick);
  node.ariaHidden = 'true';
  return node;
}

/** Fills a list anew if it has changed, and leaves the focus where it was. @param {object[]} facts what the entries show */
export function refill(list, facts, entry) {
  const mark = JSON.stringify(facts), focused = list.contains(document.activeElement) && document.activeElement.dataset.key;
  if (list.mark === mark) return;
  list.mark = mark;
  list.replaceChildren(...facts.map(fact => el('li', '', ...[entry(fact)].flat())));
  if (focused) [...list.querySelectorAll('button')].find(node => node.dataset.key === focused)?.focus();
}

/** Shows a text, or nothing where it is empty. */
export function say(id, text = '') {
  $(id).textContent = clean(text);
  $(id).hidden = !text;
}
