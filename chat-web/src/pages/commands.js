// What begins with a slash. Pure: it gives what is to be done, and the page does it.
import { format } from './irc.js';

const elsewhere = { error: 'That works in a room. Open one: /join #lobby' };
const cut = rest => /^(\S*)\s*(.*)$/s.exec(rest).slice(1);
const inRoom = (room, act) => (!room || room.direct ? elsewhere : act());

function who(room) {
  const list = room.listed().map(({ nick, away }) => (away ? `${nick} (away)` : nick));
  return { tell: `${list.length} in ${room.name}: ${list.join(', ')}` };
}

/** Name → how it is written, what it does, and what is to be done: send, post, open, join, leave, tell, error, quit. */
export const COMMANDS = new Map(Object.entries({
  help: ['', 'shows this', () => ({ tell: help() })],
  join: ['#room', 'enters a room, or makes it', rest => {
    const [name, key] = cut(rest), room = /^[#&]/.test(name) ? name : `#${name}`;
    return name ? { join: room, send: format('JOIN', ...[room, key].filter(Boolean)) } : null;
  }],
  part: ['', 'leaves this room or conversation', (rest, room) => (room ? { leave: /^[#&]/.test(rest) ? rest : room.name } : elsewhere)],
  msg: ['name text', 'writes to one person', rest => {
    const [target, text] = cut(rest);
    return target ? { open: target, post: text ? { target, text } : null } : null;
  }],
  me: ['waves', 'says what you do', (rest, room) => (rest && room ? { post: { target: room.name, text: rest, action: true } } : null)],
  nick: ['name', 'changes your name', rest => (rest ? { send: format('NICK', cut(rest)[0]) } : null)],
  topic: ['text', 'says what the room is about', (rest, room) => inRoom(room, () =>
    (rest ? { send: format('TOPIC', room.name, rest) } : { tell: room.topic || 'There is no topic yet.' }))],
  who: ['', 'lists who is here', (rest, room) => inRoom(room, () => who(room))],
  invite: ['name', 'asks somebody in', (rest, room) => inRoom(room, () => (rest ? { send: format('INVITE', cut(rest)[0], room.name) } : null))],
  away: ['reason', 'marks you as away; without a reason, as back', rest => ({ send: rest ? format('AWAY', rest) : 'AWAY' })],
  quit: ['', 'logs you out', () => ({ quit: true })],
}));

const usage = name => `/${name} ${COMMANDS.get(name)[0]}`.trim();
const help = () => ['Enter sends, Shift+Enter begins a line, Tab completes a name, ↑ brings back what you said.',
  ...[...COMMANDS].map(([name, [, does]]) => `${usage(name)} – ${does}`)].join('\n');

/** @param {string} text a line from the box @param {import('./state.js').Room|null} room where it was written */
export function interpret(text, room) {
  const [, word, rest] = /^\/(?!\/)(\S*)\s*(.*)$/s.exec(text) ?? [];
  if (word === undefined) return room ? { post: { target: room.name, text: text.replace(/^\/\//, '/') } } : elsewhere;
  const name = word.toLowerCase(), run = COMMANDS.get(name)?.[2];
  if (!run) return { error: `There is no command /${word}; nothing was sent. /help lists them. To say it as it is: /${text}` };
  return run(rest.trim(), room) ?? { error: `Write it like this: ${usage(name)}` };
}
