// IRC lines with IRCv3 tags. Pure: no page, no socket.
const LINE_BYTES = 510; // without CR LF
const ESCAPES = new Map([[':', ';'], ['s', ' '], ['r', '\r'], ['n', '\n']]);
const encoder = new TextEncoder(), segmenter = new Intl.Segmenter();

export const byteLength = text => encoder.encode(text).length;
export const unescapeTag = value => value.replace(/\\(.?)/gs, (_, c) => ESCAPES.get(c) ?? c);

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

/** Cuts a text into parts of `limit` bytes: where a word ends, else between characters. */
export function splitText(text, limit) {
	const parts = [];
	let rest = text;
	while (byteLength(rest) > limit) {
		const whole = Array.from(segmenter.segment(rest.slice(0, limit + 1)), ({ segment }) => segment);
		let end = fitting(whole, limit) || fitting(rest, limit) || 1;
		const space = rest.lastIndexOf(' ', end);
		if (space > end / 2) end = space;
		parts.push(rest.slice(0, end));
		rest = rest.slice(end).replace(/^ /, '');
	}
	return [...parts, rest];
}

/** The parts of a message, short enough for the server to put `prefix` before the line of each. */
export function splitMessage({ target, text, action }, prefix) {
	const room = LINE_BYTES - byteLength(`:${prefix} PRIVMSG ${target} :`) - (action ? 9 : 0);
	return splitText(text.replace(/[\r\n\0]/g, ' '), room);
}

/** The line of such a part. */
export const messageLine = ({ target, text, kind }) => `PRIVMSG ${target} :${kind === 'action' ? `\x01ACTION ${text}\x01` : text}`;
