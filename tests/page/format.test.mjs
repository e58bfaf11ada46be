// Text → tokens: what is shown of what a stranger says.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { clean, mentions, tokens } from '../../chat-web/src/pages/format.js';
import { trim } from '../../chat-web/src/pages/irc.js';

const plain = text => tokens(text).map(token => token.text).join('');
const links = text => tokens(text).filter(token => token.kind === 'a').map(token => token.text);

test('markup stays text', () => {
	const text = '<img src=x onerror=alert(1)>';
	assert.deepEqual(tokens(text), [{ kind: '', text, styles: [] }]);
});

test('only http and https become links, without the sentence around them', () => {
	assert.deepEqual(links('see https://example.org/a_(b)?x=1&y=2.'), ['https://example.org/a_(b)?x=1&y=2']);
	assert.deepEqual(links('(http://example.org/)'), ['http://example.org/']);
	assert.deepEqual(links('javascript:alert(1) data:text/html,x ftp://a.b vbscript:x'), []);
	assert.deepEqual(links('https://'), []);
	assert.equal(plain('see https://example.org/. So'), 'see https://example.org/. So');
});

test('a long message costs as much as it is long', t => {
	const calls = [[String.prototype, 'slice'], [String.prototype, 'split'], [RegExp.prototype, 'test']].map(([of, name]) => t.mock.method(of, name));
	assert.deepEqual(links(`https://a.b/(c)${')'.repeat(7_900)}`), ['https://a.b/(c)']);
	t.mock.restoreAll();
	assert.ok(calls.reduce((sum, { mock }) => sum + mock.callCount(), 0) < 100, 'it is looked through a few times, and not once for each bracket');
	const started = performance.now();
	for (const text of ['`'.repeat(99_000), `\`\`\`${' '.repeat(99_000)}x\`\`\``]) tokens(text);
	assert.equal(trim(`\n \n${' '.repeat(99_000)}x \n`), `${' '.repeat(99_000)}x`);
	assert.ok(performance.now() - started < 2_000, 'each took five seconds and more when it was looked through from each place');
});

test('code is code, and nothing inside it is a link', () => {
	assert.deepEqual(tokens('a `x https://b.c` d').map(token => token.kind), ['', 'code', '']);
	assert.deepEqual(tokens('```let a = `b`;```'), [{ kind: 'pre', text: 'let a = `b`;', styles: [] }]);
	assert.equal(plain('a lone ` and ```'), 'a lone ` and ```');
	assert.deepEqual(tokens('so:\n```rust\n  a\n    b\n```').map(({ kind, text }) => [kind, text]), [['', 'so:\n'], ['pre', '  a\n    b']]);
});

test('IRC formatting is shown, colours are left out', () => {
	assert.deepEqual(tokens('\x02b\x1di\x0fn\x0304,08c\x03'), [
		{ kind: '', text: 'b', styles: ['b'] }, { kind: '', text: 'i', styles: ['b', 'i'] },
		{ kind: '', text: 'n', styles: [] }, { kind: '', text: 'c', styles: [] }]);
	assert.deepEqual(tokens('\x11m\x11 \x1es\x1e \x1fu').map(token => token.styles[0]), ['code', undefined, 's', undefined, 'u']);
	assert.equal(plain('\x04ff0000red\x16'), 'red');
});

test('what would act on the page is taken out, also inside code and links', () => {
	assert.equal(clean('a\u202eb\u2066c\x1b[31m\x07\x9b\0d\ufeff'), 'abc[31md');
	assert.equal(plain('`\u202eevil`'), 'evil');
	assert.deepEqual(links('https://a.b/\u202egpj.exe'), ['https://a.b/gpj.exe']);
	assert.equal(clean('👩‍👩‍👧 مرحبا\n\t'), '👩‍👩‍👧 مرحبا\n\t');
});

test('a mention is a word of its own, in any script and case', () => {
	assert.ok(mentions('hi Anna!', 'anna') && mentions('@anna', 'anna') && mentions('王小明: hi', '王小明') && mentions('x[a] y', 'x[a]'));
	assert.ok(!mentions('susanna', 'anna') && !mentions('anna_', 'anna') && !mentions('annaé', 'anna'));
});
