// The page's IRC lines: parsing, formatting, splitting.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { byteLength, fold, format, messageLine, parse, splitMessage, splitText, unescapeTag } from '../../chat-web/src/pages/irc.js';

test('a line with everything is taken apart', () => {
	const message = parse('@time=2026-01-02T03:04:05.678Z;msgid=a\\:b;flag :ann!web@host PRIVMSG #lobby :hello  there :)\r\n');
	assert.equal(message.tags.get('msgid'), 'a;b');
	assert.equal(message.tags.get('flag'), '');
	assert.equal(message.nick, 'ann');
	assert.equal(message.source, 'ann!web@host');
	assert.equal(message.command, 'PRIVMSG');
	assert.deepEqual(message.params, ['#lobby', 'hello  there :)']);
});

test('what is odd does no harm', () => {
	assert.deepEqual(parse('').params, []);
	assert.deepEqual(parse('ping').command, 'PING');
	assert.deepEqual(parse('TOPIC #a :').params, ['#a', '']);
	assert.deepEqual(parse('MODE  #a   +n').params, ['#a', '+n']);
	assert.equal(parse('@__proto__=x PING').tags.get('__proto__'), 'x');
	assert.equal({}.x, undefined);
});

test('tag values are unescaped as IRCv3 says, a lone backslash vanishes', () => {
	assert.equal(unescapeTag('a\\sb\\\\c\\:\\r\\n\\x\\'), 'a b\\c;\r\nx');
});

test('a line to send cannot be broken in two', () => {
	assert.equal(format('PRIVMSG', '#a', 'x\r\nQUIT\0'), 'PRIVMSG #a :x  QUIT ');
	assert.equal(format('TOPIC', '#a', ''), 'TOPIC #a :');
	assert.equal(format('TOPIC', '#a', ':)'), 'TOPIC #a ::)');
	assert.equal(format('NICK', 'ann'), 'NICK ann');
});

test('only the case of ASCII letters is folded', () => {
	assert.equal(fold('ÄNNA[]'), 'Änna[]');
});

test('a long text is cut between words, and nothing is lost', () => {
	const text = 'the quick brown fox jumps '.repeat(40).trim(), parts = splitText(text, 100);
	assert.ok(parts.every(part => byteLength(part) <= 100));
	assert.equal(parts.join(' '), text);
});

test('a long word is cut between characters, an emoji family stays whole', () => {
	const family = '👩‍👩‍👧‍👦', parts = splitText(family.repeat(20), 60);
	assert.ok(parts.every(part => byteLength(part) <= 60 && part.length % family.length === 0));
	assert.equal(parts.join(''), family.repeat(20));
	const pile = `a${'\u0301'.repeat(500)}`;
	assert.equal(splitText(pile, 50).join(''), pile);
});

test('every line fits, also with the prefix that others see', () => {
	for (const action of [false, true]) {
		const kind = action ? 'action' : 'post', parts = splitMessage({ target: '#room', text: 'ö'.repeat(900), action }, 'ann!web@hidden');
		const lines = parts.map(text => messageLine({ target: '#room', text, kind }));
		assert.ok(lines.every(line => byteLength(`:ann!web@hidden ${line}`) <= 510), 'fits');
		assert.equal(lines.every(line => line.includes('\x01ACTION')), action);
	}
});
