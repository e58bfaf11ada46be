// What begins with a slash. Pure: a command gives what is to be done, and the page does it.
import { format } from './irc.js';

const split = rest => {
  const [, first, more] = /^(\S*)\s*(.*)$/s.exec(rest);
  return [first, more];
};
const roomName = name => (/^[#&]/.test(name) ? name : `#${name}`);
const elsewhere = 'Open a room first, or name one: /join #lobby';

/**
 * Each: how it is written, what it does, and what comes of `rest` in `room`.
 * Results: `send` a line, `post` a text to a target, `open` a conversation, `leave` one, `tell` an answer, `error` what is wrong, `quit`.
 */
export const COMMANDS = new Map(Object.entries({
  help: { usage: '/help', does: 'shows this list', run: () => ({ tell: help() }) },
  join: {
    usage: '/join #room', does: 'enters a room, or makes it', run: rest => {
      const [name, key] = split(rest);
      return name ? { join: roomName(name), send: format('JOIN', ...[roomName(name), key].filter(Boolean)) } : null;
    },
  },
  part: {
    usage: '/part', does: 'leaves this room or conversation', run: (rest, room) => {
      const named = /^[#&]/.test(rest), [name, reason] = named ? split(rest) : [room?.name ?? '', rest];
      return name ? { leave: name, reason } : { error: elsewhere };
    },
  },
  msg: {
    usage: '/msg name text', does: 'writes to one person', run: rest => {
      const [name, text] = split(rest);
      return name ? { open: name, post: text ? { target: name, text } : undefined } : null;
    },
  },
  me: {
    usage: '/me waves', does: 'says what you do', run: (rest, room) =>
      (rest && room ? { post: { target: room.name, text: rest, action: true } } : null),
  },
  nick: { usage: '/nick name', does: 'changes your name', run: rest => (rest ? { send: format('NICK', split(rest)[0]) } : null) },
  topic: {
    usage: '/topic text', does: 'sets what the room is about', run: (rest, room) => {
      if (!room || room.direct) return { error: elsewhere };
      return rest ? { send: format('TOPIC', room.name, rest) } : { tell: room.topic ? `The topic is: ${room.topic}` : 'There is no topic. /topic text sets one.' };
    },
  },
  who: {
    usage: '/who', does: 'lists who is here', run: (rest, room) => {
      const name = split(rest)[0] || room?.name;
      return name ? { who: name, send: format('WHO', name) } : { error: elsewhere };
    },
  },
  whois: { usage: '/whois name', does: 'tells about one person', run: rest => (rest ? { send: format('WHOIS', split(rest)[0]) } : null) },
  invite: {
    usage: '/invite name', does: 'asks somebody into this room', run: (rest, room) => {
      const [name, where] = split(rest);
      if (!room || room.direct) return { error: elsewhere };
      return name ? { send: format('INVITE', name, where || room.name) } : null;
    },
  },
  away: { usage: '/away reason', does: 'marks you as away', run: rest => ({ send: format('AWAY', rest || 'away') }) },
  back: { usage: '/back', does: 'marks you as here again', run: () => ({ send: 'AWAY' }) },
  quit: { usage: '/quit', does: 'logs you out', run: () => ({ quit: true }) },
}));

COMMANDS.set('names', { run: COMMANDS.get('who').run });

/** The commands to list: those with a usage. */
export const listed = () => [...COMMANDS.values()].filter(command => command.usage);

function help() {
  return ['Enter sends, Shift+Enter begins a new line, Tab completes a name, ↑ brings back what you said.',
    ...listed().map(({ usage, does }) => `${usage} – ${does}`)].join('\n');
}

/**
 * @param {string} text one line from the box @param {import('./room.js').Room|null} room where it was written
 * @returns {object} what is to be done
 */
export function interpret(text, room) {
  if (!text.startsWith('/') || text.startsWith('//')) return say(text.replace(/^\/\//, '/'), room);
  const [, word, rest] = /^\/(\S*)\s*(.*)$/s.exec(text);
  const command = COMMANDS.get(word.toLowerCase());
  if (!command) return { error: `There is no command /${word}, and nothing was sent. /help lists them; to say it as it is, write /${text}` };
  return command.run(rest.trim(), room) ?? { error: `Write it like this: ${command.usage ?? '/who'}` };
}

function say(text, room) {
  if (!room) return { error: elsewhere };
  return { post: { target: room.name, text } };
}
