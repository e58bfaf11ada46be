// Who may do what in a room, in words; who is writing.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { parse } from '../../chat-web/src/pages/irc.js';
import { deeds } from '../../chat-web/src/pages/modes.js';
import { presenceText } from '../../chat-web/src/pages/room.js';
import { Chat } from '../../chat-web/src/pages/state.js';
import { Typing, typingText, typists } from '../../chat-web/src/pages/typing.js';

/** A chat that is in #a, with what it asked of the page. */
function chatting(...more) {
	const asked = [], on = new Proxy({}, { get: (_, name) => (...args) => asked.push([name, ...args]) }), chat = new Chat('ann', on);
	const hear = (...lines) => lines.forEach(line => chat.receive(parse(line)));
	hear(':s 005 ann PREFIX=(ov)@+ CHANMODES=b,k,l,imnst :ok', ':ann!w@h JOIN #a', ':s 353 ann = #a :@+bob!b@cafe ann!w@h +eve!e@e', ...more);
	const room = chat.room('#a');
	return { chat, hear, asked, room, told: () => room.items.map(item => (item.moves ? presenceText(item) : item.text)), marks: () => room.listed().map(({ nick, marks }) => marks + nick) };
}

test('names tell all marks, modes change them, and it is told in words', () => {
	const { hear, told, marks } = chatting();
	assert.deepEqual(marks(), ['@+bob', '+eve', 'ann']);
	hear(':bob!b@h MODE #a +o-v+k ann eve key', ':bob!b@h MODE #a -o+b bob *!*@cafe', ':bob!b@h MODE #a -ltX', ':srv MODE ann +i', ':srv MODE #none +m');
	assert.deepEqual(told(), ['bob made ann an operator', 'bob took eve’s voice', 'bob set a key', 'bob took the operator’s rights from bob', 'bob banned *!*@cafe',
		'bob removed the limit of people', 'bob let everybody set the topic', 'bob set mode -X']);
	assert.deepEqual(marks(), ['@ann', '+bob', 'eve']);
});

test('whoever made the room and comes back has the mark that the server tells', () => {
	const { hear, told, marks } = chatting();
	hear(':eve!e@e PART #a', ':eve!e@e JOIN #a', ':s MODE #a +o eve');
	assert.deepEqual([told().at(-1), marks().includes('@eve')], ['s made eve an operator', true]);
});

test('a bot is known by WHO, by its coming and by what it says', () => {
	const { chat, hear, room } = chatting(':s 005 ann BOT=B :ok'), bots = () => room.listed().filter(({ bot }) => bot).map(({ nick }) => nick);
	hear('@bot :new!n@h JOIN #a', ':s 352 ann #a b cafe s bob H@B :0 Bob', ':s 352 ann #a e e s eve G :0 Eve');
	assert.deepEqual([bots(), room.people.get('eve').away], [['bob', 'new'], true]);
	hear(':bob!b@cafe NICK bot', ':s 352 ann #a n h s new H :0 New', '@bot;msgid=1 :eve!e@e PRIVMSG #a :beep');
	assert.deepEqual(bots(), ['bot', 'eve']);
	chat.support.delete('BOT');
	hear(':s 352 ann #a b cafe s bot H@B :0 Bob');
	assert.deepEqual(bots(), ['eve'], 'what B means is the server’s to say');
});

test('a person who is removed is told, with the reason if there is one', () => {
	const { hear, told, room, asked } = chatting();
	hear(':bob!b@h KICK #a eve :shouting', ':bob!b@h KICK #a ann :bob');
	assert.deepEqual([told(), room.joined, room.people.has('eve')], [['bob removed eve: shouting', 'bob removed ann'], false, false]);
	assert.ok(!asked.some(([name]) => name === 'left'), 'the room stays in the list, to be entered again');
});

test('only operators are offered what only they may do', () => {
	const { chat, hear, room } = chatting(), offered = nick => deeds(chat, room, nick).map(([words]) => words);
	assert.deepEqual(offered('bob'), []);
	hear(':bob!b@h MODE #a +v ann');
	assert.deepEqual(offered('bob'), [], 'a voice is not enough');
	hear(':bob!b@h MODE #a +o ann');
	assert.deepEqual(offered('BOB'), ['Take operator’s rights', 'Take voice', 'Remove from room', 'Ban and remove']);
	assert.deepEqual(offered('eve').slice(0, 2), ['Make operator', 'Take voice']);
	assert.deepEqual(offered('ann'), ['Take operator’s rights']);
	assert.deepEqual(offered('nobody'), []);
	assert.deepEqual(deeds(chat, room, 'bob').at(-1)[1], ['MODE #a +b *!*@cafe', 'KICK #a bob']);
	hear(':joe!j@cafe JOIN #a');
	assert.deepEqual(deeds(chat, room, 'bob').at(-1)[1], ['MODE #a +b bob!*@cafe', 'KICK #a bob'], 'who comes from the same address may stay');
});

test('what is only for operators stands in the room, and says so', () => {
	const { chat, hear, room } = chatting();
	hear('@msgid=1 :bob!b@h PRIVMSG @#a :psst', '@msgid=2 :bob!b@h PRIVMSG #a :all');
	assert.deepEqual([room.items.map(({ text, only }) => [text, only]), chat.rooms.size], [[['psst', '@'], ['all', undefined]], 1]);
});

test('an operator of the server may do in each room what its operators may, and send people away', () => {
	const { chat, hear, room, told, asked } = chatting(), offered = nick => deeds(chat, room, nick).map(([words]) => words);
	chat.current = room;
	hear(':s 221 ann +i');
	assert.deepEqual(offered('bob'), []);
	hear(':ann!w@h MODE ann +io', ':s 381 ann :yes', ':eve!e@e WALLOPS :look out');
	assert.deepEqual(deeds(chat, room, 'bob').slice(-2), [['Ban and remove', ['MODE #a +b *!*@cafe', 'KICK #a bob']], ['Remove from the server', ['KILL bob']]]);
	hear(':ann!w@h MODE ann -o', ':s 491 ann :nobody can become one', ':s 263 ann OPER :try again in a moment');
	assert.deepEqual(offered('bob'), []);
	assert.deepEqual(told().slice(1), ['eve to the operators: look out', 'You are no operator of the server any more.']);
	assert.deepEqual(asked.filter(([name]) => name === 'error').map(([, text]) => text), ['Nobody can become one', 'Try again in a moment']);
	hear(':s 221 ann +o');
	assert.ok(offered('bob').length);
	chat.restart();
	assert.deepEqual(offered('bob'), []);
});

test('what we are in a room whose names are too many is told by WHOIS', () => {
	const { hear, room, marks } = chatting(':s CROWD #a 0 0 5000');
	hear(':s 301 ann ann :lunch', ':s 319 ann ann :#none @+#a +#b', ':s 319 ann bob :#a');
	assert.deepEqual(marks(), ['@+ann', '@+bob', '+eve']);
	hear(':ann!w@h JOIN #a');
	assert.equal(room.ranked, false, 'it is asked for again');
});

test('who is not held by a ban, or needs no invitation, is told in words', () => {
	const { hear, told, asked, room } = chatting(':s 005 ann CHANMODES=beI,k,l,imnst :ok');
	hear(':bob!b@h MODE #a +e-I+e-e eve!*@* *!*@cafe a b');
	assert.deepEqual(told(), ['bob exempted eve!*@* from bans', 'bob no longer lets *!*@cafe come uninvited', 'bob exempted a from bans', 'bob no longer exempts b from bans']);
	hear(':s 348 ann #a *!*@one bob 1', ':s 349 ann #a :end', ':s 346 ann #a *!*@two bob 2', ':s 347 ann #a :end');
	assert.deepEqual(asked.filter(([name]) => name === 'bans'), [['bans', room, [['*!*@one', 'bob', '1']], 'e'], ['bans', room, [['*!*@two', 'bob', '2']], 'I']]);
});

test('the list of bans is told as a whole', () => {
	const { hear, asked, room } = chatting();
	hear(':s 367 ann #a *!*@one bob 1', ':s 367 ann #a *!*@two bob 2', ':s 368 ann #a :end', ':s 368 ann #a :end');
	assert.deepEqual(asked.filter(([name]) => name === 'bans'), [['bans', room, [['*!*@one', 'bob', '1'], ['*!*@two', 'bob', '2']], 'b'], ['bans', room, [], 'b']]);
});

test('in a crowd comings and goings are one line that grows', () => {
	const { hear, told } = chatting();
	const people = Array.from({ length: 60 }, (_, i) => `p${i}`);
	hear(`:s 353 ann = #a :${people.join(' ')}`, ':q1!q@h JOIN #a', '@msgid=1 :bob!b@h PRIVMSG #a :hi', ':q2!q@h JOIN #a', ':p1!p@h QUIT', ':p2!p@h AWAY :tea', ':p3!p@h NICK p33');
	assert.deepEqual(told(), ['2 people joined, 1 left', 'hi', 'p3 is now p33']);
});

test('a crowd that the server counts is one line, and its names are asked for when they are few or wanted', () => {
	const { hear, told, asked, room, marks } = chatting();
	hear(':s 366 ann #a :end', ':s CROWD #a 0 0 150', ':s CROWD #a 12 0 162', '@msgid=1 :bob!b@h PRIVMSG #a :hi', ':s CROWD #a 1 3 160', ':s CROWD #none 1 1 1');
	assert.deepEqual([told(), room.size, asked.filter(([name]) => name === 'crowd').length], [['13 people joined, 3 left', 'hi'], 160, 3]);
	hear(':s 353 ann = #a :ann!w@h', ':s 353 ann = #a :@new!n@h', ':s 366 ann #a :end');
	assert.deepEqual([marks(), room.stale], [['@new', 'ann'], false], 'who has left without a word is not there any more');
	hear(':s CROWD #a 0 60 100');
	assert.deepEqual([room.size, room.stale], [2, true]);
});

test('who writes is told by name, unless they are many', () => {
	const typing = new Map([['a', { nick: 'ana', until: 5 }], ['b', { nick: 'bob', until: 9 }]]);
	assert.deepEqual([typists({ typing }, 4), typists({ typing }, 5), typing.size], [['ana', 'bob'], ['bob'], 1]);
	assert.deepEqual([[], ['a'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'b', 'c', 'd']].map(typingText),
		['', 'a is typing…', 'a and b are typing…', 'a, b and c are typing…', 'Several people are typing…']);
});

test('that we write is told each three seconds at most, then that we pause, or stopped', t => {
	t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 10_000 });
	const sent = [], room = { name: '#a', joined: true, size: 2 }, caps = new Set(['message-tags']);
	const typing = new Typing({ send: line => sent.push(line.replace('@label=typing;+typing=', '').replace(' TAGMSG #a', '')), caps, connected: () => true });
	const write = text => typing.wrote(room, text), wait = ms => Array.from({ length: ms / 100 }, () => t.mock.timers.tick(100));
	write('/part'), write('  '), wait(9_000);
	assert.deepEqual(sent, []);
	write('h'), wait(1_000), write('hi'), wait(1_000), write('hi!'), wait(1_500), write('hi!!');
	assert.deepEqual(sent, ['active', 'active']);
	wait(7_000);
	assert.deepEqual(sent.splice(0), ['active', 'active', 'paused']);
	write('hi!!!'), wait(500), write('');
	assert.deepEqual(sent, ['active'], 'not yet');
	wait(3_000);
	assert.deepEqual(sent.splice(0), ['active', 'done']);
	write('x'), wait(100), typing.sent(), wait(9_000);
	assert.deepEqual(sent.splice(0), [], 'within three seconds; and the message itself ends it');
	room.size = 201;
	write('y');
	assert.deepEqual(sent, [], 'in a crowd it would cost too much');
});
