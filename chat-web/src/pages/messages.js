// What is said, and what hangs on it. Pure.
import { joined, timeOf } from './irc.js';
import { byBot, note } from './people.js';
import { hearTyping } from './typing.js';

const STATUS = /^([@+])+(?=#)/; // `@#room` is for those of the room with that mark: STATUSMSG
const WHOLE = new Set(['chathistory', 'draft/chathistory-targets', 'draft/multiline', 'soju.im/search']); // nothing of these is shown before their end

/** The name of the room or conversation to which a message belongs. */
const place = (chat, nick, to) => (chat.isRoom(to) || chat.isMe(nick) ? to : nick);

const other = text => text[0] === '\x01' && !text.startsWith('\x01ACTION '); // a CTCP that is nobody's business here
const answered = tags => tags.get('+reply') ?? tags.get('+draft/reply');

export function item(chat, { command, nick, tags, params: [to = '', said = ''] }, at) {
	const action = /^\x01ACTION ([^\x01]*)/.exec(said), text = action?.[1] ?? said, own = chat.isMe(nick);
	const kind = action ? 'action' : command === 'NOTICE' ? 'notice' : 'post', bot = byBot({ tags });
	return { kind, at, id: tags.get('msgid'), nick, text, own, mention: !own && chat.mentions(text), reply: answered(tags), bot, only: STATUS.exec(to)?.[1] };
}

export function said(chat, message, whom = '', text = '') {
	const to = whom.replace(STATUS, '');
	if (!message.source.includes('!') && !chat.isMe(message.nick)) return chat.current?.say(text); // the server itself
	if (other(text)) return;
	const said = item(chat, message, timeOf(message)), name = place(chat, message.nick, to), room = chat.isRoom(to) ? chat.room(to) : chat.open(name);
	const mine = said.own && chat.pending.take(message.label), one = Object.assign(mine || {}, said, { state: '' }); // the same item: it keeps its row
	one.mention ||= !one.own && Boolean(room?.find(one.reply)?.own);
	if (room) hearTyping(room, message.nick, 'done');
	if (one.bot) note(chat, one.nick, { bot: true });
	if (room?.insert([one]).length) chat.count(room, one);
	if (!one.own) return;
	chat.prefix = message.source;
	chat.on.echo();
}

/** What is not a message itself, but changes one: whether it is that. */
function hang(chat, room, { command, nick, tags, params }, at) {
	const to = answered(tags), on = tags.get('+draft/react'), off = tags.get('+draft/unreact');
	if (command === 'REDACT') {
		const { own, text } = room.find(params[1]) ?? {};
		room.redact(params[1], nick, params[2]);
		chat.on.redacted(room, params[1], own && text);
	} else if (command === 'TAGMSG' && to) room.marks.react(to, on ?? off, { nick, at, on: on !== undefined, id: tags.get('msgid') });
}

export function tags(chat, message, to = '') {
	const { nick } = message, room = chat.room(place(chat, nick, to)), typing = message.tags.get('+typing');
	if (room && typing && !chat.isMe(nick)) hearTyping(room, nick, typing);
	if (room) hang(chat, room, message, timeOf(message));
}

const ENDED = new Map(Object.entries({
	chathistory: past,
	'draft/chathistory-targets': (chat, { messages, label }) => chat.on.callers(messages.map(({ params: [, name, at] }) => ({ name, at: Date.parse(at) })), label),
	'soju.im/search': (chat, { messages, label }) => chat.on.found(messages.map(one => found(chat, one)), label),
	'draft/multiline': (chat, batch) => batch.messages.length && chat.receive(joined(batch)),
}));

const found = (chat, message) => ({ ...item(chat, message, timeOf(message)), room: place(chat, message.nick, (message.params[0] ?? '').replace(STATUS, '')) });

function past(chat, { messages, target, label }) {
	const room = chat.room(target), ids = messages.map(({ tags: all }) => all.get('msgid')).filter(Boolean);
	if (!room) return;
	const posts = messages.filter(({ command, params: [, text = ''] }) => /^(PRIVMSG|NOTICE)$/.test(command) && !other(text)).map(one => item(chat, one, timeOf(one)));
	chat.countPast(room, chat.on.history(room, posts, label, { count: messages.length, first: ids[0], last: ids.at(-1) }));
	for (const one of messages) hang(chat, room, one, timeOf(one));
}

export function batch(chat, message, reference = '', type = '', target = '') {
	const key = reference.slice(1), ended = chat.batches.get(key);
	if (reference[0] === '+') return chat.batches.set(key, { type, target, label: message.label, opening: message, messages: WHOLE.has(type) ? [] : null });
	chat.batches.delete(key);
	ENDED.get(ended?.type)?.(chat, ended);
}
