// The model of the page: lines in, rooms and people out.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { parse } from '../../chat-web/src/pages/irc.js';
import { Chat } from '../../chat-web/src/pages/state.js';
import { presenceText } from '../../chat-web/src/pages/room.js';

/** A chat that has been welcomed and is in #lobby, and what it asked of the page. */
function chatting(...more) {
	const asked = [], names = ['ready', 'joined', 'left', 'renamed', 'echo', 'error', 'refused', 'marked', 'wanted', 'redacted', 'found', 'bans'];
	const on = Object.fromEntries(names.map(name => [name, (...args) => asked.push([name, ...args])]));
	on.history = (room, items, label) => asked.push(['history', room, items, label]) && { fresh: room.merge(items, how[label], room.heardId), missed: label === 'h1', older: label === 'h2' };
	const how = { h1: 'AFTER', h2: 'BEFORE' }, chat = new Chat('?', on);
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
	assert.deepEqual(lobby.listed().map(({ nick, marks }) => marks + nick), ['@bob', 'ann', 'eve']);
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
	hear(':ann!w@h JOIN #lobby', '@msgid=3 :bob!b@h PRIVMSG #lobby :three', '@label=h1 :srv BATCH +y chathistory #lobby',
		'@batch=y;msgid=2 :bob!b@h PRIVMSG #lobby :ann: two', '@batch=y;msgid=3 :bob!b@h PRIVMSG #lobby :three', ':srv BATCH -y');
	assert.deepEqual(texts(lobby), ['one', 'ann: two', 'three']);
	assert.deepEqual([lobby.unread, lobby.mentions], [3, 1]);
});

test('a direct message opens its own entry and counts; the own echo does not', () => {
	const { chat, hear, asked } = chatting();
	hear(':bob!b@h PRIVMSG ann :psst', '@label=m1 :ann!w@h PRIVMSG Bob :yes?');
	assert.deepEqual(texts(chat.room('BOB')), ['psst', 'yes?']);
	assert.deepEqual([chat.room('bob').direct, chat.room('bob').mentions], [true, 1]);
	assert.deepEqual(asked.at(-1), ['echo']);
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
	assert.ok(lobby.people.has('anna') && lobby.people.get('rob').marks === '@');
	assert.ok(chat.room('rob').direct && !chat.room('bob'));
});

test('errors say what to do, and name the message they refuse', () => {
	const { asked, hear } = chatting();
	const errors = (...lines) => hear(...lines) ?? asked.splice(0).filter(([name]) => name === 'error').map(([, ...what]) => what);
	assert.deepEqual(errors('@label=m7 :srv 404 ann #x :you are banned in #x, so you cannot post there', '@label=m8 :srv FAIL PRIVMSG TOO_BUSY #x :slow down', ':srv 499 ann :odd one'),
		[['You are banned in #x, so you cannot post there', 'm7', '#x'], ['Slow down', 'm8', '#x'], ['Odd one', undefined, 'odd one']]);
	const words = (...lines) => errors(...lines.map(line => `:srv ${line}`)).map(([text]) => text);
	assert.deepEqual(words('441 ann bob #x :bob is not in #x', '404 ann #x :#x is moderated: only those with a voice may post there now', '403 ann #teа :#teа looks like #tea: join that one or choose another name'),
		['bob is not in #x', '#x is moderated: only those with a voice may post there now', '#teа looks like #tea: join that one or choose another name'], 'a name stays as it is');
	assert.deepEqual(words('433 ann rob :the name rob looks like that of somebody else here', '442 ann #x :you are not in #x', '475 ann #x :#x needs its key: JOIN #x <key>', '421 ann X :there is no command X here; HELP lists those that there are', '404 ann #x :nobody saw it: SPAM is not said here', '499'),
		['The name rob looks like that of somebody else here. Choose another: /nick rob_', 'You are not in #x. Join it first: /join #x', '#x needs its key: /join #x <key>', 'There is no command X here; /help lists those that there are', 'Nobody saw it: SPAM is not said here']);
});

test('what answers a line that was sent as it is stands in the room', () => {
	const { hear, lobby, asked } = chatting();
	hear('@label=quote :srv BATCH +q labeled-response', '@batch=q :srv 311 ann bob b h * :Bob', '@batch=q :srv 318 ann bob :end', ':srv BATCH -q', '@label=quote :srv ACK', ':srv 318 ann eve :end', '@label=quote :srv 421 ann X :no');
	assert.deepEqual([texts(lobby), asked.at(-1)[1]], [['bob b h * Bob', 'bob end'], 'No']);
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

const write = (chat, ...texts) => chat.pending.add(texts.map((text, i) => ({ key: `k${i}`, target: '#lobby', kind: 'post', text, at: 1, own: true, state: 'sent' })));

test('what was written stands last until its echo, which is the same item in its right place', () => {
	const { chat, hear, lobby, asked } = chatting();
	write(chat, 'one', 'two');
	hear('@msgid=1 :bob!b@h PRIVMSG #lobby :meanwhile');
	const [, one] = chat.shown(lobby);
	assert.deepEqual(chat.shown(lobby).map(({ text, nick, state }) => [text, nick, state]), [['meanwhile', 'bob', ''], ['one', 'ann', 'sent'], ['two', 'ann', 'sent']]);
	hear('@label=k0;msgid=2;time=2026-01-02T03:04:05.678Z :ann!w@h PRIVMSG #lobby :one', '@msgid=3 :bob!b@h PRIVMSG #lobby :later');
	assert.deepEqual(chat.shown(lobby).map(({ text }) => text), ['meanwhile', 'one', 'later', 'two']);
	assert.equal(chat.shown(lobby)[1], one);
	assert.deepEqual([one.state, one.id, one.at], ['', '2', Date.UTC(2026, 0, 2, 3, 4, 5, 678)]);
	assert.deepEqual(asked.at(-1), ['echo']);
});

test('an echo among other answers is known by the label of their batch', () => {
	const { chat, hear, lobby, asked } = chatting();
	write(chat, 'hi', 'no');
	hear('@label=k0 :srv BATCH +l labeled-response', '@batch=l;msgid=2 :ann!w@h PRIVMSG #lobby :hi', '@batch=l :srv 301 ann bob :out', ':srv BATCH -l');
	assert.deepEqual(chat.pending.list.map(({ text }) => text), ['no']);
	hear('@label=h9 :srv BATCH +m labeled-response', '@batch=m FAIL CHATHISTORY MESSAGE_ERROR AFTER #lobby :gone', '@batch=m :srv BATCH +n chathistory #lobby',
		'@batch=n;msgid=9 :bob!b@h PRIVMSG #lobby :old', ':srv BATCH -n', ':srv BATCH -m');
	assert.deepEqual(asked.filter(([name]) => name === 'refused'), [['refused', 'MESSAGE_ERROR', 'h9', true]]);
	assert.deepEqual([asked.at(-1)[0], asked.at(-1)[3]], ['history', 'h9']);
	assert.deepEqual(texts(lobby), ['old', 'hi', 'bob is away: out']);
});

test('an acknowledgement without an echo is a refusal', () => {
	const { chat, hear } = chatting();
	write(chat, 'hi');
	hear('@label=k0 :srv ACK');
	assert.equal(chat.pending.list[0].state, 'failed');
});

test('the line of new messages stands above the first that came while nobody looked', () => {
	const { chat, hear, lobby } = chatting();
	hear('@msgid=1 :bob!b@h PRIVMSG #lobby :seen');
	chat.focused = false;
	hear('@msgid=2 :bob!b@h PRIVMSG #lobby :first', '@msgid=3 :bob!b@h PRIVMSG #lobby :second');
	assert.equal(lobby.line.text, 'first');
	lobby.unread = 0; // the reader is back, and away again
	hear('@msgid=4 :bob!b@h PRIVMSG #lobby :third');
	assert.equal(lobby.line.text, 'third');
	chat.restart();
	hear(':ann!w@h JOIN #lobby', '@msgid=6 :bob!b@h PRIVMSG #lobby :live', '@label=h1 :srv BATCH +y chathistory #lobby', '@batch=y;msgid=5 :bob!b@h PRIVMSG #lobby :missed', ':srv BATCH -y');
	assert.deepEqual([lobby.line.text, lobby.unread], ['third', 3]);
});

test('after a reload the line stands by what was read, and older pages do not count', () => {
	const { hear, lobby } = chatting();
	lobby.read = 2_000;
	hear('@label=h3 :srv BATCH +y chathistory #lobby', '@batch=y;msgid=2;time=1970-01-01T00:00:02.000Z :bob!b@h PRIVMSG #lobby :read',
		'@batch=y;msgid=3;time=1970-01-01T00:00:02.500Z :ann!w@h PRIVMSG #lobby :mine', '@batch=y;msgid=4;time=1970-01-01T00:00:03.000Z :bob!b@h PRIVMSG #lobby :new', ':srv BATCH -y');
	assert.deepEqual([lobby.line.text, lobby.unread], ['new', 0]);
	lobby.read = 0;
	hear('@label=h2 :srv BATCH +z chathistory #lobby', '@batch=z;msgid=1;time=1970-01-01T00:00:01.000Z :bob!b@h PRIVMSG #lobby :older', ':srv BATCH -z');
	assert.deepEqual([lobby.line.text, texts(lobby)], ['new', ['older', 'read', 'mine', 'new']]);
});

test('what another browser has read counts no more', () => {
	const { chat, hear, lobby, asked } = chatting();
	chat.focused = false;
	hear('@msgid=1;time=1970-01-01T00:00:01.000Z :bob!b@h PRIVMSG #lobby :ann: one', '@msgid=2;time=1970-01-01T00:00:02.000Z :bob!b@h PRIVMSG #lobby :two');
	hear(':srv MARKREAD #lobby timestamp=1970-01-01T00:00:01.000Z');
	assert.deepEqual([lobby.unread, lobby.mentions, lobby.line?.text], [1, 0, 'ann: one']);
	hear(':srv MARKREAD #lobby timestamp=1970-01-01T00:00:02.000Z', ':srv MARKREAD #lobby *', ':srv MARKREAD #none *');
	assert.deepEqual([lobby.unread, lobby.line, lobby.read], [0, null, 2_000]);
	assert.deepEqual(asked.at(-1), ['marked', lobby]);
});
