// What hangs on messages: reactions, deletions, answers; and messages of several lines.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { blockLines, bounds, byteLength, escapeTag, parse, splitBlocks, tagged, unescapeTag } from '../../chat-web/src/pages/irc.js';
import { Chat } from '../../chat-web/src/pages/state.js';

/** A chat that is in #a, and what it asked of the page. */
function chatting() {
	const asked = [], on = new Proxy({}, { get: (_, name) => (...args) => asked.push([name, ...args]) && (name === 'history' ? { fresh: args[0].merge(args[1]) } : undefined) });
	const chat = new Chat('ann', on), hear = (...lines) => lines.forEach(line => chat.receive(parse(line)));
	hear(':ann!w@h JOIN #a', '@msgid=1 :bob!b@h PRIVMSG #a :one', '@msgid=2 :ann!w@h PRIVMSG #a :two');
	return { chat, hear, asked, room: chat.room('#a') };
}

test('reactions are counted, by whom, until they are taken back', () => {
	const { hear, room } = chatting();
	hear('@msgid=3;+draft/reply=1;+draft/react=👍 :ann!w@h TAGMSG #a', '@+reply=1;+draft/react=👍 :eve!e@h TAGMSG #a', '@+reply=1;+draft/react=lol :eve!e@h TAGMSG #a',
		'@+reply=9;+draft/react=👍 :eve!e@h TAGMSG #a', '@+draft/react=👍 :eve!e@h TAGMSG #a', '@+reply=1;+draft/react= :eve!e@h TAGMSG #a', '@+reply=1 :eve!e@h TAGMSG #a');
	assert.deepEqual(room.marks.of('1'), [['👍', ['ann', 'eve']], ['lol', ['eve']]]);
	assert.deepEqual(room.items.length, 2, 'they are no messages');
	hear('@+reply=1;+draft/unreact=lol :eve!e@h TAGMSG #a', '@msgid=4 :ann!w@h REDACT #a 3');
	assert.deepEqual(room.marks.of('1'), [['👍', ['eve']]]);
	hear(':eve!e@h JOIN #a', ':eve!e@h NICK eva', '@+reply=1;+draft/unreact=👍 :eva!e@h TAGMSG #a');
	assert.deepEqual(room.marks.of('1'), []);
});

test('of a reaction what is younger holds, though the history tells it later', () => {
	const { hear, room } = chatting(), at = ms => `time=${new Date(ms).toISOString()}`;
	hear(`@${at(2_000)};+reply=1;+draft/unreact=👍 :eve!e@h TAGMSG #a`, ':srv BATCH +h chathistory #a',
		`@batch=h;msgid=x;${at(1_000)};+reply=1;+draft/react=👍 :eve!e@h TAGMSG #a`, `@batch=h;msgid=y;${at(1_000)};+reply=2;+draft/react=👍 :eve!e@h TAGMSG #a`, ':srv BATCH -h');
	assert.deepEqual([room.marks.of('1'), room.marks.of('2')], [[], [['👍', ['eve']]]]);
});

test('there is an end to reactions', () => {
	const { hear, room } = chatting();
	for (let i = 0; i < 100; i += 1) hear(`@+reply=1;+draft/react=${i} :eve!e@h TAGMSG #a`);
	hear(`@+reply=2;+draft/react=${'x'.repeat(99)} :eve!e@h TAGMSG #a`);
	for (let i = 0; i < 3_000; i += 1) hear(`@+reply=m${i};+draft/react=x :eve!e@h TAGMSG #a`);
	assert.deepEqual([room.marks.of('1').length, room.marks.of('2').length, room.marks.of('m10').length, room.marks.of('m2999').length], [0, 0, 0, 1]);
});

test('who takes back many reactions leaves place for those of others', () => {
	const { hear, room } = chatting(), eve = (how, i) => hear(`@+reply=1;+draft/${how}=${i} :eve!e@h TAGMSG #a`);
	eve('react', 'stays');
	for (let i = 0; i < 50; i += 1) eve('react', i), eve('unreact', i);
	hear('@+reply=1;+draft/react=👍 :bob!b@h TAGMSG #a');
	assert.deepEqual(room.marks.of('1'), [['stays', ['eve']], ['👍', ['bob']]]);
	for (let i = 0; i < 50; i += 1) eve('react', i);
	assert.equal(room.marks.of('1').length, 20);
});

test('a deleted message has no words any more, live and in the history', () => {
	const { hear, room, asked } = chatting();
	hear(':eve!e@h REDACT #a 1 :spam', ':srv BATCH +h chathistory #a', '@batch=h;msgid=9 :ann!w@h REDACT #a 2', ':srv BATCH -h', ':eve!e@h REDACT #a 77', ':eve!e@h REDACT #none 1');
	assert.deepEqual(room.items.map(({ text, removed }) => [text, removed.by, removed.why]), [['', 'eve', 'spam'], ['', 'ann', '']]);
	assert.deepEqual(asked.filter(([name]) => name === 'redacted').map(([, , ...what]) => what), [['1', false], ['2', 'two'], ['77', undefined]]);
});

test('an answer to what we said wants us', () => {
	const { hear, room, chat } = chatting();
	chat.focused = false;
	hear('@msgid=3;+draft/reply=1 :eve!e@h PRIVMSG #a :to bob', '@msgid=4;+reply=2;bot :eve!e@h PRIVMSG #a :to ann');
	assert.deepEqual(room.items.slice(2).map(({ reply, mention, bot }) => [reply, mention, bot]), [['1', false, false], ['2', true, true]]);
	assert.equal(room.mentions, 1);
});

test('somebody writes until they have written, or left', () => {
	const { hear, room } = chatting();
	hear('@+typing=active :bob!b@h TAGMSG #a', '@+typing=active :eve!e@h TAGMSG #a', '@+typing=active :ann!w@h TAGMSG #a', '@+typing=active :joe!j@h TAGMSG #a');
	assert.deepEqual([...room.typing.keys()], ['bob', 'eve', 'joe']);
	hear('@msgid=3 :bob!b@h PRIVMSG #a :done', '@+typing=done :eve!e@h TAGMSG #a', ':joe!j@h PART #a');
	assert.equal(room.typing.size, 0);
});

test('several lines are one message, also in the history and as an echo', () => {
	const { chat, hear, room, asked } = chatting();
	hear('@msgid=3;+reply=1 :bob!b@h BATCH +m draft/multiline #a', '@batch=m :bob!b@h PRIVMSG #a :how is ', '@batch=m;draft/multiline-concat :bob!b@h PRIVMSG #a everyone?', '@batch=m :bob!b@h PRIVMSG #a :');
	assert.equal(room.items.length, 2, 'nothing before its end');
	hear('@batch=m :bob!b@h PRIVMSG #a :  end', 'BATCH -m');
	assert.deepEqual([room.items[2].text, room.items[2].id, room.items[2].reply], ['how is everyone?\n\n  end', '3', '1']);
	hear(':srv BATCH +h chathistory #a', '@batch=h;msgid=5 :bob!b@h BATCH +n draft/multiline #a', '@batch=n :bob!b@h PRIVMSG #a :x', '@batch=n :bob!b@h PRIVMSG #a :y', '@batch=h BATCH -n', 'BATCH -h', 'BATCH +e draft/multiline #a', 'BATCH -e');
	assert.deepEqual([room.find('5').text, asked.findLast(([name]) => name === 'history').at(-1)], ['x\ny', { count: 1, first: '5', last: '5' }]);
	chat.pending.add([{ key: 'k', target: '#a', kind: 'post', text: 'a\nb', at: 1, own: true, state: 'sent' }]);
	hear('@label=k;msgid=6 :ann!w@h BATCH +o draft/multiline #a', '@batch=o :ann!w@h PRIVMSG #a :a', '@batch=o :ann!w@h PRIVMSG #a :b', 'BATCH -o');
	assert.deepEqual([chat.pending.list.length, room.items.at(-1).key, room.items.at(-1).text], [0, 'k', 'a\nb']);
});

test('the history goes on behind what is not shown', () => {
	const { hear, asked } = chatting();
	hear('@label=h1 :srv BATCH +h chathistory #a', '@batch=h;msgid=a :bob!b@h JOIN #a', '@batch=h;msgid=b :bob!b@h PRIVMSG #a :\x01VERSION\x01', '@batch=h;msgid=c :bob!b@h QUIT', 'BATCH -h');
	const [, , items, label, page] = asked.findLast(([name]) => name === 'history');
	assert.deepEqual([items, label, page], [[], 'h1', { count: 3, first: 'a', last: 'c' }]);
});

const wire = (target, text, caps) => splitBlocks({ target, text }, 'ann!w@h', bounds(caps));

test('several lines are sent as one batch, within the bounds of the server', () => {
	assert.equal(bounds(new Map()), null);
	assert.deepEqual(bounds(new Map([['draft/multiline', '']])), { bytes: Infinity, lines: Infinity });
	const caps = new Map([['draft/multiline', 'max-bytes=4000,max-lines=3,later=1']]);
	assert.deepEqual(wire('#a', '\n\none\n\n  two \r\nthree\nfour\n\n', caps), ['one\n\n  two', 'three\nfour']);
	assert.deepEqual(wire('#a', 'short', caps), ['short']);
	const long = 'the quick brown fox '.repeat(60).trim(), [block, ...rest] = wire('#a', long, caps);
	assert.deepEqual([block, rest], [long, []]);
	const lines = blockLines({ key: 'k', target: '#a', text: long }, 'ann!w@h', { label: 'k', '+reply': 'a;b' });
	assert.deepEqual([lines[0], lines.at(-1)], ['@label=k;+reply=a\\:b BATCH +k draft/multiline #a', 'BATCH -k']);
	const inside = lines.slice(1, -1).map(parse);
	assert.deepEqual(inside.map(({ tags }) => [...tags.keys()]), [['batch'], ['batch', 'draft/multiline-concat'], ['batch', 'draft/multiline-concat']]);
	assert.equal(inside.map(({ params }) => params[1]).join(''), long);
	for (const line of lines) assert.ok(byteLength(line.replace(/^@\S+ /, ':ann!w@h ')) <= 510);
	assert.ok(wire('#a', 'x'.repeat(9_000), caps).every(text => byteLength(text) <= 4_000));
});

test('tags are escaped as they are unescaped', () => {
	const odd = 'a;b c\\d\r\ne';
	assert.equal(unescapeTag(escapeTag(odd)), odd);
	assert.equal(tagged({ a: '', b: true, c: ':)' }, 'X'), '@b;c=:) X');
	assert.equal(tagged({ a: undefined }, 'X'), 'X');
});
