// What the page knows: itself, the rooms, the people, what was said. Pure: the view draws what it finds here.
import { fold } from './irc.js';
import { mentions } from './format.js';
import { answer, explain } from './replies.js';

const MAX_ITEMS = 500, MAX_DIRECT = 100, MAX_BATCHES = 32, FOLD_MS = 5 * 60_000;
const timeOf = message => Date.parse(message.tags.get('time')) || Date.now();

/**
 * A room or a direct conversation. Its items: `{kind: 'post'|'action'|'notice'|'system', at, id, nick, text, own, mention}`, or
 * `{kind: 'presence', at, moves: [[nick, verb]]}`.
 */
export class Room {
  constructor(name, direct) {
    Object.assign(this, { name, direct, joined: false, topic: '', people: new Map(), items: [], ids: new Set(), unread: 0, mentions: 0 });
    this.live = 0; // where begins what this connection heard
  }

  get lastId() {
    return this.items.findLast(item => item.id)?.id;
  }

  /** Adds items that are not here yet, history before what this connection heard. @returns {object[]} those that were new */
  insert(items, history = false) {
    const fresh = items.filter(({ id }) => !id || (!this.ids.has(id) && this.ids.add(id)));
    this.items.splice(history ? this.live : this.items.length, 0, ...fresh);
    if (history) this.live += fresh.length;
    const old = this.items.splice(0, Math.max(0, this.items.length - MAX_ITEMS));
    for (const { id } of old) this.ids.delete(id);
    this.live = Math.max(0, this.live - old.length);
    return fresh;
  }

  /** Who came, left, went away…: one line with those just before. */
  move(nick, verb, at) {
    const last = this.items.at(-1);
    if (last?.moves && this.items.length > this.live && at - last.at < FOLD_MS) last.moves.push([nick, verb]);
    else this.insert([{ kind: 'presence', at, moves: [[nick, verb]] }]);
  }

  /** Operators first, then by name. */
  listed() {
    return [...this.people.values()].sort((a, b) => (b.mark > '') - (a.mark > '') || a.nick.localeCompare(b.nick));
  }
}

/** @returns {string} "ann and bob joined · eve left" */
export function presenceText({ moves }) {
  const verbs = new Map();
  for (const [nick, verb] of moves) verbs.set(verb, (verbs.get(verb) ?? new Set()).add(nick));
  return [...verbs].map(([verb, nicks]) => {
    const list = [...nicks], some = list.length > 6 ? [...list.slice(0, 5), `${list.length - 5} others`] : list, last = some.pop();
    return some.length ? `${some.join(', ')} and ${last} ${verb.replace(/^is /, 'are ')}` : `${last} ${verb}`;
  }).join(' · ');
}

export class Chat {
  /**
   * @param {string} me the session's name, until the server tells the true one
   * @param {object} on what the page does at: ready(), joined(room), left(room, kicked), echo(label), error(text, label),
   *   history(room, ids), refused(params)
   */
  constructor(me, on) {
    Object.assign(this, { me, on, prefix: '', rooms: new Map(), current: null, focused: true, away: false, support: new Map() });
    this.restart();
  }

  /** A new connection: of the old one nothing is under way. */
  restart() {
    this.batches = new Map();
    for (const room of this.rooms.values()) {
      room.live = room.items.length;
      room.joined = false;
    }
  }

  isMe = nick => fold(nick) === fold(this.me);
  isRoom = name => (this.support.get('CHANTYPES') || '#&').includes(name[0]);
  room = (name = '') => this.rooms.get(fold(name));

  /** @param {string} name of a room or a person */
  open(name) {
    const key = fold(name);
    if (!this.rooms.has(key)) this.rooms.set(key, new Room(name, !this.isRoom(name)));
    const direct = [...this.rooms].filter(([, room]) => room.direct && room !== this.current);
    if (direct.length > MAX_DIRECT) this.rooms.delete(direct[0][0]); // strangers open these, so there is an end to them
    return this.rooms.get(key);
  }

  /** The rooms where somebody is seen. */
  with(nick) {
    return [...this.rooms.values()].filter(room => room.people.has(fold(nick)) || (room.direct && fold(room.name) === fold(nick)));
  }

  /** @param {ReturnType<import('./irc.js').parse>} message */
  receive(message) {
    const batch = this.batches.get(message.tags.get('batch'));
    if (batch?.type === 'chathistory' && message.command !== 'BATCH') return batch.messages.push(message);
    const handler = HANDLERS.get(message.command), error = explain(message), text = answer(message);
    if (handler) handler(this, message, ...message.params);
    if (error) this.on.error(error, message.tags.get('label'));
    else if (text) this.say(this.current, text);
  }

  /** A line of the page's own among what people say. */
  say(room, text, at = Date.now()) {
    room?.insert([{ kind: 'system', at, text }]);
  }

  move(rooms, nick, verb, message) {
    for (const room of rooms) room?.move(nick, verb, timeOf(message));
  }

  item(message) {
    const [, said = ''] = message.params, action = /^\x01ACTION ([^\x01]*)/.exec(said), text = action?.[1] ?? said, own = this.isMe(message.nick);
    const kind = action ? 'action' : message.command === 'NOTICE' ? 'notice' : 'post';
    return { kind, at: timeOf(message), id: message.tags.get('msgid'), nick: message.nick, text, own, mention: !own && mentions(text, this.me) };
  }

  count(room, item) {
    if (item.own || (room === this.current && this.focused)) return;
    room.unread += 1;
    if (item.mention || (room.direct && item.kind !== 'notice')) room.mentions += 1;
  }
}

function said(chat, message, to = '', text = '') {
  if (!message.source.includes('!') && !chat.isMe(message.nick)) return chat.say(chat.current, text); // the server itself
  if (text[0] === '\x01' && !text.startsWith('\x01ACTION ')) return; // other CTCP is nobody's business here
  const item = chat.item(message);
  if (item.own) chat.prefix = message.source;
  if (item.own) chat.on.echo(message.tags.get('label'));
  const room = chat.isRoom(to) ? chat.room(to) : chat.open(item.own ? to : message.nick);
  if (room?.insert([item]).length) chat.count(room, item);
}

function join(chat, message, name) {
  const own = chat.isMe(message.nick), room = own ? chat.open(name) : chat.room(name);
  if (own) {
    chat.prefix = message.source;
    room.people.clear();
    Object.assign(room, { name, joined: true });
  } else chat.move([room], message.nick, 'joined', message);
  room?.people.set(fold(message.nick), { nick: message.nick, mark: '', away: false });
  if (own) chat.on.joined(room);
}

function gone(chat, message, rooms, nick = '', verb = 'left') {
  for (const room of rooms.filter(Boolean)) {
    room.people.delete(fold(nick));
    room.move(nick, verb, timeOf(message));
    if (!chat.isMe(nick) || room.direct) continue;
    room.joined = false;
    chat.on.left(room, verb !== 'left');
  }
}

function renamed(chat, message, name) {
  const old = message.nick, rooms = chat.with(old);
  if (chat.isMe(old)) chat.me = name;
  for (const room of rooms) {
    const person = room.people.get(fold(old));
    if (room.people.delete(fold(old))) room.people.set(fold(name), { ...person, nick: name });
    if (!room.direct || (chat.room(name) ?? room) !== room) continue;
    chat.rooms.delete(fold(old));
    chat.rooms.set(fold(name), Object.assign(room, { name }));
  }
  chat.move(rooms, old, `is now ${name}`, message);
}

function setAway(chat, nick, away) {
  for (const room of chat.with(nick)) Object.assign(room.people.get(fold(nick)) ?? {}, { away });
}

function topic(chat, message, name, text = '') {
  const room = chat.room(name);
  if (!room) return;
  room.topic = text;
  chat.say(room, text ? `${message.nick} set the topic: ${text}` : `${message.nick} cleared the topic.`, timeOf(message));
}

function names(chat, message, _, __, name, list = '') {
  const room = chat.room(name), marks = /\)(.+)/.exec(chat.support.get('PREFIX'))?.[1] ?? '~&@%+';
  for (const entry of room ? list.split(' ').filter(Boolean) : []) {
    const full = entry.split('!')[0], start = [...full].findIndex(c => !marks.includes(c)), nick = full.slice(start);
    room.people.set(fold(nick), { nick, mark: full.slice(0, start)[0] ?? '', away: room.people.get(fold(nick))?.away ?? false });
  }
}

function batch(chat, message, reference = '', type = '', target = '') {
  const key = reference.slice(1), ended = chat.batches.get(key);
  if (reference[0] === '+') return chat.batches.size < MAX_BATCHES && chat.batches.set(key, { type, target, messages: [] });
  chat.batches.delete(key);
  const room = ended?.type === 'chathistory' && chat.room(ended.target);
  if (room) history(chat, room, ended.messages.filter(({ command }) => /^(PRIVMSG|NOTICE)$/.test(command)).map(m => chat.item(m)));
}

function history(chat, room, items) {
  const missed = room.live > 0; // there was something before: what comes now is new to the reader
  for (const item of room.insert(items, true)) if (missed) chat.count(room, item);
  chat.on.history(room, items);
}

function invited(chat, message, nick, name) {
  if (!chat.isMe(nick)) return chat.say(chat.room(name), `${message.nick} invited ${nick}.`);
  chat.say(chat.current, `${message.nick} invites you to ${name}. Go in with /join ${name}`);
}

const setTopic = (chat, _, __, name, text) => Object.assign(chat.room(name) ?? {}, { topic: text });
const standard = (chat, message, command, ...rest) => (command === 'CHATHISTORY' ? chat.on.refused(rest)
  : chat.on.error(message.params.at(-1) ?? '', message.tags.get('label')));

const HANDLERS = new Map(Object.entries({
  PRIVMSG: said, NOTICE: said, JOIN: join, NICK: renamed, TOPIC: topic, INVITE: invited, BATCH: batch, FAIL: standard, WARN: standard,
  PART: (chat, message, room) => gone(chat, message, [chat.room(room)], message.nick),
  KICK: (chat, message, room, nick) => gone(chat, message, [chat.room(room)], nick, `was removed by ${message.nick}`),
  QUIT: (chat, message) => gone(chat, message, chat.with(message.nick), message.nick),
  AWAY: (chat, message, why) => {
    setAway(chat, message.nick, why !== undefined);
    chat.move(chat.with(message.nick), message.nick, why === undefined ? 'is back' : `is away${why && ` (${why})`}`, message);
  },
  SETNAME: (chat, message, name) => chat.move(chat.with(message.nick), message.nick, `goes by “${name}”`, message),
  NOTE: (chat, message) => chat.say(chat.current, message.params.at(-1)),
  ERROR: (chat, message, text) => chat.on.error(`The server says: ${text}`),
  '001': (chat, message, me) => Object.assign(chat, { me }),
  '005': (chat, message, _, ...list) => list.slice(0, -1).map(token => chat.support.set(...`${token}=`.split('='))),
  305: chat => Object.assign(chat, { away: false }), 306: chat => Object.assign(chat, { away: true }),
  332: setTopic, 331: (chat, message, me, name) => setTopic(chat, message, me, name, ''), 353: names,
  352: (chat, message, ...who) => setAway(chat, who[5] ?? '', who[6]?.[0] === 'G'),
  376: chat => chat.on.ready(), 422: chat => chat.on.ready(),
}));
