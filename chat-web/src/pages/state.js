// What the page knows: itself, the rooms, the people. Pure: each line received gives a list of changes for the view.
import { fold } from './irc.js';
import { mentions } from './format.js';
import { Room } from './room.js';
import { explain, information } from './replies.js';

const MAX_DIRECT = 100, MAX_BATCHES = 32; // strangers open these, so there is an end to them

/**
 * @typedef {object} Change
 * @property {'welcome'|'ready'|'me'|'rooms'|'people'|'topic'|'item'|'folded'|'history'|'joined'|'echo'|'error'|'refused'} what
 * @property {Room} [room] @property {import('./room.js').Item} [item] @property {string} [text] @property {string} [label]
 */

export class Chat {
  /** @param {string} me the name of the session until the server tells the true one */
  constructor(me) {
    this.me = me;
    this.prefix = ''; // nick!user@host, as others see us
    this.rooms = new Map();
    this.current = null;
    this.focused = true;
    this.away = false;
    this.support = new Map();
    this.asked = new Set(); // WHO replies that a person asked for
    this.restart();
  }

  /** A new connection: nothing of the old one is still under way. */
  restart() {
    this.batches = new Map();
    this.lists = new Map();
    this.changes = [];
    for (const room of this.rooms.values()) room.restart();
  }

  /** The line is gone; what we know stays on the page. */
  disconnected() {
    for (const room of this.rooms.values()) room.joined = false;
  }

  isMe(nick) {
    return fold(nick) === fold(this.me);
  }

  isRoom(name) {
    return name !== '' && (this.support.get('CHANTYPES') ?? '#&').includes(name[0]);
  }

  room(name) {
    return this.rooms.get(fold(name));
  }

  /** @param {string} name of a room or of a person @returns {Room} */
  open(name) {
    const known = this.room(name);
    if (known) return known;
    const room = new Room(name, !this.isRoom(name));
    this.rooms.set(fold(name), room);
    if (room.direct) this.#forgetOldest();
    return room;
  }

  close(name) {
    this.rooms.delete(fold(name));
  }

  #forgetOldest() {
    const direct = [...this.rooms].filter(([, room]) => room.direct && room !== this.current);
    if (direct.length > MAX_DIRECT) this.rooms.delete(direct[0][0]);
  }

  /** @returns {{prefixes: string}} marks that NAMES puts before a name */
  get prefixes() {
    return /\)(.*)/.exec(this.support.get('PREFIX') ?? '')?.[1] || '~&@%+';
  }

  change(what, more = {}) {
    this.changes.push({ what, ...more });
  }

  /** @param {ReturnType<import('./irc.js').parse>} message @param {number} now @returns {Change[]} */
  receive(message, now = Date.now()) {
    this.changes = [];
    const batch = this.batches.get(message.tags.get('batch'));
    if (batch?.type === 'chathistory' && message.command !== 'BATCH') batch.messages.push(message);
    else this.#handle(message, now);
    return this.changes;
  }

  #handle(message, now) {
    const at = Date.parse(message.tags.get('time') ?? '') || now;
    const handler = HANDLERS.get(message.command);
    if (handler) handler(this, message, at);
    else if (explain(message)) this.change('error', { text: explain(message), label: message.tags.get('label') });
    else if (information(message)) this.say(this.current, information(message), at);
  }

  /** A line of the page's own, between what people say. */
  say(room, text, at = Date.now()) {
    if (room) this.put(room, { kind: 'system', at, text });
  }

  put(room, item) {
    if (room.add(item)) this.change('item', { room, item });
  }

  /** @returns {import('./room.js').Item} */
  item(message, at) {
    const [, text = ''] = message.params;
    const action = /^\x01ACTION ([^\x01]*)/s.exec(text);
    const own = this.isMe(message.nick);
    return {
      kind: action ? 'action' : message.command === 'NOTICE' ? 'notice' : 'post',
      at, own, nick: message.nick, id: message.tags.get('msgid'), text: action ? action[1] : text,
      mention: !own && mentions(action ? action[1] : text, this.me),
    };
  }

  count(room, item) {
    if (item.own || (room === this.current && this.focused)) return;
    room.unread += 1;
    if (item.mention || (room.direct && item.kind !== 'notice')) room.mentions += 1;
    this.change('rooms');
  }

  /** Tells a presence in the rooms where the person was. */
  move(rooms, nick, verb, at) {
    for (const room of rooms) {
      const { item, folded } = room.move(nick, verb, at);
      this.change(folded ? 'folded' : 'item', { room, item });
      this.change('people', { room });
    }
  }

  with(nick) {
    return [...this.rooms.values()].filter(room => room.people.has(fold(nick)) || (room.direct && fold(room.name) === fold(nick)));
  }

  leave(room, nick) {
    room.people.delete(fold(nick));
  }
}

function said(chat, message, at) {
  const target = (message.params[0] ?? '').replace(/^[~&@%+]+(?=[#&])/, '');
  const text = message.params[1] ?? '';
  if (message.source === '' || (!message.source.includes('!') && message.nick.includes('.'))) return chat.say(chat.current, text, at);
  if (text[0] === '\x01' && !text.startsWith('\x01ACTION ')) return; // other CTCP requests are nobody's business here
  const item = chat.item(message, at);
  const room = chat.isRoom(target) ? chat.room(target) : chat.open(item.own ? target : message.nick);
  if (item.own) chat.change('echo', { label: message.tags.get('label') });
  if (!room || !room.add(item)) return;
  if (room.items.length === 1) chat.change('rooms');
  chat.count(room, item);
  chat.change('item', { room, item });
}

function join(chat, message, at) {
  const room = chat.isMe(message.nick) ? chat.open(message.params[0]) : chat.room(message.params[0]);
  if (!room) return;
  room.people.set(fold(message.nick), { nick: message.nick, prefix: '', away: false });
  if (!chat.isMe(message.nick)) return chat.move([room], message.nick, 'joined', at);
  if (message.source.includes('!')) chat.prefix = message.source;
  room.name = message.params[0];
  room.joined = true;
  chat.change('joined', { room });
  chat.change('rooms');
}

function gone(chat, room, nick, at, told) {
  if (chat.isMe(nick)) {
    room.joined = false;
    room.people.clear();
    chat.say(room, told ?? 'You left.', at);
    return chat.change('left', { room, told });
  }
  chat.leave(room, nick);
  chat.move([room], nick, 'left', at);
}

function part(chat, message, at) {
  const room = chat.room(message.params[0] ?? '');
  if (room) gone(chat, room, message.nick, at);
}

function kick(chat, message, at) {
  const [name = '', nick = '', reason = ''] = message.params;
  const room = chat.room(name);
  if (room) gone(chat, room, nick, at, `You were removed by ${message.nick}${reason && `: ${reason}`}. /join ${name} to come back, if you may.`);
}

function quit(chat, message, at) {
  const rooms = chat.with(message.nick);
  for (const room of rooms) chat.leave(room, message.nick);
  chat.move(rooms, message.nick, 'left', at);
}

function nick(chat, message, at) {
  const old = message.nick, name = message.params[0] ?? old;
  const rooms = chat.with(old);
  for (const room of rooms) {
    const person = room.people.get(fold(old));
    chat.leave(room, old);
    if (person) room.people.set(fold(name), { ...person, nick: name });
    if (room.direct && !chat.room(name)) rename(chat, room, old, name);
  }
  if (chat.isMe(old)) {
    chat.me = name;
    chat.change('me');
  }
  chat.move(rooms, old, `is now ${name}`, at);
}

function rename(chat, room, old, name) {
  chat.close(old);
  room.name = name;
  chat.rooms.set(fold(name), room);
  chat.change('rooms');
}

function away(chat, message, at) {
  const reason = message.params[0] ?? '';
  const rooms = chat.with(message.nick);
  for (const room of rooms) setAway(room, message.nick, message.params.length > 0);
  chat.move(rooms, message.nick, message.params.length ? `is away${reason && ` (${reason})`}` : 'is back', at);
}

function setAway(room, nick, isAway) {
  const person = room.people.get(fold(nick));
  if (person) person.away = isAway;
  else if (room.direct) room.away = isAway;
}

function topic(chat, message, at) {
  const room = chat.room(message.params[0] ?? '');
  if (!room) return;
  room.topic = message.params[1] ?? '';
  chat.change('topic', { room });
  chat.say(room, room.topic ? `${message.nick} set the topic: ${room.topic}` : `${message.nick} cleared the topic.`, at);
}

function topicIs(chat, message) {
  const room = chat.room(message.params[1] ?? '');
  if (!room) return;
  room.topic = message.command === '332' ? message.params[2] ?? '' : '';
  chat.change('topic', { room });
}

function names(chat, message) {
  const room = chat.room(message.params[2] ?? '');
  if (!room) return;
  room.naming ??= new Map();
  for (const entry of (message.params[3] ?? '').split(' ').filter(Boolean)) {
    const [name] = entry.split('!');
    const bare = [...name].findIndex(mark => !chat.prefixes.includes(mark));
    const person = { nick: name.slice(bare), prefix: name.slice(0, Math.max(0, bare))[0] ?? '' };
    room.naming.set(fold(person.nick), { ...person, away: room.people.get(fold(person.nick))?.away ?? false });
  }
}

function endOfNames(chat, message) {
  const room = chat.room(message.params[1] ?? '');
  if (!room?.naming) return;
  room.people = room.naming;
  room.naming = null;
  chat.change('people', { room });
}

function who(chat, message) {
  const [, name = '', , , , person = '', flags = ''] = message.params;
  for (const room of chat.with(person)) setAway(room, person, flags[0] === 'G');
  const list = chat.lists.get(fold(name)) ?? [];
  chat.lists.set(fold(name), [...list, flags[0] === 'G' ? `${person} (away)` : person]);
}

function endOfWho(chat, message, at) {
  const name = message.params[1] ?? '', list = chat.lists.get(fold(name)) ?? [];
  chat.lists.delete(fold(name));
  if (chat.room(name)) chat.change('people', { room: chat.room(name) });
  if (!chat.asked.delete(fold(name))) return;
  chat.say(chat.current, list.length ? `${list.length} in ${name}: ${list.join(', ')}` : `Nobody is in ${name}.`, at);
}

function batch(chat, message, at) {
  const [reference = '', type, target = ''] = message.params, key = reference.slice(1);
  if (reference[0] === '+' && chat.batches.size < MAX_BATCHES) return chat.batches.set(key, { type, target, messages: [] });
  const ended = chat.batches.get(key);
  chat.batches.delete(key);
  if (ended?.type === 'chathistory') history(chat, ended, at);
}

function history(chat, { target, messages }, at) {
  const room = chat.room(target);
  if (!room) return;
  const missed = room.lastId !== undefined && room.live > 0;
  const items = messages.filter(m => m.command === 'PRIVMSG' || m.command === 'NOTICE')
    .map(m => chat.item(m, Date.parse(m.tags.get('time') ?? '') || at));
  const fresh = room.insert(items);
  if (missed) for (const item of fresh) chat.count(room, item);
  chat.change('history', { room, fresh, size: messages.length, lastId: items.findLast(item => item.id)?.id });
}

function supported(chat, message) {
  for (const token of message.params.slice(1, -1)) {
    const [name, value = ''] = token.split('=');
    chat.support.set(name, value);
  }
}

function standardReply(chat, message, at) {
  const [command = '', code = ''] = message.params, text = message.params.at(-1) ?? '';
  if (command === 'CHATHISTORY') return chat.change('refused', { code, params: message.params });
  if (message.command === 'NOTE') return chat.say(chat.current, text, at);
  chat.change('error', { text, label: message.tags.get('label') });
}

const HANDLERS = new Map(Object.entries({
  PRIVMSG: said, NOTICE: said, JOIN: join, PART: part, KICK: kick, QUIT: quit, NICK: nick, AWAY: away, TOPIC: topic, BATCH: batch,
  FAIL: standardReply, WARN: standardReply, NOTE: standardReply,
  '001': (chat, message) => {
    chat.me = message.params[0];
    chat.change('me');
    chat.change('welcome');
  },
  '005': supported, 331: topicIs, 332: topicIs, 353: names, 366: endOfNames, 352: who, 315: endOfWho,
  305: chat => Object.assign(chat, { away: false }).change('me'),
  306: chat => Object.assign(chat, { away: true }).change('me'),
  376: chat => chat.change('ready'), 422: chat => chat.change('ready'),
  INVITE: (chat, message, at) => chat.say(chat.isMe(message.params[0]) ? chat.current : chat.room(message.params[1]) ?? chat.current,
    chat.isMe(message.params[0]) ? `${message.nick} invites you to ${message.params[1]}. Go there with /join ${message.params[1]}`
      : `${message.nick} invited ${message.params[0]} to ${message.params[1]}.`, at),
  SETNAME: (chat, message, at) => chat.move(chat.with(message.nick), message.nick, `goes by “${message.params[0] ?? ''}”`, at),
  MODE: (chat, message, at) => chat.room(message.params[0] ?? '')
    && chat.say(chat.room(message.params[0]), `${message.nick} set ${message.params.slice(1).join(' ')}`, at),
  ERROR: (chat, message) => chat.change('error', { text: `The server says: ${message.params[0] ?? ''}` }),
}));
