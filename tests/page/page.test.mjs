// The page's files as a whole: what they may not hold, and the contrast of names.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';

const pages = new URL('../../chat-web/src/pages/', import.meta.url);
const files = new Map(readdirSync(pages).filter(name => name !== 'package.json').map(name => [name, readFileSync(new URL(name, pages), 'utf8')]));

test('text nodes only, nothing inline, nothing from elsewhere', () => {
	for (const [name, text] of files) {
		assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|setAttribute\('on/, name);
		if (name.endsWith('.html')) assert.doesNotMatch(text, / style=| on\w+=|<style|<script>|src="http|href="http/, name);
		assert.ok(text.split('\n').length <= 300, `${name} is one screenful too long`);
	}
});

// Comments are in it, which do not travel: what does is bounded by a test of chat-web's pages.rs. Replies, reactions, search, moderation and operators were added; then what keeps it from losing a word.
test('the page does not grow unnoticed', () => {
	const bytes = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
	assert.ok(bytes < 163_000, `${bytes} bytes`);
});

// chat-web's assets.rs leaves comments out of what travels, and looks at each line alone.
test('a line alone shows what of it is a comment', () => {
	for (const [name, text] of [...files].filter(([file]) => file.endsWith('.js'))) {
		let inside = false;
		for (const [i, line] of text.split('\n').entries()) {
			const bare = line.trimStart(), [code, comment] = line.split(' // '), where = `${name}:${i + 1}`;
			const quotes = [...`'"\``].map(quote => code.split(quote).length - 1);
			if (comment !== undefined) assert.ok(bare.startsWith('//') || quotes.every(count => count % 2 === 0), where);
			if (/^\* |^\*\//.test(bare)) assert.ok(inside, where);
			if (inside) assert.match(bare, /^\*/, where);
			inside = (inside || bare.startsWith('/*')) && !bare.endsWith('*/');
		}
		assert.ok(!inside, name);
	}
});

/** oklch → linear sRGB, cut to what a screen can show (the Oklab matrices of CSS Color 4). */
function linear(l, c, h) {
	const a = c * Math.cos((h * Math.PI) / 180), b = c * Math.sin((h * Math.PI) / 180);
	const [L, M, S] = [l + 0.3963377774 * a + 0.2158037573 * b, l - 0.1055613458 * a - 0.0638541728 * b, l - 0.0894841775 * a - 1.291485548 * b].map(x => x ** 3);
	return [4.0767416621 * L - 3.3077115913 * M + 0.2309699292 * S, -1.2684380046 * L + 2.6097574011 * M - 0.3413193965 * S,
		-0.0041960863 * L - 0.7034186147 * M + 1.707614701 * S].map(x => Math.min(1, Math.max(0, x)));
}

const fromHex = hex => hex.replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3').match(/\w\w/g).map(pair => parseInt(pair, 16) / 255)
	.map(x => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
const luminance = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
const contrast = (one, other) => {
	const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
	return (high + 0.05) / (low + 0.05);
};

test('every colour of a name, and quiet text, has a contrast of at least 4.5 to 1 in both themes', () => {
	const hues = Number(/HUES = (\d+)/.exec(files.get('dom.js'))[1]), themes = files.get('style.css').split('@media (prefers-color-scheme: dark)');
	for (const theme of themes.slice(0, 2)) {
		const value = name => new RegExp(`--${name}: ([^;]+);`).exec(theme)[1];
		const shade = name => value(name).split(' ').map(part => parseFloat(part) / (part.endsWith('%') ? 100 : 1));
		const grounds = ['ground', 'side', 'pressed', 'want'].map(name => fromHex(value(name)));
		for (let i = 0; i < hues; i += 1) {
			const hue = (i * 360) / hues, ink = linear(...shade('name'), hue);
			for (const ground of [...grounds, linear(...shade('tint'), hue)]) assert.ok(contrast(ink, ground) >= 4.5, `hue ${hue}: ${contrast(ink, ground)}`);
		}
		for (const ink of ['quiet', 'ink', 'accent']) for (const ground of grounds.slice(0, 2)) assert.ok(contrast(fromHex(value(ink)), ground) >= 4.5, ink);
		for (const [ink, ground] of [['want-ink', 'want'], ['wrong', 'wrong-ground'], ['ground', 'accent']]) {
			assert.ok(contrast(fromHex(value(ink)), fromHex(value(ground))) >= 4.5, ink);
		}
	}
});
