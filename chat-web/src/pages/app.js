// Puts the page together: lines in → state → view; what a person does → lines out.
import { fold, format, parse } from './irc.js';
import { clean, nodes } from './format.js';
import { Chat } from './state.js';
import { Callers } from './callers.js';
import { Connection, Handshake } from './connection.js';
import { History, Markers } from './history.js';
import { $, avatar, nickname, say } from './dom.js';
import { Composer } from './compose.js';
import { Log } from './log.js';
import { Memory } from './memory.js';
import { Pending } from './pending.js';
import { Sender } from './sender.js';
import { Speaker } from './speak.js';
import { browse, drawPeople, drawRooms, drawer, joining } from './sidebar.js';
import { showState, showTitle, tell } from './status.js';
import * as store from './store.js';
import { Tools } from './tools.js';
import { Typing, typingText, typists } from './typing.js';

const CROWD = 200, MANY = 1_000, NAMES_MS = 60_000, TYPING_MS = 1_000;
const LEVELS = new Map([['disk', 'Kept on the server’s disk'], ['relay', 'Kept by the server, soon on its disk'], ['memory', 'Kept in the server’s memory']]);
const meta = name => document.querySelector(`meta[name=chat-${name}]`).content;
const firstRoom = meta('room') || '#lobby';
let asked = location.search.includes('room=');
let wanted = ''; // the room to show as soon as the server lets us in
let drawing, typingTimer;
let begun = false; // it is known in which rooms we are

const waiting = new Pending({ read: () => memory.of('pending').read(), write: list => memory.of('pending').write(list) });
const chat = new Chat(meta('name'), {
	ready, joined, marked,
	left: close, renamed,
	echo: () => sender.flush(),
	error: failed,
	history: (...args) => past.came(...args),
	callers: (list, label) => callers.came(list, label),
	found: (items, label) => tools.search.found(items, label),
	bans: (...args) => tools.bans(...args),
	rooms: () => offer(),
	crowd: room => room === chat.current && askNames(room),
	redacted: (room, id, text) => tools.redacted(id, text),
	wanted: (room, item) => tools.notifier.wanted(room, item),
	refused: (code, label, more) => past.refused(code, label, more),
	apart: note => connection.note === note || connection.become('apart', note), // a gateway says it again and again
}, waiting);
const memory = new Memory(chat);
const connection = new Connection(`${location.origin.replace('http', 'ws')}/socket?session`, { open: opened, line: heard, state: connected, refused: sessionGone });
const send = line => connection.send(line), handshake = new Handshake(send);
const wire = { send, caps: handshake.caps, connected: () => connection.state === 'ready' };
const past = new History({ ...wire, settled, claim: (room, items) => waiting.claim(room.name, items) }), callers = new Callers({ ...wire, called, store: memory.of('heard') });
const sender = new Sender(chat, wire), markers = new Markers({ ...wire, keep: () => memory.keepRead() }), typing = new Typing(wire);
const speaker = new Speaker({ ...wire, chat, sender, connection }, { show, close, draw, list: browse, go: name => (wanted = name) });
const composer = new Composer(chat, { submit, wrote: (room, text) => room && typing.wrote(room, text), up: () => log.focus() });
const log = new Log({ older: (room, scrolled) => wire.connected() && past.older(room, scrolled), scrolled: seen, retry, edit, discard, fill: () => past.fill(chat.current),
	jump: id => tools.jump(id), react: (item, reaction) => tools.react(item, reaction), isMe: chat.isMe });
const offer = joining({ chat, wire, submit, done: () => composer.focus() });
const tools = new Tools({ chat, composer, log, past, wire, show });

// --- The connection ---

function opened() {
	chat.restart();
	past.restart();
	callers.restart();
	handshake.start(chat.me);
}

function heard(line) {
	const message = parse(line);
	callers.hears(message);
	if (message.command === 'PING') send(format('PONG', message.params.at(-1) ?? ''));
	else if (!handshake.receive(message)) chat.receive(message);
	drawSoon();
}

/** A thousand joins in one breath are drawn once. */
function drawSoon() {
	drawing ??= setTimeout(draw, 20);
}

function connected(state) {
	showState(connection);
	if (state === 'taken') waiting.leave();
	if (state === 'ended') toLogin();
	drawSoon();
}

const toLogin = () => location.assign(`/login?why=${connection.why}&room=${encodeURIComponent(chat.current?.name ?? firstRoom)}`);

/** The socket does not open. If the server answers and wants a login, waiting is of no use. */
async function sessionGone() {
	try {
		const { ok } = await fetch('/healthz');
		if (!ok || (await fetch('/', { redirect: 'manual' })).type !== 'opaqueredirect') return;
		connection.why = 'over';
		connection.become('ended');
	} catch { /* the server is away: the connection goes on trying */ }
}

/** Registered. The server has told in which rooms it knows us; the others that we remember are joined again. */
function ready() {
	connection.become('ready');
	begun = true;
	memory.inherit('pending', (list, name) => waiting.adopt(list, name, chat.me));
	sender.restart(); // now that our name is known
	tell('');
	const { rooms, current } = memory.places, targets = waiting.list.filter(({ state }) => state !== 'failed').map(({ target }) => target);
	wanted ||= chat.current ? '' : asked ? firstRoom : current ?? firstRoom;
	for (const { target } of waiting.list) chat.open(target); // whatever becomes of it, it is seen
	for (const name of new Set([...rooms, ...targets, ...(rooms.length && !asked ? [] : [firstRoom])])) enter(name);
	const later = wanted, first = chat.room(wanted) ?? [...chat.rooms.values()][0];
	if (!chat.current && first) show(first);
	wanted = chat.room(later) ? '' : later;
	history.replaceState(null, '', '/'); // ?room= has been honoured: a reload stays where the reader is
	asked = false;
	sender.flush(); // before the past: what is sent again then finds its place in it
	for (const room of chat.rooms.values()) if (room.joined || room.direct) resume(memory.recall(room));
	for (const room of chat.rooms.values()) if (room.direct) markers.ask(room);
	markers.tell();
	callers.ask();
	composer.refresh();
}

/** Goes where we were before. */
function enter(name) {
	if (!chat.isRoom(name)) return chat.open(name);
	if (chat.room(name)?.joined) return;
	sender.joins(name);
	send(format('JOIN', name));
}

function joined(room) {
	const isReady = connection.state === 'ready', now = isReady && (!chat.current || fold(room.name) === fold(wanted));
	memory.recall(room).checked = false;
	sender.entered(room.name);
	if (now || room === chat.current) show(room);
	if (isReady) resume(room);
	remember();
}

/** These have talked with us since then. What was read to its end stays closed. */
function called(list, since) {
	for (const { name, at } of list) if (!chat.isRoom(name) && (chat.room(name) || at > (memory.readTo(name) ?? 0))) {
		const room = memory.recall(chat.open(name));
		room.read ??= since;
		if (!room.heardId) resume(room), markers.ask(room);
	}
	memory.keepRead(); // or a reload would not know what is new there
}

const resume = room => past.resume(room, waiting.firstUnsure(room.name));

/** What was missed has come: what is not in it was not heard. */
function settled(room) {
	waiting.settle(room.name);
	sender.flush();
}

/** Another browser of ours has read so far. */
function marked(room) {
	if (connection.state === 'ready' && !room.items.length && !past.busy(room)) resume(room);
}

function renamed(old) {
	store.rename(old, chat.me);
	waiting.name = chat.me;
	remember();
}

function failed(text, label, name) {
	if (label === 'typing' || tools.search.refused(text, label)) return;
	const message = label && waiting.fail(label, text);
	sender.barred(name ?? '', text);
	if (!message || chat.room(message.target) !== chat.current) tell(text);
	sender.flush();
}

function remember() {
	if (begun) memory.keepPlaces(sender.awaited); // or what has not been joined again would be forgotten
}

// --- What is shown ---

function draw() {
	drawing = null;
	const room = chat.current, named = clean(room?.name);
	$('me').replaceChildren(avatar(chat.me), nickname(chat.me));
	$('away-note').hidden = !chat.away;
	drawRooms(chat, name => show(chat.open(name)));
	drawPeople(chat, (name, node) => tools.person(name, node));
	showTitle(chat, meta('title'));
	if (memory.isNews) remember();
	$('room-name').textContent = $('empty-name').textContent = named;
	if (!room) return;
	if ($('topic').textContent !== clean(room.topic)) $('topic').replaceChildren(...nodes(room.topic));
	const shown = chat.shown(room);
	$('empty').hidden = shown.some(item => !item.moves);
	log.draw(room, shown, LEVELS.get(chat.support.get('DURABILITY')) ?? '');
	tools.draw();
	drawTyping();
	seen();
}

/** Nobody tells when they stop. */
function drawTyping() {
	const nicks = chat.current ? typists(chat.current) : [];
	clearTimeout(typingTimer);
	if (nicks.length) typingTimer = setTimeout(drawTyping, TYPING_MS);
	say('typing', typingText(nicks));
}

/** The reader has seen the end of the room: when nothing that was missed is still to come before it. */
function seen() {
	const { current, focused } = chat;
	if (focused && log.following && current && wire.connected() && !past.busy(current)) markers.seen(current);
}

function show(room) {
	if (room !== chat.current) composer.enter(room), tell('');
	if (room !== chat.current && chat.current?.unread === 0) chat.current.line = null;
	chat.current = room;
	wanted = '';
	drawer();
	if (room.total) askNames(room);
	if (room.joined && !room.checked && room.size < CROWD) send(format('WHO', room.name)); // NAMES does not tell who is away
	room.checked = true;
	remember();
	attend();
}

/** The names of a crowd are asked for when it is looked at, and not at each coming and going. Those of a very large one would be too many. */
function askNames(room, now = Date.now()) {
	if (room.joined && room.total > MANY && !room.ranked) send(format('WHOIS', chat.me)); // it tells what we may do
	room.ranked = true;
	if (!room.joined || !room.stale || room.total > MANY) return;
	const early = room.total ? NAMES_MS - (now - (room.asked ?? 0)) : 0;
	clearTimeout(room.later);
	if (early > 0) return void (room.later = setTimeout(() => room === chat.current && askNames(room), early));
	room.asked = now;
	send(format('NAMES', room.name));
}

function attend() {
	chat.focused = document.visibilityState === 'visible' && document.hasFocus();
	if (chat.focused && chat.current) chat.current.unread = chat.current.mentions = 0;
	draw();
}

// --- What a person does ---

function submit(text, reply) {
	const taken = speaker.submit(text, reply);
	if (taken) typing.sent();
	return taken;
}

function retry(message) {
	waiting.retry(message);
	sender.flush();
	draw();
}

function discard(message) {
	waiting.take(message.key);
	draw();
}

function edit(message) {
	discard(message);
	if (message.reply) composer.answer(chat.current.find(message.reply));
	composer.giveBack(message.kind === 'action' ? `/me ${message.text}` : message.text.replace(/^\//, '//'));
}

function close(room) {
	chat.rooms.delete(fold(room.name));
	waiting.drop(room.name);
	if (room === chat.current) show([...chat.rooms.values()].at(-1) ?? chat.open(firstRoom));
	remember();
}

$('state-action').onclick = () => (connection.state === 'ended' ? toLogin() : connection.open());
for (const id of ['state-action', 'new-messages']) $(id).addEventListener('click', () => composer.focus()); // these vanish when used
$('logout').onsubmit = () => waiting.close();
for (const event of ['focus', 'blur', 'visibilitychange']) addEventListener(event, attend);
addEventListener('pagehide', () => markers.tell());
addEventListener('beforeunload', event => (waiting.onlyHere.length || composer.onlyHere) && event.preventDefault()); // or that would be lost

// A phone whose keyboard lies over the page tells so only here. When zoomed in, leave the height alone.
visualViewport.onresize = () => {
	if (visualViewport.scale === 1) document.documentElement.style.setProperty('--height', `${visualViewport.height}px`);
};

$('app').hidden = false;
attend();
connection.open();
