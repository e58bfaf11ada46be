// Puts the page together: lines in → state → view; what a person does → lines out.
import { fold, format, messageLines, parse } from './irc.js';
import { clean, nodes } from './format.js';
import { Chat } from './state.js';
import { Connection } from './connection.js';
import { Handshake } from './handshake.js';
import { History } from './history.js';
import { interpret } from './commands.js';
import { $, avatar, nickname } from './dom.js';
import { Composer } from './compose.js';
import { Log } from './log.js';
import { drawPeople, drawRooms, drawer } from './sidebar.js';
import { showState, showTitle, tell } from './status.js';

const MOST_LINES = 20, CROWD = 200;
const meta = name => document.querySelector(`meta[name=chat-${name}]`).content;
const firstRoom = meta('room') || '#lobby';
let asked = location.search.includes('room=');
let wanted = ''; // the room to show as soon as the server lets us in
let drawing, labels = 0, known = 0;
const unconfirmed = new Map(); // label → message: its echo is its acknowledgement

const chat = new Chat(meta('name'), {
	ready, joined,
	left: close, renamed: remember,
	echo: label => unconfirmed.delete(label),
	error: failed,
	history: (room, items) => past.came(room, items),
	refused: params => past.refused(params, chat),
	apart: note => connection.note === note || connection.become('apart', note), // a gateway says it again and again
});
const connection = new Connection(`${location.origin.replace('http', 'ws')}/socket?session`, { open: opened, line: heard, state: connected, refused: sessionGone });
const send = line => connection.send(line);
const handshake = new Handshake(send), past = new History(send), log = new Log(), composer = new Composer(chat, submit);

// --- The connection ---

function opened() {
	chat.restart();
	past.restart();
	handshake.start(chat.me);
}

function heard(line) {
	const message = parse(line);
	if (message.command === 'PING') send(format('PONG', message.params.at(-1) ?? ''));
	else if (!handshake.receive(message)) chat.receive(message);
	drawing ??= setTimeout(draw, 20); // a thousand joins in one breath are drawn once
}

function connected(state) {
	showState(connection);
	if (['waiting', 'taken', 'denied'].includes(state)) for (const label of unconfirmed.keys()) giveBack(label);
	if (state === 'ended') toLogin();
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
	tell('');
	const { rooms, current } = remembered(), names = new Set(rooms.length && !asked ? rooms : [...rooms, firstRoom]);
	wanted ||= chat.current ? '' : asked ? firstRoom : current ?? firstRoom;
	for (const name of names) {
		if (!chat.isRoom(name)) chat.open(name);
		else if (!chat.room(name)?.joined) send(format('JOIN', name));
	}
	for (const room of chat.rooms.values()) if (room.direct) resume(room);
	const later = wanted, first = chat.room(wanted) ?? [...chat.rooms.values()][0];
	if (!chat.current && first) show(first);
	wanted = chat.room(later) ? '' : later;
	history.replaceState(null, '', '/'); // ?room= has been honoured: a reload stays where the reader is
	asked = false;
}

function joined(room) {
	resume(room);
	room.checked = false;
	const now = connection.state === 'ready' && (!chat.current || fold(room.name) === fold(wanted));
	if (now || room === chat.current) show(room);
	remember();
}

const able = () => handshake.caps.has('draft/chathistory');
const resume = room => able() && past.resume(room);

function failed(text, label) {
	tell(text);
	giveBack(label);
}

function giveBack(label) {
	const message = unconfirmed.get(label);
	if (!message) return;
	for (const [one, whole] of unconfirmed) if (whole === message) unconfirmed.delete(one); // its other parts
	composer.giveBack(chat.open(message.target), message.action ? `/me ${message.text}` : message.text);
}

// --- What the browser remembers for a name; it may refuse to ---

const key = () => `chat:${fold(chat.me)}`;

function remembered() {
	try {
		return { rooms: [], ...JSON.parse(localStorage.getItem(key())) };
	} catch {
		return { rooms: [] };
	}
}

function remember() {
	known = chat.rooms.size;
	if (connection.state !== 'ready') return; // or what has not been joined again would be forgotten
	try {
		localStorage.setItem(key(), JSON.stringify({ rooms: [...chat.rooms.values()].map(room => room.name), current: chat.current?.name }));
	} catch { /* a reload begins in the first room */ }
}

// --- What is shown ---

function draw() {
	drawing = null;
	const room = chat.current, named = clean(room?.name);
	$('me').replaceChildren(avatar(chat.me), nickname(chat.me));
	$('away-note').hidden = !chat.away;
	drawRooms(chat, name => show(chat.open(name)));
	drawPeople(chat, name => show(chat.open(name)));
	showTitle(chat, meta('title'));
	if (known !== chat.rooms.size) remember(); // a stranger may have opened a conversation
	$('room-name').textContent = $('empty-name').textContent = named;
	if (!room) return;
	if ($('topic').textContent !== clean(room.topic)) $('topic').replaceChildren(...nodes(room.topic));
	$('empty').hidden = room.items.some(item => !item.moves);
	log.draw(room);
}

function show(room) {
	if (room !== chat.current) composer.enter(room), tell('');
	chat.current = room;
	wanted = '';
	drawer();
	if (able()) past.shown(room);
	if (room.joined && !room.checked && room.people.size < CROWD) send(format('WHO', room.name)); // NAMES does not tell who is away
	room.checked = true;
	remember();
	attend();
}

function attend() {
	chat.focused = document.visibilityState === 'visible' && document.hasFocus();
	if (chat.focused && chat.current) chat.current.unread = chat.current.mentions = 0;
	draw();
}

// --- What a person does ---

/** The text of the box: whether it was taken. */
function submit(text) {
	const fenced = text.replace(/```\w*\n([^]*?)\n```/g, (_, code) => code.replace(/^/gm, '\x11')); // IRC's monospace: a line is a message
	const lines = fenced.split('\n').filter(line => line.trim()), results = lines.map(line => interpret(line, chat.current));
	const wrong = results.find(result => result.error)?.error, local = connection.state === 'ready' || results.every(result => result.tell);
	const why = lines.length > MOST_LINES ? `That would be ${lines.length} messages. Send at most ${MOST_LINES} at a time.`
		: wrong ?? (local ? '' : 'Not connected. Your text stays in the box until the connection is back.');
	tell(why);
	if (why) return false;
	results.forEach(carryOut);
	draw();
	return true;
}

function carryOut({ tell: text, join, open, post: message, send: line, leave, quit }) {
	if (text) chat.current?.say(text);
	if (join) wanted = join;
	if (chat.room(join)?.joined) show(chat.room(join));
	if (open) show(chat.open(open));
	if (message) post(message);
	if (line) send(line);
	if (chat.room(leave)?.joined) send(format('PART', leave));
	else if (leave && chat.room(leave)) close(chat.room(leave));
	if (quit) $('logout').requestSubmit();
}

function post(message) {
	const prefix = chat.prefix || 'x'.repeat(99); // not told yet: keep room for a long one
	for (const line of messageLines(message, prefix)) {
		const label = `m${labels += 1}`;
		unconfirmed.set(label, message);
		send(`@label=${label} ${line}`);
	}
}

function close(room) {
	chat.rooms.delete(fold(room.name));
	if (room === chat.current) show([...chat.rooms.values()].at(-1) ?? chat.open(firstRoom));
	remember();
}

$('state-action').onclick = () => (connection.state === 'ended' ? toLogin() : connection.open());
for (const id of ['state-action', 'new-messages']) $(id).addEventListener('click', () => composer.focus()); // these vanish when used
$('join').onsubmit = event => {
	event.preventDefault();
	if (submit(`/join ${$('join-name').value}`)) $('join').reset();
};
for (const event of ['focus', 'blur', 'visibilitychange']) addEventListener(event, attend);

// A phone whose keyboard lies over the page tells so only here. When zoomed in, leave the height alone.
visualViewport.onresize = () => {
	if (visualViewport.scale === 1) document.documentElement.style.setProperty('--height', `${visualViewport.height}px`);
};

$('app').hidden = false;
attend();
connection.open();
