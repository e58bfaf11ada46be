// What begins with a slash, completion, back-off, the handshake.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { interpret, isSecret, offers } from '../../chat-web/src/pages/commands.js';
import { Handshake, delay } from '../../chat-web/src/pages/connection.js';
import { parse } from '../../chat-web/src/pages/irc.js';
import { Room } from '../../chat-web/src/pages/room.js';
import { Chat } from '../../chat-web/src/pages/state.js';

/** A chat that is in #lobby. */
function chatting() {
	const chat = new Chat('a', new Proxy({}, { get: () => () => {} }));
	chat.open('#lobby').joined = true;
	return chat;
}

const lobby = Object.assign(new Room('#lobby', false), { joined: true });

test('text is said, two slashes say one', () => {
	assert.deepEqual(interpret('hello', lobby), { post: { target: '#lobby', text: 'hello' } });
	assert.deepEqual(interpret('//usr/bin', lobby), { post: { target: '#lobby', text: '/usr/bin' } });
});

test('an unknown command is explained and never sent', () => {
	for (const text of ['/nosuch x', '/', '/constructor', '/etc/passwd']) assert.match(interpret(text, lobby).error, /nothing was sent/);
});

test('commands become lines', () => {
	assert.equal(interpret('/join den key', lobby).send, 'JOIN #den key');
	assert.equal(interpret('/TOPIC tea at four', lobby).send, 'TOPIC #lobby :tea at four');
	assert.equal(interpret('/nick ann b', lobby).send, 'NICK ann');
	assert.equal(interpret('/away', lobby).send, 'AWAY');
	assert.equal(interpret('/away out for tea', lobby).send, 'AWAY :out for tea');
	assert.equal(interpret('/invite bob', lobby).send, 'INVITE bob #lobby');
	assert.deepEqual(interpret('/me waves', lobby).post, { target: '#lobby', text: 'waves', action: true });
	assert.deepEqual(interpret('/msg bob hi there', lobby), { open: 'bob', post: { target: 'bob', text: 'hi there' } });
	assert.equal(interpret('/part', lobby).leave, '#lobby');
	assert.equal(interpret('/kick bob too loud', lobby).send, 'KICK #lobby bob :too loud');
	assert.equal(interpret('/kick bob', lobby).send, 'KICK #lobby bob');
	assert.equal(interpret('/quote WALLOPS :look out', null).send, '@label=quote WALLOPS :look out');
	assert.equal(interpret('/quote @label=x WHO bob', null).send, '@label=x WHO bob');
	assert.deepEqual(['/msg @bob hi', '/msg @#tea hi', '/kick @bob'].map(text => interpret(text, lobby)).map(({ post, send }) => post?.target ?? send), ['bob', '@#tea', 'KICK #lobby bob'], 'as Tab completes it');
	const modes = ['/mode', '/mode b', '/mode +o bob', '/mode #tea -i', '/mode ann -o'].map(text => interpret(text, lobby).send);
	assert.deepEqual(modes, ['MODE #lobby', 'MODE #lobby b', 'MODE #lobby +o bob', 'MODE #tea -i', 'MODE ann -o']);
});

test('what IRC has a command for and the page a menu is said so', () => {
	for (const text of ['/ban bob', '/op bob', '/deop bob', '/whois bob']) assert.match(interpret(text, lobby).error, /nothing was sent\. Choose the name in the list of people\./);
	assert.deepEqual(interpret('/list', null), { list: true });
});

test('rooms are offered by name or topic, those with most people first, and where one is already not', () => {
	const chat = chatting(), hear = (...lines) => lines.forEach(line => chat.receive(parse(line))), offered = word => offers(chat, word).map(({ name }) => name);
	hear(':s 321 a :Users', ':s 322 a #lobby 9 :', ':s 322 a #tea 2 :hot', ':s 322 a #garden 10 :Saturday', ':s 323 a :end');
	assert.deepEqual([offered(''), offered('TE'), offered('sat'), offered('#g'), offered('x')], [['#garden', '#tea'], ['#tea'], ['#garden'], ['#garden'], []]);
	hear(':s 321 a :Users', ':s 322 a #den 1 :', ':s 323 a :end');
	assert.deepEqual(offered(''), ['#den'], 'a new list takes the place of the old one');
	hear(':s 321 a :Users', ...Array.from({ length: 60 }, (_, i) => `:s 322 a #r${i} ${i} :`));
	assert.deepEqual([offered('').length, offered('')[0]], [50, '#r59']);
});

test('an operator has a password, which is sent and never said', () => {
	assert.equal(interpret('/oper root open sesame', null).send, 'OPER root :open sesame');
	assert.equal(interpret('  /oper root sesame', lobby).send, 'OPER root sesame');
	assert.equal(interpret('/kill bob sends spam', lobby).send, 'KILL bob :sends spam');
	for (const text of ['/oper root x', ' /OPER root x', 'hi\n/oper root x', '/quote OPER root x', '/quote  pass x', '/oper']) assert.ok(isSecret(text), text);
	for (const text of ['/operation', 'the /oper command', '/quote NAMES', '']) assert.ok(!isSecret(text), text);
});

test('what is missing is told with an example', () => {
	for (const text of ['/join', '/msg', '/me', '/nick', '/invite', '/kick', '/oper root', '/kill bob', '/quote']) assert.match(interpret(text, lobby).error, /Write it like this: \//);
	for (const text of ['hello', '/topic x', '/who', '/me x']) assert.match(interpret(text, null).error, /join #lobby/);
});

test('back-off doubles up to eight seconds, with jitter over the whole of it', () => {
	assert.equal(delay(0, true, () => 1), 300);
	assert.equal(delay(3, true, () => 1), 2400);
	assert.equal(delay(30, true, () => 1), 8000);
	assert.equal(delay(5, true, () => 0), 0);
	assert.equal(delay(0, false), 30_000);
});

test('only offered capabilities are asked for, over several lines', () => {
	const sent = [], handshake = new Handshake(line => sent.push(line));
	handshake.start('ann');
	handshake.receive(parse(':s CAP * LS * :message-tags foo'));
	handshake.receive(parse(':s CAP * LS :draft/chathistory=100 batch'));
	handshake.receive(parse(':s CAP ann ACK :message-tags batch draft/chathistory'));
	assert.deepEqual(sent, ['CAP LS 302', 'NICK ann', 'USER web 0 * :ann', 'CAP REQ :message-tags batch draft/chathistory', 'CAP END']);
	assert.ok(handshake.caps.has('draft/chathistory'));
});
