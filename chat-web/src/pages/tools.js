// What may be done with messages and people, and what is told besides: wired together here.
import { Bar } from './bar.js';
import { $ } from './dom.js';
import { replyTags, tagged } from './irc.js';
import { mayModerate } from './modes.js';
import { Search, listen, personMenu, showBans, showKeys } from './sheet.js';
import { drawer } from './sidebar.js';
import { Notifier, tell } from './status.js';

const REDACTION = 'draft/message-redaction', NOT_CONNECTED = 'Not connected. Try again when the connection is back.';

export class Tools {
	/** `page`: chat, composer, log, past, wire, show(room). */
	constructor(page) {
		Object.assign(this, page);
		this.search = new Search(this.wire, { current: () => this.chat.current, jump: (name, id) => this.jump(id, this.chat.isRoom(name) ? this.chat.room(name) ?? null : this.chat.open(name)) });
		this.notifier = new Notifier(this.chat, this.show);
		this.bar = new Bar({
			may: item => this.#may(item), reply: item => this.composer.answer(item), react: (item, reaction) => this.react(item, reaction),
			remove: item => this.wire.send(`REDACT ${this.chat.current.name} ${item.id}`), back: () => this.composer.focus(),
		});
		listen({ step: by => this.#step(by), unread: () => this.#unread(), reply: () => this.#reply(), search: () => this.search.open(), box: () => this.composer.focus() });
		$('keys').onclick = showKeys;
		$('bans').onclick = () => this.wire.send(`MODE ${this.chat.current.name} b`);
		$('log').addEventListener('click', ({ target }) => target.closest('.author, .avatar') && this.person(target.closest('.message').item.nick, target));
	}

	/** What may be done with a message, by name. */
	#may({ id, own, removed }) {
		const { chat, wire: { caps } } = this, tags = caps.has('message-tags');
		if (!id || removed || !this.wire.connected()) return [];
		return [tags && 'reply', tags && 'react', caps.has(REDACTION) && (own || mayModerate(chat, chat.current)) && 'remove'].filter(Boolean);
	}

	/** A reaction, or the end of it. */
	react({ id }, reaction) {
		const { chat, wire } = this, room = chat.current, has = room.marks.of(id).some(([one, nicks]) => one === reaction && nicks.some(chat.isMe));
		if (!wire.connected()) return tell(NOT_CONNECTED);
		wire.send(tagged({ ...replyTags(id), [has ? '+draft/unreact' : '+draft/react']: reaction }, `TAGMSG ${room.name}`));
	}

	/** Shows a message, which may be far up. */
	jump(id, room = this.chat.current) {
		if (!room) return tell('You are not in that room any more.');
		if (room !== this.chat.current) this.show(room);
		if (!room.find(id) && !this.wire.connected()) return tell(NOT_CONNECTED);
		this.log.jump(id);
		if (!room.find(id)) this.past.around(room, id, is => is || this.log.jump('') || tell('That message is not kept any more.'));
	}

	person(nick, anchor) {
		personMenu(this.chat, nick, anchor, {
			open: name => this.show(this.chat.open(name)), mention: name => (drawer(), this.composer.insert(`@${name} `)), send: this.wire.send,
		});
	}

	bans = (room, bans, letter) => showBans(room, bans, letter, this.wire);

	redacted(id, text) {
		this.composer.redacted(id, text);
		this.notifier.redacted(id);
	}

	/** What is shown follows what may be done. */
	draw() {
		const { current } = this.chat;
		this.bar.stay();
		$('find').hidden = !this.search.able;
		$('bans').hidden = !current || !mayModerate(this.chat, current);
	}

	/** The rooms in the order of the list. */
	get #rooms() {
		return [...this.chat.rooms.values()].sort((a, b) => a.direct - b.direct);
	}

	#step(by) {
		const rooms = this.#rooms, at = rooms.indexOf(this.chat.current);
		if (rooms.length > 1) this.show(rooms.at((at + by) % rooms.length));
	}

	#unread() {
		const rooms = this.#rooms, at = rooms.indexOf(this.chat.current), next = [...rooms.slice(at + 1), ...rooms.slice(0, at + 1)];
		const room = next.find(({ mentions }) => mentions) ?? next.find(({ unread }) => unread);
		if (room) this.show(room);
	}

	#reply() {
		const marked = document.activeElement.item, item = marked ?? this.chat.current?.items.findLast(({ id, nick, own, removed }) => id && nick && !own && !removed);
		if (item && this.#may(item).includes('reply')) this.composer.answer(item);
	}
}
