// IRC lines with IRCv3 tags. Pure: no page and no socket, so that it can be tested alone.

/** Bytes of an IRC line without its CR LF. */
export const LINE_BYTES = 510;

const UNESCAPED = new Map([[':', ';'], ['s', ' '], ['r', '\r'], ['n', '\n']]);
const ESCAPED = new Map([[';', '\\:'], [' ', '\\s'], ['\\', '\\\\'], ['\r', '\\r'], ['\n', '\\n']]);
const encoder = new TextEncoder();

/** @param {string} text @returns {number} its length in UTF-8 */
export const byteLength = text => encoder.encode(text).length;

/** @param {string} value a tag's value as it was sent */
export const unescapeTag = value => value.replace(/\\(.?)/gs, (_, c) => UNESCAPED.get(c) ?? c);

/** @param {string} value a tag's value to send */
export const escapeTag = value => value.replace(/[; \\\r\n]/g, c => ESCAPED.get(c));

/** Names are equal when they differ in the case of ASCII letters only (CASEMAPPING=ascii). */
export const fold = name => name.replace(/[A-Z]/g, c => c.toLowerCase());

function parseTags(text) {
  const tags = new Map();
  for (const tag of text.split(';')) {
    const at = tag.indexOf('=');
    if (tag) tags.set(at < 0 ? tag : tag.slice(0, at), at < 0 ? '' : unescapeTag(tag.slice(at + 1)));
  }
  return tags;
}

/**
 * @param {string} line one line without CR LF
 * @returns {{tags: Map<string, string>, source: string, nick: string, command: string, params: string[]}}
 */
export function parse(line) {
  let rest = line.replace(/[\r\n]+$/, '');
  const word = () => {
    const [, first, remaining] = /^([^ ]*) *(.*)$/s.exec(rest);
    rest = remaining;
    return first;
  };
  const tags = rest[0] === '@' ? parseTags(word().slice(1)) : new Map();
  const source = rest[0] === ':' ? word().slice(1) : '';
  const command = word().toUpperCase();
  const params = [];
  while (rest && rest[0] !== ':') params.push(word());
  if (rest) params.push(rest.slice(1));
  return { tags, source, nick: source.split('!')[0], command, params };
}

/**
 * One line to send. The last parameter may hold spaces. What could end the line early is taken out here, for all callers.
 * @param {string} command @param {...string} params
 */
export function format(command, ...params) {
  const clean = params.map(param => param.replace(/[\r\n\0]/g, ' '));
  const last = clean.pop();
  if (last === undefined) return command;
  const colon = last === '' || last[0] === ':' || last.includes(' ') ? ':' : '';
  return [command, ...clean, colon + last].join(' ');
}

/** @param {string} label @param {string} line @returns the line with a label that its answers will carry */
export const labelled = (label, line) => `@label=${escapeTag(label)} ${line}`;

/** The index up to which `text` fits, never inside a character (nor an emoji family, when that can be helped). */
function fitting(text, limit) {
  const take = pieces => {
    let end = 0, bytes = 0;
    for (const piece of pieces) {
      bytes += byteLength(piece);
      if (bytes > limit) break;
      end += piece.length;
    }
    return end;
  };
  const whole = globalThis.Intl?.Segmenter
    ? take(Array.from(new Intl.Segmenter().segment(text.slice(0, limit + 1)), s => s.segment)) : 0;
  return whole || take(text) || 1;
}

/**
 * Cuts a long text where a word ends, or between characters if a word is longer than a line.
 * @param {string} text @param {number} limit in bytes @returns {string[]}
 */
export function splitText(text, limit) {
  const parts = [];
  let rest = text;
  while (byteLength(rest) > limit) {
    let end = fitting(rest, limit);
    const space = rest.lastIndexOf(' ', end);
    if (space > end / 2) end = space;
    parts.push(rest.slice(0, end));
    rest = rest.slice(end).replace(/^ /, '');
  }
  return rest || !parts.length ? [...parts, rest] : parts;
}
