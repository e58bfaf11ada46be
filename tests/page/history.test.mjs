// What was said before: asked for page by page, and put where it belongs.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Callers } from '../../chat-web/src/pages/callers.js';
import { History, Markers } from '../../chat-web/src/pages/history.js';
import { Room } from '../../chat-web/src/pages/room.js';

const post = id => ({ id, kind: 'post', nick: 'bob', text: id, at: 1 });
const posts = (...ids) => ids.map(post);
const many = (from, count) => posts(...Array.from({ length: count }, (_, i) => `${from + i}`));
const ids = room => room.items.map(({ id, kind }) => id ?? kind).join(' ');

/** A room with some messages, about which questions are asked, and what becomes of them. */
function asking(...known) {
	const sent = [], settled = [], room = Object.assign(new Room('#a', false), { joined: true });
	const history = new History({ send: line => sent.push(line), caps: new Set(['draft/chathistory']), settled: one => settled.push(one), claim: (_, items) => items });
	room.insert(posts(...known));
	const back = () => (room.restart(), history.restart(), Object.assign(room, { joined: true }));
	return { sent, settled, room, history, back };
}

test('what was missed comes page by page, before what is heard meanwhile', () => {
	const { sent, settled, room, history, back } = asking('1');
	history.resume(back());
	room.insert(posts('400'));
	history.came(room, many(2, 100), 'h1');
	room.insert(posts('401'));
	assert.equal(settled.length, 0);
	history.came(room, posts('102', '400'), 'h2');
	assert.deepEqual(sent, ['@label=h1 CHATHISTORY AFTER #a msgid=1 100', '@label=h2 CHATHISTORY AFTER #a msgid=101 100']);
	assert.deepEqual(room.items.map(({ id }) => id), ['1', ...many(2, 100).map(({ id }) => id), '102', '400', '401']);
	assert.deepEqual(settled, [room]);
});

test('a connection that ends in the middle goes on from where nothing is missing', () => {
	const { sent, room, history, back } = asking('1');
	history.resume(back());
	room.insert(posts('300'));
	history.came(room, many(2, 100), 'h1');
	history.resume(back());
	room.insert(posts('500'));
	assert.equal(sent.at(-1), '@label=h3 CHATHISTORY AFTER #a msgid=101 100');
	history.came(room, posts('102', '300', '400', '500'), 'h3');
	assert.deepEqual(room.items.slice(-5).map(({ id }) => id), ['101', '102', '300', '400', '500']);
	history.resume(back());
	assert.equal(sent.at(-1), '@label=h4 CHATHISTORY AFTER #a msgid=500 100');
});

test('where nothing had been said yet, all that was said meanwhile was missed', () => {
	const { sent, room, history, back } = asking();
	history.resume(room);
	assert.deepEqual(sent, []);
	history.resume(back());
	assert.deepEqual(sent, ['@label=h1 CHATHISTORY LATEST #a * 50']);
	const { fresh, missed, older } = history.came(room, posts('1'), 'h1');
	assert.deepEqual([fresh.length, missed, older], [1, true, false]);
});

test('after a reload, what may have arrived is looked for behind what was there when it was sent', () => {
	const { sent, room, history } = asking();
	history.resume(room, { after: 'e5' });
	assert.deepEqual(sent, ['@label=h1 CHATHISTORY AFTER #a msgid=e5 100']);
	history.restart();
	history.resume(room, {});
	assert.deepEqual(sent.slice(1), ['@label=h2 CHATHISTORY LATEST #a * 50']);
});

test('a room is not settled before all that was asked for has come', () => {
	const { settled, room, history } = asking();
	history.older(room);
	history.resume(room, { after: 'e5' });
	history.came(room, posts('e9'), 'h1');
	assert.deepEqual(settled, []);
	history.came(room, posts('e6', 'e9'), 'h2');
	assert.deepEqual([settled, ids(room)], [[room], 'e6 e9']);
});

test('after a reload only what was not read is asked for', () => {
	const { sent, room, history } = asking();
	room.read = 1_000;
	history.resume(room);
	assert.deepEqual(sent, ['@label=h1 CHATHISTORY LATEST #a timestamp=1970-01-01T00:00:01.000Z 50']);
	assert.equal(history.came(room, posts('1'), 'h1').missed, false);
});

test('an echo of what was sent again goes to its own place', () => {
	const { room, history, back } = asking('1');
	history.resume(back());
	room.insert(posts('5'));
	room.insert(posts('3')); // the first try had arrived
	history.came(room, posts('2', '3', '4', '5'), 'h1');
	assert.equal(ids(room), '1 2 3 4 5');
});

test('what the page noted stays between what it noted it between', () => {
	const { room, history, back } = asking('1');
	room.move('eve', 'left', 1);
	history.resume(back());
	room.move('dan', 'joined', 1);
	room.insert(posts('3'));
	room.move('eve', 'joined', 1);
	history.came(room, posts('2', '3'), 'h1');
	assert.equal(ids(room), '1 presence 2 presence 3 presence');
});

test('of very much that was missed only the end is asked for, and scrolling up leads to the rest', () => {
	const { sent, room, history, back } = asking('0');
	history.resume(back());
	room.insert(posts('live'));
	for (let page = 1; page <= 20; page += 1) history.came(room, many(page * 100, 100), `h${page}`);
	assert.equal(sent.at(-1), '@label=h21 CHATHISTORY LATEST #a * 50');
	assert.equal(ids(room), 'live');
	history.came(room, posts('9999', 'live'), 'h21');
	history.older(room, true);
	assert.equal(sent.at(-1), '@label=h22 CHATHISTORY BEFORE #a msgid=9999 50');
});

test('where messages are missing it is said once, and what there is follows', () => {
	const { sent, room, history, back } = asking('old');
	history.resume(back());
	room.insert(posts('live'));
	history.refused('MESSAGE_ERROR', 'h1', true);
	history.came(room, posts('n1', 'live'), 'h1');
	assert.equal(ids(room), 'old gap n1 live');
	assert.match(room.items[1].text, /^Messages are missing here/);
	assert.equal(sent.length, 1);
});

test('a server that only refuses is asked for the latest, and not again', () => {
	const { sent, settled, room, history, back } = asking('old');
	history.resume(back());
	history.refused('MESSAGE_ERROR', 'h1', false);
	assert.equal(sent.at(-1), '@label=h2 CHATHISTORY LATEST #a * 50');
	history.refused('MESSAGE_ERROR', 'h2', false);
	assert.deepEqual([sent.length, settled.length, ids(room)], [2, 1, 'old gap']);
	history.resume(back());
	history.refused('MESSAGE_ERROR', 'h3', false);
	assert.equal(ids(room), 'old gap', 'once');
});

test('scrolling up asks for older pages until there are none', () => {
	const { sent, room, history } = asking();
	history.older(room);
	history.older(room);
	assert.deepEqual(sent, ['@label=h1 CHATHISTORY LATEST #a * 50']);
	history.came(room, posts('5', '6'), 'h1');
	room.held = true;
	history.older(room);
	assert.equal(sent.length, 1, 'two are less than a page: there is no hurry');
	history.older(room, true);
	assert.equal(sent.at(-1), '@label=h2 CHATHISTORY BEFORE #a msgid=5 50');
	history.came(room, many(-1_000, 48).concat(posts('3', '4')), 'h2');
	history.older(room);
	history.came(room, [], 'h3');
	assert.match(ids(room), /^-1000 .* 3 4 5 6$/);
	assert.ok(room.begins);
	history.older(room, true);
	assert.equal(sent.length, 3);
});

test('nobody is asked about a room that we are not in, and by nobody who cannot answer', () => {
	const { sent, settled, room, history } = asking('1');
	room.joined = false;
	history.older(room);
	history.caps.clear();
	history.resume(Object.assign(room, { joined: true }));
	history.older(room);
	assert.deepEqual([sent, settled], [[], [room]]);
});

test('whoever reads further up keeps what is there, and the rest goes when they are back', () => {
	const { room } = asking();
	room.held = true;
	room.insert(many(1000, 400));
	room.merge(many(500, 400), 'BEFORE');
	assert.equal(room.items.length, 800);
	room.insert(posts('x'));
	assert.equal(room.items[0].id, '500');
	Object.assign(room, { held: false, begins: true });
	room.insert(posts('y'));
	assert.deepEqual([room.items.length, room.begins, room.ids.size], [500, false, 500]);
});

test('how far was read is told to the server now and then, by the time of the last message', () => {
	const sent = [], kept = [], caps = new Set(['draft/read-marker']), connected = { is: false };
	const markers = new Markers({ send: line => sent.push(line), caps, keep: () => kept.push(1), connected: () => connected.is });
	const room = new Room('#a', false);
	markers.seen(room);
	room.insert([{ ...post('1'), at: 1_000 }, { kind: 'system', at: 9_000, text: '' }]);
	markers.seen(room);
	markers.tell();
	connected.is = true;
	markers.tell();
	markers.seen(room);
	markers.tell();
	assert.deepEqual(sent, ['MARKREAD #a timestamp=1970-01-01T00:00:01.000Z']);
	caps.clear();
	room.insert([{ ...post('2'), at: 2_000 }]);
	markers.seen(room);
	markers.tell();
	markers.ask(room);
	assert.deepEqual([sent.length, room.read, kept.length > 1], [1, 2_000, true]);
	room.insert([{ ...post('3'), at: Date.now() * 2 }]);
	markers.seen(room);
	assert.ok(room.read < Date.now() + 2 * DAY, 'a clock that was ahead reads nothing of what is still to come');
});

/** A page that asks who wrote to it, what the browser keeps of it, and whom it was told of. */
function calling(kept) {
	const sent = [], told = [], store = { read: () => kept, write: at => (kept = at) };
	const callers = new Callers({ send: line => sent.push(line), caps: new Set(['draft/chathistory']), store, called: (list, since) => told.push([list.map(({ name }) => name).join(), since]) });
	const hears = at => callers.hears({ tags: new Map([['time', new Date(at).toISOString()]]) });
	return { sent, told, callers, hears, kept: () => kept };
}
const DAY = 86_400_000, stamp = at => `timestamp=${new Date(at).toISOString()}`;

test('who wrote while nothing was heard is asked for from when something was heard last', () => {
	const { sent, told, callers, hears, kept } = calling(10 * DAY);
	hears(12 * DAY); // the welcome: what was said before it is not known yet
	callers.ask(12 * DAY);
	assert.deepEqual(sent, [`@label=callers CHATHISTORY TARGETS ${stamp(13 * DAY)} ${stamp(10 * DAY - 60_000)} 100`]);
	assert.equal(kept(), 10 * DAY, 'not before the answer');
	callers.came([{ name: 'bob', at: 11 * DAY }], 'quote');
	callers.came([{ name: 'bob', at: 11 * DAY }], 'callers');
	assert.equal(kept(), 10 * DAY, 'a short answer may not be the last');
	callers.came([], 'callers');
	assert.deepEqual([told[0], sent.length, kept()], [['bob', 10 * DAY - 60_000], 2, 12 * DAY]);
	hears(13 * DAY);
	callers.restart();
	hears(15 * DAY);
	callers.ask(15 * DAY);
	assert.equal(sent.at(-1).split(' ')[4], stamp(13 * DAY - 60_000), 'what was heard live was not missed');
});

test('of very many, all are told', () => {
	const { sent, told, callers } = calling(10 * DAY), some = at => Array.from({ length: 100 }, (_, i) => ({ name: `${i}`, at: at + i }));
	callers.ask(12 * DAY);
	callers.came(some(11 * DAY), 'callers');
	assert.equal(sent[1].split(' ')[3], stamp(11 * DAY + 1));
	callers.came(some(11 * DAY), 'callers'); // no way leads behind a hundred of one moment
	assert.deepEqual([sent.length, told.length], [2, 2]);
});

test('a clock that was wrong hides nobody, and who has heard nothing has missed nothing', () => {
	const { sent, callers } = calling(99 * DAY), first = calling(null);
	callers.ask(12 * DAY);
	assert.equal(sent[0].split(' ')[4], stamp(5 * DAY - 60_000), 'nobody knows since when: a week');
	const ahead = calling(10 * DAY), tags = new Map([['time', new Date(99 * DAY).toISOString()]]);
	ahead.callers.hears({ tags }, 12 * DAY);
	ahead.callers.hears({ tags: new Map([['time', new Date(11 * DAY).toISOString()], ['batch', '1']]) }, 12 * DAY);
	ahead.callers.ask(12 * DAY);
	ahead.callers.came([], 'callers');
	assert.equal(ahead.kept(), 10 * DAY, 'neither what is ahead nor what is past tells the time');
	first.hears(12 * DAY);
	first.callers.ask(12 * DAY);
	assert.deepEqual([first.sent, first.kept()], [[], 12 * DAY]);
});
