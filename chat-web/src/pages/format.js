// A text → tokens (pure) → nodes. All of it came from a stranger: it becomes text nodes, never markup.

// C0 (tab and newline excepted), C1, bidi embeddings, overrides and isolates act on the page instead of being read.
const UNSAFE = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const STYLES = new Map([['\x02', 'b'], ['\x1d', 'i'], ['\x1f', 'u'], ['\x1e', 's'], ['\x11', 'code']]);
const CODES = /(\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[\da-f]{6})?|[\x02\x0f\x11\x16\x1d-\x1f])/i;
const CODE = /((?<!`)```.*?[^`]```|(?<!`)`[^`]+`(?!`))/s, LINK = /(https?:\/\/[^\s<>"`]+)/i;

/** The text without what acts on the page. */
export const clean = text => String(text ?? '').replace(UNSAFE, '');

/** A link without the full stop or the bracket of the sentence around it. In one pass: it may be very long. */
function link(text) {
	let end = text.length, spare = text.split(')').length - text.split('(').length;
	while ('.,;:!?\'"]}*'.includes(text[end - 1]) || (text[end - 1] === ')' && spare-- > 0)) end -= 1;
	const url = text.slice(0, end);
	return URL.canParse(url) ? url : '';
}

function linked(text, styles) {
	return clean(text).split(LINK).flatMap((part, i) => {
		const url = i % 2 ? link(part) : '';
		return [{ kind: 'a', text: url, styles }, { kind: '', text: part.slice(url.length), styles }].filter(token => token.text);
	});
}

function styled(text, on) {
	return text.split(CODES).flatMap((part, i) => {
		if (i % 2 === 0) return linked(part, [...on]);
		const style = STYLES.get(part);
		if (part === '\x0f') on.clear();
		else if (style) on.delete(style) || on.add(style);
		return [];
	});
}

/** Text → `{kind: ''|'a'|'code'|'pre', text, styles}`. */
export function tokens(text) {
	const on = new Set();
	return text.split(CODE).flatMap((part, i) => {
		if (i % 2 === 0) return styled(part, on);
		const block = part.startsWith('```');
		return { kind: block ? 'pre' : 'code', text: clean(block ? part.slice(3, -3).replace(/^\w*\n/, '').trimEnd() : part.slice(1, -1)), styles: [] };
	});
}

function element(tag, child) {
	const node = document.createElement(tag);
	node.append(child);
	return node;
}

/** Text → nodes. */
export const nodes = text => tokens(text).map(({ kind, text: said, styles }) => {
	const node = kind ? element(kind, said) : document.createTextNode(said);
	if (kind === 'a') Object.assign(node, { href: said, rel: 'noopener noreferrer', target: '_blank' });
	return styles.reduce((inner, tag) => element(tag, inner), node);
});

/** Whether a text names somebody, as a word of its own, in any case. */
export function mentions(text, nick) {
	const word = nick.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return new RegExp(`(?<![\\p{L}\\p{N}_])${word}(?![\\p{L}\\p{N}_])`, 'iu').test(text);
}
