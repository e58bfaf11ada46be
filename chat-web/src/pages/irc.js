// IRC lines with IRCv3 tags. Pure: no page, no socket.
export const LINE_BYTES = 510; // without CR LF
const ESCAPES = new Map([[':', ';'], ['s', ' '], ['r', '\r'], ['n', '\n']]), ESCAPED = new Map([...ESCAPES, ['\\', '\\']].map(([to, from]) => [from, to]));
const encoder = new TextEncoder(), segmenter = new Intl.Segmenter();

export const byteLength = text => encoder.encode(text).length;
export const unescapeTag = value => value.replace(/\\(.?)/gs, (_, c) => ESCAPES.get(c) ?? c);
export const escapeTag = value => value.replace(/[; \r\n\\]/g, c => `\\${ESCAPED.get(c)}`);

/** Tags that have a value, or true, and the line behind them. */
export function tagged(tags, line) {
	const all = Object.entries(tags).filter(([, value]) => value).map(([key, value]) => (value === true ? key : `${key}=${escapeTag(value)}`));
	return all.length ? `@${all.join(';')} ${line}` : line;
}

/** What answers a message: the final name of the tag, and that of the draft. IRCv3 reply. */
export const replyTags = id => ({ '+reply': id, '+draft/reply': id });

/** CASEMAPPING=ascii: names are equal but for the case of ASCII letters. */
export const fold = name => name.replace(/[A-Z]/g, c => c.toLowerCase());

/** One line → its parts; `nick` is the source's name. */
export function parse(line) {
	let rest = line.replace(/[\r\n]+$/, '');
	const word = () => {
		const [, first, more] = /^([^ ]*) *(.*)$/s.exec(rest);
		rest = more;
		return first;
	};
	const tags = new Map(), params = [];
	for (const tag of rest[0] === '@' ? word().slice(1).split(';') : []) {
		const [, key, value] = /^([^=]*)=?(.*)$/s.exec(tag);
		tags.set(key, unescapeTag(value));
	}
	const source = rest[0] === ':' ? word().slice(1) : '', command = word().toUpperCase();
	while (rest && rest[0] !== ':') params.push(word());
	if (rest) params.push(rest.slice(1));
	return { tags, source, nick: source.split('!')[0], command, params };
}

/** When it was said, or now. */
export const timeOf = ({ tags }) => Date.parse(tags.get('time')) || Date.now();

/** A line to send; only the last parameter may hold spaces. What would end the line early is taken out here, for all callers. */
export function format(command, ...params) {
	const clean = params.map(param => param.replace(/[\r\n\0]/g, ' ')), last = clean.pop();
	return [command, ...clean, /^$|^:| /.test(last) ? `:${last}` : last].join(' ');
}

function fitting(pieces, limit) {
	let end = 0, bytes = 0;
	for (const piece of pieces) {
		bytes += byteLength(piece);
		if (bytes > limit) break;
		end += piece.length;
	}
	return end;
}

/** Cuts a text into parts of `limit` bytes: where a word ends, else between characters. The space there is left out, or kept. */
export function splitText(text, limit, keep) {
	const parts = [];
	let rest = text;
	while (byteLength(rest) > limit) {
		const whole = Array.from(segmenter.segment(rest.slice(0, limit + 1)), ({ segment }) => segment);
		let end = fitting(whole, limit) || fitting(rest, limit) || 1;
		const space = rest.lastIndexOf(' ', end);
		if (space > end / 2) end = keep && space < end ? space + 1 : space;
		parts.push(rest.slice(0, end));
		rest = rest.slice(end);
		if (!keep) rest = rest.replace(/^ /, '');
	}
	return [...parts, rest];
}

/** How many bytes of a line are left for a text, if the server puts `prefix` before it. */
const textRoom = (target, prefix) => LINE_BYTES - byteLength(`:${prefix} PRIVMSG ${target} :`);

/** The parts of a message, short enough for a line each. */
export function splitMessage({ target, text, action }, prefix) {
	return splitText(text.replace(/[\r\n\0]/g, ' '), textRoom(target, prefix) - (action ? 9 : 0));
}

/** The line of such a part. */
export function messageLine({ target, text, kind }) {
	const one = text.replace(/[\r\n\0]+/g, ' '); // several lines, kept from when the server took them
	return `PRIVMSG ${target} :${kind === 'action' ? `\x01ACTION ${one}\x01` : one}`;
}

// --- A message of several lines, or a long one: a batch of lines, if the server takes it. IRCv3 multiline ---

const MULTILINE = 'draft/multiline', CONCAT = 'draft/multiline-concat';

/** What the server takes as one message, or null: `max-bytes=40000,max-lines=100`. */
export function bounds(caps) {
	const value = caps.get?.(MULTILINE), number = key => Number(new RegExp(`(?:^|,)${key}=(\\d+)`).exec(value)?.[1]) || Infinity;
	return value === undefined ? null : { bytes: number('max-bytes'), lines: number('max-lines') };
}

/** The lines on the wire: `joins` marks what belongs to the line before. */
function wireLines({ target, text }, prefix) {
	const lines = text.replace(/\r\n?/g, '\n').replace(/\0/g, '').split('\n');
	return lines.flatMap(line => splitText(line, textRoom(target, prefix), true).map((part, i) => ({ part, joins: i > 0 })));
}

const join = lines => lines.reduce((text, { part, joins }, i) => text + (joins || !i ? '' : '\n') + part, '');

/** Without the blank lines at both ends. */
export const trim = text => text.replace(/^\s*\n/, '').trimEnd();

/** The messages that a text becomes: as few as the server's bounds allow. Blank lines at their ends are left out. */
export function splitBlocks(message, prefix, { bytes, lines }) {
	const blocks = [];
	let used = 0;
	for (const line of wireLines({ ...message, text: trim(message.text) }, prefix)) {
		const more = byteLength(line.part) + 1;
		if (!blocks.length || used + more > bytes || blocks.at(-1).length >= lines) blocks.push([]), used = 0;
		blocks.at(-1).push(line);
		used += more;
	}
	return blocks.map(block => trim(join(block))).filter(Boolean);
}

/** The lines of one message with its tags. */
export function blockLines(message, prefix, tags) {
	const { key, target } = message, lines = wireLines(message, prefix);
	const inside = lines.map(({ part, joins }) => tagged({ batch: key, [CONCAT]: joins }, `PRIVMSG ${target} :${part}`));
	return [tagged(tags, `BATCH +${key} ${MULTILINE} ${target}`), ...inside, `BATCH -${key}`];
}

/** A batch that has ended → the message that it was. */
export function joined({ opening, messages }) {
	const [{ command, params: [target] }] = messages;
	const text = join(messages.map(({ tags, params: [, part = ''] }) => ({ part, joins: tags.has(CONCAT) })));
	return { ...opening, command, params: [target, text] };
}
