// What waits to be sent: in order, once, over reloads and tabs.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Pending, newKey } from '../../chat-web/src/pages/pending.js';
import { Sender } from '../../chat-web/src/pages/sender.js';
import { Speaker } from '../../chat-web/src/pages/speak.js';
import { Chat } from '../../chat-web/src/pages/state.js';
import { parse } from '../../chat-web/src/pages/irc.js';

/** What all tabs of a browser have in common. */
function shared() {
	let kept = '[]';
	return { read: () => JSON.parse(kept), write: list => Boolean(kept = JSON.stringify(list)) };
}
const refusing = { read: () => null, write: () => false };

/** A page that is in #a, and what it has sent. */
function page({ store = shared(), caps = [], up = true, author = 'ann of today' } = {}) {
	const sent = [], on = new Proxy({}, { get: () => () => {} }), chat = new Chat('ann', on, new Pending(store)), line = { up };
	const sender = new Sender(chat, { send: one => sent.push(one), caps: new Map(caps.map(cap => [cap, author])), connected: () => line.up });
	chat.open('#a').joined = true;
	chat.pending.author = caps.length ? author : ''; // as a connection before has told
	const said = () => sent.map(one => parse(one).params[1]), keys = () => sent.map(one => parse(one).tags.get('label'));
	const say = (...texts) => texts.forEach(text => sender.say({ target: '#a', text }));
	const echo = (i, id = `e${i}`) => chat.receive(parse(`@label=${keys()[i]};msgid=${id} :ann!w@h PRIVMSG #a :${said()[i]}`)) ?? sender.flush();
	const back = () => (Object.assign(line, { up: true }), sender.restart(), sender.flush());
	return { chat, sender, sent, said, keys, say, echo, back, line, waiting: chat.pending, states: () => chat.pending.list.map(({ state }) => state) };
}

const own = (text, id, kind = 'post') => ({ id, kind, own: true, nick: 'ann', text, at: 1 });

test('a message is sent at once, with a label that is never used twice', () => {
	const { sent, say, states, keys } = page();
	say('hello');
	assert.match(sent[0], /^@label=[0-9a-f]{24} PRIVMSG #a :hello$/);
	assert.deepEqual(states(), ['sent']);
	say('hello');
	assert.notEqual(keys()[0], keys()[1]);
	assert.equal(new Set(Array.from({ length: 1000 }, newKey)).size, 1000);
});

test('few are under way at a time, and all go out in order', () => {
	const { said, say, echo, states } = page(), texts = Array.from({ length: 12 }, (_, i) => `${i}`);
	say(...texts);
	assert.equal(said().length, 5);
	for (let i = 0; i < 12; i += 1) echo(i);
	assert.deepEqual(said(), texts);
	assert.deepEqual(states(), []);
});

test('what is written without a connection waits, and goes out once the room is there', () => {
	const { said, say, sender, line, back } = page({ up: false });
	say('one', 'two');
	assert.deepEqual(said(), []);
	line.up = true;
	sender.restart();
	sender.joins('#A');
	sender.flush();
	assert.deepEqual(said(), []);
	sender.entered('#a');
	assert.deepEqual(said(), ['one', 'two']);
	back();
});

test('a room that does not let us in fails what waits for it', () => {
	const { say, sender, states, waiting, line, said } = page({ up: false });
	say('one');
	line.up = true;
	sender.joins('#a');
	sender.barred('#b', 'no');
	assert.deepEqual(states(), ['waiting']);
	sender.barred('#a', 'You are banned.');
	assert.deepEqual([states(), waiting.list[0].why], [['failed'], 'You are banned.']);
	waiting.retry(waiting.list[0]);
	sender.flush();
	assert.deepEqual(said(), ['one']);
});

test('with the capability, what had no echo is sent again with the same id at once', () => {
	const { sent, say, back, keys, echo, chat } = page({ caps: ['chat.local/retry'] });
	say('one', 'two');
	echo(0);
	back();
	assert.equal(keys()[2], keys()[1]);
	assert.equal(sent[2], `@label=${keys()[1]};chat.local/retry=${keys()[1]} PRIVMSG #a :two`);
	echo(2);
	assert.deepEqual([chat.pending.list, chat.room('#a').items.map(({ text }) => text)], [[], ['one', 'two']]);
});

test('with the capability, the history may tell before the echo: nothing stands twice', () => {
	const { say, back, echo, chat, waiting } = page({ caps: ['chat.local/retry'] }), room = chat.room('#a');
	say('one');
	back();
	room.merge(waiting.claim('#a', [own('one', 'e1')]));
	assert.deepEqual(chat.shown(room).map(({ text }) => text), ['one']);
	echo(1, 'e1');
	assert.deepEqual(chat.shown(room).map(({ id }) => id), ['e1']);
});

test('without the capability, only what is not in the history is sent again', () => {
	const { chat, said, say, back, waiting, sender, echo } = page(), room = chat.room('#a');
	say('same');
	echo(0, 'e0');
	say('same', 'same', 'other');
	back();
	assert.equal(said().length, 4, 'not yet');
	const items = [{ ...own('same', 'x'), own: false }, own('same', 'e1'), own('same', 'e2', 'action')];
	room.merge(waiting.claim('#a', items));
	waiting.settle('#a');
	sender.flush();
	assert.deepEqual(said().slice(4), ['same', 'other']);
	assert.deepEqual(chat.shown(room).filter(item => item.own).map(({ state }) => state ?? ''), ['', '', '', 'sent', 'sent']);
});

test('what somebody else than this session sent is looked for in the history first', () => {
	const store = shared(), caps = ['chat.local/retry'], before = page({ store, caps });
	before.say('heard', 'lost');
	const { said, back, waiting, sender, keys } = page({ store, caps, author: 'ann of tomorrow' });
	back();
	assert.deepEqual([said(), waiting.firstUnsure('#a').text], [[], 'heard']);
	waiting.claim('#a', [own('heard', 'e1')]);
	waiting.settle('#a');
	sender.flush();
	assert.deepEqual([said(), keys()], [['lost'], [before.keys()[1]]]);
	back();
	assert.deepEqual(said(), ['lost', 'lost'], 'it is known now');
});

test('what it sent to a person may have arrived, and is not said again without being asked', () => {
	const store = shared(), caps = ['chat.local/retry'], before = page({ store, caps });
	before.sender.say({ target: 'bob', text: 'psst' });
	const after = page({ store, caps, author: 'ann of tomorrow' });
	after.back();
	const [one] = after.waiting.list;
	assert.deepEqual([after.said(), one.state, one.maybe], [[], 'failed', true]);
	after.waiting.retry(one);
	after.sender.flush();
	assert.deepEqual([after.said(), one.maybe], [['psst'], false]);
});

test('what was said before it was sent is not taken for it', () => {
	const { waiting, chat } = page();
	waiting.add([{ key: 'k', target: '#a', kind: 'post', text: 'yes', at: 1, own: true, state: 'unsure', after: 'e5' }]);
	const items = [own('yes', 'e4'), own('no', 'e5'), own('yes', 'e6')], claimed = waiting.claim('#A', items);
	assert.deepEqual(claimed.map(({ key }) => key), [undefined, undefined, 'k']);
	assert.deepEqual(chat.pending.list, []);
});

test('a refusal makes it fail with a reason, and the next ones go on', () => {
	const { say, keys, waiting, states, sender, said } = page();
	say(...'abcdefg');
	for (const key of keys().slice(0, 2)) waiting.fail(key, 'Too long.');
	sender.flush();
	assert.deepEqual(states(), ['failed', 'failed', 'sent', 'sent', 'sent', 'sent', 'sent']);
	assert.equal(waiting.fail('unknown', 'x'), undefined);
	assert.equal(said().length, 7);
});

test('a reload finds what waited, in order, with its ids', () => {
	const store = shared(), before = page({ store, caps: ['chat.local/retry'] });
	before.say(...'abcdefg');
	before.waiting.fail(before.keys()[1], 'No.');
	before.echo(0);
	const after = page({ store, caps: ['chat.local/retry'] });
	after.back();
	assert.deepEqual(after.said(), ['c', 'd', 'e', 'f', 'g']);
	assert.deepEqual(after.keys().slice(0, 3), before.keys().slice(2, 5));
	assert.deepEqual(after.waiting.list[0], { ...after.waiting.list[0], text: 'b', state: 'failed', why: 'No.', own: true });
});

test('a second tab sends what the first one left, and the first one nothing of it', () => {
	const store = shared(), first = page({ store, up: false });
	first.say('one', 'two');
	const second = page({ store });
	second.back();
	first.waiting.leave();
	second.echo(0);
	second.echo(1);
	first.back();
	assert.deepEqual([first.said(), second.said()], [[], ['one', 'two']]);
});

test('two tabs without a connection lose nothing of each other', () => {
	const store = shared(), first = page({ store, up: false }), second = page({ store, up: false });
	first.say('of the first');
	second.say('of the second');
	first.back();
	assert.deepEqual(first.said(), ['of the first', 'of the second']);
	first.echo(0);
	first.echo(1);
	second.back();
	assert.deepEqual(second.said(), []);
});

test('a browser that keeps nothing breaks nothing', () => {
	for (const store of [refusing, undefined, { read: () => ({ a: 1 }), write: () => false }, { read: () => [null, 7, {}], write: () => false }]) {
		const { say, said, back, echo, line, states } = page({ store, caps: ['chat.local/retry'] });
		say('one');
		line.up = false;
		say('two');
		back();
		assert.deepEqual(said(), ['one', 'one', 'two']);
		echo(1);
		echo(2);
		assert.deepEqual(states(), []);
	}
});

test('what a full browser refused is kept as soon as there is place, and what it keeps still shrinks', () => {
	let room = 1, kept = [];
	const store = { read: () => kept, write: list => list.length <= room && Boolean(kept = list) };
	const { say, waiting, line } = page({ store, up: false }), texts = () => kept.map(({ text }) => text).join();
	say('one', 'two', 'three');
	assert.deepEqual([texts(), waiting.onlyHere.map(({ text }) => text)], ['one', ['two', 'three']]);
	waiting.take(waiting.list[0].key);
	assert.deepEqual([texts(), waiting.onlyHere.length], ['', 2]);
	room = 9;
	say('four');
	assert.deepEqual([texts(), waiting.onlyHere, line.up], ['two,three,four', [], false]);
});

test('what was written under another name is shown, and nobody sends it without being asked', () => {
	const old = shared(), before = page({ store: old, caps: ['chat.local/retry'] });
	before.say('on its way');
	before.line.up = false;
	before.say('never sent');
	const { waiting, said, back, states } = page({ caps: ['chat.local/retry'], author: 'bob' });
	assert.ok(waiting.adopt(old.read(), 'Ann', 'bob'));
	back();
	assert.deepEqual([said(), states(), waiting.list.map(({ maybe }) => maybe)], [[], ['failed', 'failed'], [true, false]]);
	assert.equal(waiting.list[1].why, 'written as Ann, in an earlier session.');
	// Its author is back, by way of the one between.
	const again = page({ caps: ['chat.local/retry'] });
	again.waiting.adopt(waiting.store.read(), 'bob', 'ann');
	assert.equal(again.waiting.list[1].why, 'written in an earlier session.');
	again.waiting.retry(again.waiting.list[1]);
	again.back();
	assert.deepEqual(again.said(), ['never sent']);
});

test('a page that comes back as somebody else loses nothing and sends nothing of before', () => {
	for (const store of [shared(), refusing]) {
		const { chat, say, said, back, line, waiting, states } = page({ store });
		back();
		line.up = false;
		say('one');
		Object.assign(chat, { me: 'bob' });
		const kept = store.read();
		if (kept) store.write([]), waiting.adopt(kept, 'ann', 'bob'); // the store is bob's now
		Object.assign(waiting, { author: 'ann of yesterday' });
		back();
		assert.deepEqual([said(), states()], [[], ['failed']]);
	}
});

test('what waits at a logout is not sent by whoever logs in next', () => {
	const store = shared(), { say, waiting, line } = page({ store });
	say('on its way');
	line.up = false;
	say('never sent');
	waiting.close();
	const next = page({ store });
	next.back();
	assert.deepEqual([next.said(), next.states(), next.waiting.list.map(({ maybe }) => maybe)], [[], ['failed', 'failed'], [true, false]]);
});

test('what is a day old is not sent without being asked', () => {
	const { waiting, states } = page();
	waiting.add([{ key: 'k', target: '#a', text: 'x', at: 1_000, state: 'waiting' }, { key: 'l', target: '#a', text: 'y', at: 86_400_000, state: 'sent' }]);
	waiting.restore('', 'ann', 86_402_000);
	assert.deepEqual(states(), ['failed', 'unsure']);
});

test('what was to be said in a room that one leaves is forgotten', () => {
	const store = shared(), { say, waiting } = page({ store, up: false });
	say('one');
	waiting.drop('#A');
	assert.deepEqual([waiting.list, store.read()], [[], []]);
});

test('there is an end to what may wait', () => {
	const { say, sender, waiting } = page({ up: false });
	say(...Array.from({ length: 199 }, () => 'x'));
	assert.ok(waiting.fits(sender.count([{ target: '#a', text: 'x' }])));
	assert.ok(!waiting.fits(sender.count([{ target: '#a', text: 'x '.repeat(400) }])), 'a long one is several');
});

test('what is too much at a time stays in the box', () => {
	const box = {}, caps = new Map([['draft/multiline', 'max-bytes=8192,max-lines=100']]), sent = [];
	globalThis.document = { getElementById: () => box };
	const { chat } = page(), wire = { send: line => sent.push(line), caps, connected: () => true };
	chat.current = chat.room('#a');
	const speaker = new Speaker({ ...wire, chat, sender: new Sender(chat, wire), connection: { state: 'ready' } }, { draw() {} });
	const told = text => [speaker.submit(text), box.textContent, sent.splice(0).length];
	assert.deepEqual(told('a line\n'.repeat(3_000)), [false, 'That would be 30 messages. Send at most 20 at a time.', 0]);
	assert.deepEqual(told(`/topic ${'x'.repeat(9_000)}`), [false, 'That command is too long. Make it shorter.', 0]);
	assert.deepEqual(told('/topic x'), [true, '', 1]);
	delete globalThis.document;
});

test('a friend with a new name gets what waits for the old one', () => {
	const { chat, waiting, sender, line } = page({ up: false });
	sender.say({ target: 'bob', text: 'hi' });
	chat.receive(parse(':bob!b@h NICK rob'));
	assert.equal(waiting.of('ROB').length, 1);
	assert.equal(line.up, false);
});
