// Puts the page together: lines in → state → view, and what a person does → lines out.
import { fold, format, parse } from './irc.js';
import { $, avatar, nickname } from './dom.js';
import { clean, nodes } from './format.js';
import { Chat } from './state.js';
import { Connection } from './connection.js';
import { Handshake } from './handshake.js';
import { CatchUp } from './catchup.js';
import { Outbox } from './outbox.js';
import { Composer } from './compose.js';
import { Log } from './log.js';
import { StateLine } from './stateline.js';
import { drawPeople, drawRooms, drawers } from './sidebar.js';
import { interpret } from './commands.js';
import { notify } from './notify.js';
import { recall, remember } from './memory.js';

const MOST_LINES = 20, CROWD = 200, STATUS_MS = 20_000;
const meta = name => document.querySelector(`meta[name="chat-${name}"]`)?.content ?? '';
const title = meta('title') || 'Chat', firstRoom = meta('room') || '#lobby';
const asked = new URLSearchParams(location.search).has('room');

const chat = new Chat(meta('name'));
const connection = new Connection(`${location.protocol.replace('http', 'ws')}//${location.host}/socket`,
  { open: opened, line: heard, state: connected, refused: sessionGone });
const send = line => connection.send(line);
const handshake = new Handshake(send);
const outbox = new Outbox(send, () => chat.prefix);
const catchUp = new CatchUp(send, chat, () => handshake.caps.has('draft/chathistory') && handshake.caps.has('batch'));
const log = new Log();
const composer = new Composer(chat, submit);
const stateLine = new StateLine(connection, () => (connection.state === 'ended' ? toLogin() : connection.open()));
const closeDrawers = drawers();
let wanted = ''; // the room that somebody asked to enter: it is shown when the server lets us in

// --- The connection ---

function opened() {
  chat.restart();
  catchUp.restart();
  handshake.start(chat.me);
}

function heard(line) {
  const message = parse(line);
  if (message.command === 'PING') return send(format('PONG', message.params.at(-1) ?? ''));
  if (handshake.receive(message)) return;
  for (const change of chat.receive(message)) CHANGES.get(change.what)?.(change);
}

function connected(state) {
  stateLine.show(state);
  if (state === 'waiting' || state === 'taken') disconnected();
  if (state === 'ended') toLogin();
}

function disconnected() {
  chat.disconnected();
  for (const { target, text } of outbox.lost()) composer.giveBack(chat.open(target), text);
}

const toLogin = () => location.assign(`/login?room=${encodeURIComponent(chat.current?.name ?? firstRoom)}`);

/** The socket does not open. If the server itself answers and wants a login, waiting is of no use. */
async function sessionGone() {
  try {
    if (!(await fetch('/healthz', { cache: 'no-store' })).ok) return;
    const page = await fetch('/', { redirect: 'manual', cache: 'no-store' });
    if (page.type === 'opaqueredirect') connection.end();
  } catch { /* the server is away: the connection goes on trying */ }
}

/** Registered: the server has told the rooms it knows us in; the others are joined again. */
function ready() {
  connection.ready();
  const { rooms, current } = recall(chat.me), names = new Map(rooms.map(name => [fold(name), name]));
  if (asked || !rooms.length) names.set(fold(firstRoom), firstRoom);
  for (const name of names.values()) if (!chat.isRoom(name)) chat.open(name);
  const missing = [...names.values()].filter(name => chat.isRoom(name) && !chat.room(name)?.joined);
  for (let i = 0; i < missing.length; i += 5) send(format('JOIN', missing.slice(i, i + 5).join(',')));
  if (!chat.current) wanted = asked ? firstRoom : current || firstRoom;
  if (!chat.current && chat.room(wanted)) show(chat.room(wanted));
  else if (chat.current) show(chat.current);
  drawAllRooms();
}

// --- What changed → what is drawn ---

const later = new Map();
/** A thousand joins in one breath draw a list once. */
function soon(draw) {
  if (!later.has(draw)) later.set(draw, setTimeout(() => later.delete(draw) && draw(), 30));
}

const drawAllRooms = () => soon(drawRoomsNow);
function drawRoomsNow() {
  drawRooms(chat, { show, leave: room => leave(room.name) });
  notify(chat, title);
}

function drawPeopleNow() {
  drawPeople(chat, nick => show(chat.open(nick)));
}

function drawMe() {
  $('me').replaceChildren(avatar(chat.me), nickname(chat.me, 'name'));
  $('me').classList.toggle('away', chat.away);
  $('away-note').hidden = !chat.away;
}

function drawHeader(room) {
  $('room-name').replaceChildren(room.direct ? nickname(room.name, 'name') : room.name);
  $('topic').replaceChildren(room.direct ? 'Only the two of you see this.' : nodes(room.topic));
  $('empty').hidden = !room.quiet;
  $('empty-name').textContent = room.name;
}

function show(room) {
  closeDrawers();
  chat.current = room;
  wanted = '';
  read(room);
  drawHeader(room);
  log.show(room);
  composer.enter(room);
  composer.focus();
  catchUp.shown(room);
  if (room.joined && !room.checked && room.people.size <= CROWD) checkAway(room);
  soon(drawPeopleNow);
  drawAllRooms();
  remember(chat);
}

/** NAMES does not tell who is away. */
function checkAway(room) {
  room.checked = true;
  send(format('WHO', room.name));
}

function read(room) {
  if (!chat.focused) return;
  room.unread = room.mentions = 0;
}

const CHANGES = new Map(Object.entries({
  ready, me: drawMe, rooms: drawAllRooms,
  people: ({ room }) => room === chat.current && soon(drawPeopleNow),
  topic: ({ room }) => room === chat.current && drawHeader(room),
  item: ({ room, item }) => {
    if (room !== chat.current) return;
    log.add(item);
    $('empty').hidden = !room.quiet;
  },
  folded: ({ room, item }) => room === chat.current && log.update(item),
  history: change => {
    catchUp.came(change);
    if (change.room !== chat.current) return;
    log.show(change.room);
    drawHeader(change.room);
  },
  joined: ({ room }) => {
    room.checked = false;
    catchUp.joined(room);
    if (!chat.current || fold(room.name) === fold(wanted) || room === chat.current) show(room);
    remember(chat);
  },
  left: ({ room, told }) => {
    if (!told) closeRoom(room);
    drawAllRooms();
    soon(drawPeopleNow);
    remember(chat);
  },
  echo: ({ label }) => outbox.answered(label),
  error: ({ text, label }) => {
    tell(text);
    const post = outbox.answered(label);
    if (post) composer.giveBack(chat.open(post.target), post.text);
  },
  refused: ({ params }) => catchUp.refused(params),
}));

// --- What a person does ---

let telling = 0;
function tell(text) {
  clearTimeout(telling);
  $('status').textContent = clean(text);
  if (text) telling = setTimeout(() => tell(''), STATUS_MS);
}

/** @param {string} text of the box @returns {boolean} whether it was taken */
function submit(text) {
  const lines = text.split('\n').filter(line => line.trim());
  if (lines.length > MOST_LINES) return refuse(`These are ${lines.length} messages; send at most ${MOST_LINES} at a time. Your text is still in the box.`);
  const results = lines.map(line => interpret(line, chat.current)), wrong = results.find(result => result.error);
  if (wrong) return refuse(wrong.error);
  const online = connection.state === 'ready' || results.every(result => result.tell || result.quit);
  if (!online) return refuse('Not connected: your text stays in the box. Send it when the connection is back.');
  tell('');
  for (const result of results) carryOut(result);
  return true;
}

function refuse(why) {
  tell(why);
  return false;
}

function carryOut(result) {
  if (result.tell) chat.receive({ ...parse('NOTE'), params: ['*', 'HELP', result.tell] }).forEach(change => CHANGES.get(change.what)(change));
  if (result.who) chat.asked.add(fold(result.who));
  if (result.join) enter(result.join);
  if (result.open) show(chat.open(result.open));
  if (result.leave) return leave(result.leave, result.reason);
  if (result.quit) return $('logout').requestSubmit();
  if (result.post) outbox.post(result.post);
  if (result.send) send(result.send);
}

function enter(name) {
  wanted = name;
  if (chat.room(name)?.joined) show(chat.room(name));
}

function leave(name, reason = '') {
  const room = chat.room(name);
  if (room?.joined) return send(format('PART', name, ...(reason ? [reason] : [])));
  if (room) closeRoom(room);
  remember(chat);
}

function closeRoom(room) {
  chat.close(room.name);
  if (room !== chat.current) return drawAllRooms();
  const next = [...chat.rooms.values()].at(-1) ?? null;
  if (next) show(next);
  else show(chat.open(firstRoom));
}

$('join').addEventListener('submit', event => {
  event.preventDefault();
  const name = $('join-name').value.trim();
  if (!name) return;
  if (submit(name.startsWith('@') ? `/msg ${name.slice(1)}` : `/join ${name}`)) $('join').reset();
});

function attend() {
  chat.focused = document.visibilityState === 'visible' && document.hasFocus();
  if (chat.focused && chat.current) read(chat.current);
  drawAllRooms();
}

for (const event of ['focus', 'blur']) addEventListener(event, attend);
document.addEventListener('visibilitychange', attend);

// A phone whose keyboard lies over the page, instead of making it smaller, tells so only here. When zoomed in, leave the height alone.
visualViewport?.addEventListener('resize', () => {
  if (visualViewport.scale === 1) document.documentElement.style.setProperty('--height', `${visualViewport.height}px`);
});

$('app').hidden = false;
attend();
drawMe();
connection.open();
