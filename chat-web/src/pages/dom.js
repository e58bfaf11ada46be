// Building blocks of the page. Text goes in as text, whoever it came from.
import { clean } from './format.js';
import { fold } from './irc.js';

/** How many hues a name may have; style.css gives them their lightness, and a test their contrast. */
export const HUES = 18;

/** @param {string} id @returns {HTMLElement} */
export const $ = id => document.getElementById(id);

/** @param {string} tag @param {string} className @param {...(Node|string)} children strings are cleaned */
export function el(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.map(child => (typeof child === 'string' ? clean(child) : child)));
  return node;
}

/** @param {string} nick @returns {number} the same for the same name, in every page */
export function hue(nick) {
  let hash = 7;
  for (const c of fold(nick)) hash = (hash * 31 + c.codePointAt(0)) % 65_521;
  return Math.round(((hash % HUES) * 360) / HUES);
}

/** A name in its colour, kept apart from the text around it. */
export function nickname(nick, className = 'author') {
  const node = el('bdi', `${className} nick`, nick);
  node.dir = 'auto';
  node.style.setProperty('--hue', hue(nick));
  return node;
}

/** The first letter of a name, in its colour; for the eye only. */
export function avatar(nick) {
  const node = el('span', 'avatar', [...clean(nick)][0]?.toUpperCase() ?? '?');
  node.setAttribute('aria-hidden', 'true');
  node.style.setProperty('--hue', hue(nick));
  return node;
}

/** @param {string} id @param {string} text shown, or hidden when empty */
export function say(id, text) {
  $(id).textContent = clean(text);
  $(id).hidden = !text;
}
