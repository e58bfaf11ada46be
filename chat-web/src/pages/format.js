// A message's text → tokens (pure) → nodes. Everything said here came from a stranger: it becomes text nodes, never markup.

// What could move the reader's cursor or turn the line around: C0 (tab and newline excepted), C1, bidi embeddings, overrides, isolates.
const UNSAFE = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const STYLES = new Map([['\x02', 'b'], ['\x1d', 'i'], ['\x1f', 'u'], ['\x1e', 's'], ['\x11', 'code']]);
const CODES = /(\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[\da-f]{6}(?:,[\da-f]{6})?)?|[\x02\x0f\x11\x16\x1d-\x1f])/i;
const LINK = /(https?:\/\/[^\s<>"`\0-\x1f]+)/i;
const FENCE = /(```.*?[^`]```|`[^`]+`)/s;

/** @param {unknown} text @returns {string} the text without characters that would act on the page instead of being read */
export const clean = text => String(text ?? '').replace(UNSAFE, '');

/** A sentence's full stop or a bracket around a link is not part of it. */
function trimLink(url) {
  let end = url.length;
  for (;;) {
    const last = url[end - 1], kept = url.slice(0, end);
    const unopened = last === ')' && kept.split('(').length < kept.split(')').length;
    if (!unopened && !'.,;:!?\'"]}*'.includes(last)) return kept;
    end -= 1;
  }
}

function isLink(url) {
  try {
    return /^https?:$/.test(new URL(url).protocol);
  } catch {
    return false;
  }
}

function* links(text, styles) {
  for (const [i, part] of text.split(LINK).entries()) {
    const url = i % 2 ? trimLink(clean(part)) : '';
    const link = url && isLink(url);
    if (link) yield { kind: 'link', text: url, styles };
    const rest = link ? clean(part).slice(url.length) : clean(part);
    if (rest) yield { kind: 'text', text: rest, styles };
  }
}

function* styled(text, styles) {
  for (const [i, part] of text.split(CODES).entries()) {
    if (i % 2 === 0) yield* links(part, [...styles]);
    else if (part === '\x0f') styles.clear();
    else if (STYLES.has(part)) styles.delete(STYLES.get(part)) || styles.add(STYLES.get(part));
  }
}

function code(part) {
  if (!part.startsWith('```')) return { kind: 'code', text: clean(part.slice(1, -1)), styles: [] };
  const body = part.slice(3, -3).replace(/^[\w+-]{1,20}\n/, '');
  return { kind: 'block', text: clean(body.trim()), styles: [] };
}

/**
 * @param {string} text as it came
 * @returns {{kind: 'text'|'link'|'code'|'block', text: string, styles: string[]}[]}
 */
export function tokens(text) {
  const styles = new Set(), found = [];
  for (const [i, part] of text.split(FENCE).entries()) {
    if (i % 2) found.push(code(part));
    else found.push(...styled(part, styles));
  }
  return found;
}

function leaf(token) {
  if (token.kind === 'text') return document.createTextNode(token.text);
  const tag = { link: 'a', code: 'code', block: 'pre' }[token.kind];
  const node = document.createElement(tag);
  node.textContent = token.text;
  if (token.kind === 'link') Object.assign(node, { href: token.text, rel: 'noopener noreferrer', target: '_blank' });
  return node;
}

function wrap(node, tag) {
  const outer = document.createElement(tag);
  outer.append(node);
  return outer;
}

/** @param {string} text @returns {DocumentFragment} */
export function nodes(text) {
  const fragment = document.createDocumentFragment();
  for (const token of tokens(text)) fragment.append(token.styles.reduce(wrap, leaf(token)));
  return fragment;
}

/**
 * Whether a text names somebody: as a word of its own, in any case.
 * @param {string} text @param {string} nick
 */
export function mentions(text, nick) {
  if (!nick) return false;
  const word = nick.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_])${word}(?![\\p{L}\\p{N}_])`, 'iu').test(text);
}
