// What begins with a slash, completion, back-off, the handshake.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { interpret, isSecret } from '../../chat-web/src/pages/commands.js';
import { Handshake, delay } from '../../chat-web/src/pages/connection.js';
import { parse } from '../../chat-web/src/pages/irc.js';
import { Room } from '../../chat-web/src/pages/room.js';

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
