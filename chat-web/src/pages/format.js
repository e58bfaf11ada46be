// A text → tokens (pure) → nodes. All of it came from a stranger: it becomes text nodes, never markup.

// C0 (tab and newline excepted), C1, bidi embeddings, overrides and isolates: they act on the page instead of being read.
const UNSAFE = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const STYLES = new Map([['\x02', 'b'], ['\x1d', 'i'], ['\x1f', 'u'], ['\x1e', 's'], ['\x11', 'code']]);
const CODES = /(\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[\da-f]{6})?|[\x02\x0f\x11\x16\x1d-\x1f])/i;
const CODE = /(```.*?[^`]```|`[^`]+`)/s;
const LINK = /(https?:\/\/[^\s<>"`]+)/i;

export const clean = text => String(text ?? '').replace(UNSAFE, '');

/** A link without the full stop or the bracket of the sentence around it; '' if it is none. */
function link(text) {
  let url = text;
  while (/[.,;:!?'"\]}*]$/.test(url) || (url.endsWith(')') && url.split('(').length < url.split(')').length)) url = url.slice(0, -1);
  return URL.canParse?.(url) ?? url ? url : '';
}

function* linked(text, styles) {
  for (const [i, part] of clean(text).split(LINK).entries()) {
    const url = i % 2 ? link(part) : '', rest = part.slice(url.length);
    if (url) yield { kind: 'a', text: url, styles };
    if (rest) yield { kind: '', text: rest, styles };
  }
}

function* styled(text, on) {
  for (const [i, part] of text.split(CODES).entries()) {
    if (i % 2 === 0) yield* linked(part, [...on]);
    else if (part === '\x0f') on.clear();
    else if (STYLES.has(part)) on.delete(STYLES.get(part)) || on.add(STYLES.get(part));
  }
}

/** @param {string} text @returns {{kind: ''|'a'|'code'|'pre', text: string, styles: string[]}[]} */
export function tokens(text) {
  const on = new Set();
  return text.split(CODE).flatMap((part, i) => {
    if (i % 2 === 0) return [...styled(part, on)];
    const block = part.startsWith('```');
    return { kind: block ? 'pre' : 'code', text: clean(block ? part.slice(3, -3).trim() : part.slice(1, -1)), styles: [] };
  });
}

function node({ kind, text, styles }) {
  const leaf = kind ? document.createElement(kind) : document.createTextNode(text);
  leaf.textContent = text;
  if (kind === 'a') Object.assign(leaf, { href: text, rel: 'noopener noreferrer', target: '_blank' });
  return styles.reduce((inner, tag) => {
    const outer = document.createElement(tag);
    outer.append(inner);
    return outer;
  }, leaf);
}

export const nodes = text => tokens(text).map(node);

/** Whether a text names somebody, as a word of its own, in any case. */
export function mentions(text, nick) {
  const word = nick.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return word !== '' && new RegExp(`(?<![\\p{L}\\p{N}_])${word}(?![\\p{L}\\p{N}_])`, 'iu').test(text);
}
