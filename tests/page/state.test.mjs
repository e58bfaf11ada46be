// The model of the page: lines in, rooms and people out.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { parse } from '../../chat-web/src/pages/irc.js';
import { Chat } from '../../chat-web/src/pages/state.js';
import { presenceText } from '../../chat-web/src/pages/room.js';

/** A chat that has been welcomed and is in #lobby, and what it asked of the page. */
function chatting(...more) {
	const asked = [], names = ['ready', 'joined', 'left', 'renamed', 'echo', 'error', 'history', 'refused'];
	const chat = new Chat('?', Object.fromEntries(names.map(name => [name, (...args) => asked.push([name, ...args])])));
	const hear = (...lines) => lines.forEach(line => chat.receive(parse(line)));
	hear(':srv 001 ann :hi', ':srv 376 ann :end', ':ann!w@h JOIN #lobby * :Ann', ':srv 353 ann = #lobby :@bob!b@h ann!w@h eve', ...more);
	chat.current = chat.room('#lobby');
	return { chat, hear, asked, lobby: chat.room('#lobby') };
}

const texts = room => room.items.map(item => (item.moves ? presenceText(item) : item.text));

test('the welcome tells the true name, a join opens the room', () => {
	const { chat, asked, lobby } = chatting();
	assert.equal(chat.me, 'ann');
	assert.deepEqual(asked.map(([name]) => name), ['ready', 'joined']);
	assert.deepEqual(lobby.listed().map(({ nick, mark }) => mark + nick), ['@bob', 'ann', 'eve']);
});

test('comings and goings fold into one line until somebody speaks', () => {
	const { hear, lobby } = chatting();
	hear(':cat!c@h JOIN #lobby', ':dan!d@h JOIN #lobby', ':eve!e@h QUIT :bye', ':bob!b@h AWAY :lunch');
	assert.deepEqual(texts(lobby), ['cat and dan joined · eve left · bob is away (lunch)']);
	assert.ok(lobby.people.get('bob').away && !lobby.people.has('eve'));
	hear(':bob!b@h PRIVMSG #lobby :hello', ':dan!d@h PART #lobby', ':cat!c@h NICK kit', ':kit!c@h SETNAME :K');
	assert.deepEqual(texts(lobby).slice(1), ['hello', 'dan left · cat is now kit · kit goes by “K”']);
});

test('history comes before what was heard live, each message once', () => {
	const { hear, lobby, asked } = chatting();
	hear('@msgid=3 :bob!b@h PRIVMSG #lobby :three', ':srv BATCH +x chathistory #lobby', '@batch=x;msgid=1 :bob!b@h PRIVMSG #lobby :one',
		'@batch=x;msgid=2 :bob!b@h PRIVMSG #lobby :two', '@batch=x;msgid=3 :bob!b@h PRIVMSG #lobby :three', ':srv BATCH -x');
	assert.deepEqual(texts(lobby), ['one', 'two', 'three']);
	assert.equal(lobby.unread, 0);
	assert.equal(asked.at(-1)[2].length, 3);
});

test('after a reconnect what was missed goes between, and counts as unread elsewhere', () => {
	const { chat, hear, lobby } = chatting('@msgid=1 :bob!b@h PRIVMSG #lobby :one');
	chat.current = null;
	chat.restart();
	hear(':ann!w@h JOIN #lobby', '@msgid=3 :bob!b@h PRIVMSG #lobby :three', ':srv BATCH +y chathistory #lobby',
		'@batch=y;msgid=2 :bob!b@h PRIVMSG #lobby :ann: two', '@batch=y;msgid=3 :bob!b@h PRIVMSG #lobby :three', ':srv BATCH -y');
	assert.deepEqual(texts(lobby), ['one', 'ann: two', 'three']);
	assert.deepEqual([lobby.unread, lobby.mentions], [3, 1]);
});

test('a direct message opens its own entry and counts; the own echo does not', () => {
	const { chat, hear, asked } = chatting();
	hear(':bob!b@h PRIVMSG ann :psst', '@label=m1 :ann!w@h PRIVMSG Bob :yes?');
	assert.deepEqual(texts(chat.room('BOB')), ['psst', 'yes?']);
	assert.deepEqual([chat.room('bob').direct, chat.room('bob').mentions], [true, 1]);
	assert.deepEqual(asked.at(-1), ['echo', 'm1']);
});

test('a mention counts in a room that is not shown', () => {
	const { chat, hear, lobby } = chatting();
	chat.focused = false;
	hear(':bob!b@h PRIVMSG #lobby :hi ann', ':bob!b@h PRIVMSG #lobby :planning');
	assert.deepEqual([lobby.unread, lobby.mentions, lobby.items[0].mention, lobby.items[1].mention], [2, 1, true, false]);
});

test('my own new name and a friend\'s are followed', () => {
	const { chat, hear, lobby } = chatting(':bob!b@h PRIVMSG ann :psst');
	hear(':ann!w@h NICK anna', ':bob!b@h NICK rob');
	assert.equal(chat.me, 'anna');
	assert.ok(lobby.people.has('anna') && lobby.people.get('rob').mark === '@');
	assert.ok(chat.room('rob').direct && !chat.room('bob'));
});

test('errors say what to do, and name the message they refuse', () => {
	const { asked, hear } = chatting();
	hear('@label=m7 :srv 404 ann #x :Cannot send', ':srv 474 ann #ops :banned', '@label=m8 :srv FAIL PRIVMSG TOO_BUSY #x :Slow down.', ':srv 499 ann :odd');
	assert.deepEqual(asked.slice(-4), [['error', '#x did not take the message. Join it first: /join #x', 'm7'],
		['error', 'You are banned from #ops. Ask its operators, or choose another room.', undefined], ['error', 'Slow down.', 'm8'], ['error', 'odd', undefined]]);
});

test('messages that are missing are told in their room, where they are missing', () => {
	const { chat, hear, lobby } = chatting(':ann!w@h JOIN #tea');
	hear(':bob!b@h PRIVMSG #lobby :one', '@time=2026-01-02T03:04:05.678Z NOTE * MESSAGES_DROPPED #tea e-7 :2 messages are missing here: you read too slowly',
		'NOTE * MESSAGES_DROPPED #lobby * :1 message is missing here: you read too slowly', ':bob!b@h PRIVMSG #lobby :three',
		'NOTE * MESSAGES_DROPPED #gone * :9 messages are missing here: you read too slowly');
	assert.deepEqual(texts(lobby), ['one', '1 message is missing here: you read too slowly', 'three']);
	assert.deepEqual(texts(chat.room('#tea')), ['2 messages are missing here: you read too slowly']);
	assert.equal(chat.room('#tea').items[0].at, Date.UTC(2026, 0, 2, 3, 4, 5, 678));
	assert.equal(chat.room('#gone'), undefined);
});

test('names of objects\' own parts are names like others', () => {
	const { hear, lobby, chat } = chatting();
	hear(':__proto__!x@h JOIN #lobby', ':constructor!x@h PRIVMSG #lobby :hi', ':toString!x@h PRIVMSG ann :hi', ':x CONSTRUCTOR a', '@msgid=__proto__ :bob!b@h PRIVMSG #lobby :a');
	assert.ok(lobby.people.has('__proto__') && chat.room('tostring'));
});

test('a room keeps a bounded number of lines, strangers open a bounded number of conversations', () => {
	const { hear, lobby, chat } = chatting();
	for (let i = 0; i < 700; i += 1) hear(`@msgid=${i} :bob!b@h PRIVMSG #lobby :${i}`, `:s${i}!s@h PRIVMSG ann :spam`);
	assert.equal(lobby.items.length, 500);
	assert.equal(lobby.ids.size, 500);
	assert.ok(chat.rooms.size < 110);
});

test('who came and went again is told as gone', () => {
	const moves = [['ann', 'left'], ['eve', 'joined'], ['ann', 'joined'], ['ann', 'left']];
	assert.equal(presenceText({ moves }), 'eve joined · ann left');
});
