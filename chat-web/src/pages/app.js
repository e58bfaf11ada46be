// Puts the page together: lines in → state → view; what a person does → lines out.
import { fold, format, parse } from './irc.js';
import { clean, nodes } from './format.js';
import { Chat } from './state.js';
import { Connection } from './connection.js';
import { Handshake } from './handshake.js';
import { History } from './history.js';
import { Outbox } from './outbox.js';
import { interpret } from './commands.js';
import { $, avatar, nickname } from './dom.js';
import { Composer } from './compose.js';
import { Log } from './log.js';
import { drawPeople, drawRooms, drawers } from './sidebar.js';
import { showState, showTitle, tell } from './status.js';

const MOST_LINES = 20, CROWD = 200;
const meta = name => document.querySelector(`meta[name=chat-${name}]`).content;
const firstRoom = meta('room') || '#lobby', asked = new URLSearchParams(location.search).has('room');
let wanted = ''; // the room to show as soon as the server lets us in
let drawing = 0;

const chat = new Chat(meta('name'), {
  ready, joined, left,
  echo: label => outbox.answered(label),
  error: failed,
  history: (room, items) => history.came(room, items),
  refused: params => history.refused(params, chat),
});
const connection = new Connection(`${location.origin.replace('http', 'ws')}/socket`, { open: opened, line: heard, state: connected, refused: sessionGone });
const send = line => connection.send(line);
const handshake = new Handshake(send), outbox = new Outbox(send);
const history = new History(send, () => handshake.caps.has('draft/chathistory') && handshake.caps.has('batch'));
const log = new Log(), composer = new Composer(chat, submit), closeDrawers = drawers();

// --- The connection ---

function opened() {
  chat.restart();
  history.restart();
  handshake.start(chat.me);
}

function heard(line) {
  const message = parse(line);
  if (message.command === 'PING') return send(format('PONG', message.params.at(-1) ?? ''));
  if (!handshake.receive(message)) chat.receive(message);
  soon();
}

function connected(state) {
  showState(connection);
  if (state === 'waiting' || state === 'taken') for (const { target, text } of outbox.lost()) composer.giveBack(chat.open(target), text);
  if (state === 'ended') toLogin();
}

const toLogin = () => location.assign(`/login?room=${encodeURIComponent(chat.current?.name ?? firstRoom)}`);

/** The socket does not open. If the server answers and wants a login, waiting is of no use. */
async function sessionGone() {
  try {
    const { ok } = await fetch('/healthz', { cache: 'no-store' });
    if (ok && (await fetch('/', { redirect: 'manual', cache: 'no-store' })).type === 'opaqueredirect') connection.become('ended');
  } catch { /* the server is away: the connection goes on trying */ }
}

/** Registered. The server has told in which rooms it knows us; the others that we remember are joined again. */
function ready() {
  connection.become('ready');
  tell('');
  const { rooms, current } = remembered(), names = rooms.length && !asked ? rooms : [...rooms, firstRoom];
  for (const name of names) if (!chat.isRoom(name)) chat.open(name);
  const missing = names.filter(name => chat.isRoom(name) && !chat.room(name)?.joined);
  for (let i = 0; i < missing.length; i += 5) send(format('JOIN', missing.slice(i, i + 5).join(',')));
  if (chat.shown) return;
  wanted = asked ? firstRoom : current || firstRoom;
  if (chat.room(wanted)?.joined || !chat.isRoom(wanted)) show(chat.open(wanted));
}

function joined(room) {
  history.joined(room);
  room.checked = false;
  if (!chat.current || room === chat.current || fold(room.name) === fold(wanted)) show(room);
}

function left(room, kicked) {
  if (!kicked) close(room);
  remember();
}

function failed(text, label) {
  tell(clean(text));
  const post = outbox.answered(label);
  if (post) composer.giveBack(chat.open(post.target), post.text);
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
  const rooms = [...chat.rooms.values()].filter(room => room.joined || room.direct).map(room => room.name);
  try {
    localStorage.setItem(key(), JSON.stringify({ rooms, current: chat.current?.name }));
  } catch { /* a reload begins in the first room */ }
}

// --- What is shown ---

/** A thousand joins in one breath are drawn once. */
function soon() {
  drawing ||= setTimeout(draw, 20);
}

function draw() {
  drawing = 0;
  const room = chat.current;
  $('me').replaceChildren(avatar(chat.me), nickname(chat.me));
  $('away-note').hidden = !chat.away;
  drawRooms(chat, { show, leave });
  drawPeople(chat, nick => show(chat.open(nick)));
  showTitle(chat, meta('title'));
  if (!room) return;
  drawHeader(room);
  log.draw(room);
}

function drawHeader(room) {
  $('room-name').textContent = clean(room.name);
  if ($('topic').textContent !== clean(room.topic)) $('topic').replaceChildren(...nodes(room.topic));
  $('empty').hidden = room.items.some(item => !item.moves);
  $('empty-name').textContent = clean(room.name);
}

function show(room) {
  if (room !== chat.current) composer.enter(room);
  chat.current = room;
  chat.shown = true;
  wanted = '';
  read();
  closeDrawers();
  history.shown(room);
  if (room.joined && !room.checked && room.people.size < CROWD) send(format('WHO', room.name)); // NAMES does not tell who is away
  room.checked = true;
  remember();
  soon();
}

function read() {
  if (chat.focused && chat.current) chat.current.unread = chat.current.mentions = 0;
}

function attend() {
  chat.focused = document.visibilityState === 'visible' && document.hasFocus();
  read();
  soon();
}

// --- What a person does ---

/** @param {string} text of the box @returns {boolean} whether it was taken */
function submit(text) {
  const lines = text.split('\n').filter(line => line.trim()), results = lines.map(line => interpret(line, chat.current));
  const wrong = results.find(result => result.error)?.error, local = results.every(result => result.tell || result.quit);
  const why = lines.length > MOST_LINES ? `That would be ${lines.length} messages. Send at most ${MOST_LINES} at a time.`
    : wrong ?? (local || connection.state === 'ready' ? '' : 'Not connected. Your text stays in the box until the connection is back.');
  tell(clean(why));
  if (why) return false;
  results.forEach(carryOut);
  soon();
  return true;
}

function carryOut({ tell: text, join, open, post, send: line, leave: name, quit }) {
  if (text) chat.say(chat.current, text);
  if (join) wanted = join;
  if (chat.room(join)?.joined) show(chat.room(join));
  if (open) show(chat.open(open));
  if (post) outbox.post(post, chat.prefix || 'x'.repeat(99));
  if (line) send(line);
  if (name) leave(name);
  if (quit) $('logout').requestSubmit();
}

function leave(name) {
  const room = chat.room(name);
  if (room?.joined) send(format('PART', name));
  else if (room) close(room);
}

function close(room) {
  chat.rooms.delete(fold(room.name));
  if (room === chat.current) show([...chat.rooms.values()].at(-1) ?? chat.open(firstRoom));
  soon();
}

$('join').addEventListener('submit', event => {
  event.preventDefault();
  if (submit(`/join ${$('join-name').value}`)) $('join').reset();
});
for (const event of ['focus', 'blur', 'visibilitychange']) addEventListener(event, attend, true);

// A phone whose keyboard lies over the page tells so only here. When zoomed in, leave the height alone.
visualViewport?.addEventListener('resize', () => {
  if (visualViewport.scale === 1) document.documentElement.style.setProperty('--height', `${visualViewport.height}px`);
});

$('app').hidden = false;
attend();
connection.open();
