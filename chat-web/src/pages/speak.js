// What a person writes in the box → what is done.
import { $ } from './dom.js';
import { LINE_BYTES, bounds, byteLength, format, trim } from './irc.js';
import { interpret, isSecret } from './commands.js';
import { tell } from './status.js';

const MOST = 20;
const AWAY = ['taken', 'ended', 'denied'];

export class Speaker {
	/** `on`: show(room), close(room), draw(), list(), go(name): a room is to be shown as soon as we are in it. */
	constructor({ chat, sender, connection, caps, send }, on) {
		Object.assign(this, { chat, sender, connection, caps, send, on });
	}

	/** The text of the box: whether it was taken. `reply`: the message that it answers. */
	submit(text, reply) {
		const lines = this.#lines(text), results = lines.map(line => interpret(line, this.chat.current));
		const posts = this.sender.count(results.flatMap(({ post }) => post || [])), count = Math.max(posts, lines.length);
		const why = count > MOST ? `That would be ${count} messages. Send at most ${MOST} at a time.`
			: results.find(result => result.error)?.error ?? this.#hindrance(results, posts);
		tell(why);
		if (why) return false;
		const first = results.find(({ post }) => post?.target === this.chat.current?.name);
		if (first && reply) first.post.reply = reply;
		results.forEach(result => this.#carryOut(result));
		this.on.draw();
		return true;
	}

	/** Where the server takes several lines as one message they stay together, unless they are commands, or one holds a password. */
	#lines(text) {
		if (bounds(this.caps) && !/^\s*\/(?!\/)/.test(text) && !isSecret(text)) return [trim(text)];
		const fenced = text.replace(/```\w*\n([^]*?)\n```/g, (_, code) => code.replace(/^/gm, '\x11')); // IRC's monospace: a line is a message
		return fenced.split('\n').filter(line => line.trim());
	}

	/** Why none of this can be done now, or ''. Messages can wait for the connection, commands cannot. */
	#hindrance(results, posts) {
		const { state } = this.connection;
		if (AWAY.includes(state)) return 'You are not in the chat here. Your text stays in the box.';
		if (state !== 'ready' && results.some(({ tell: told, post }) => !told && !post)) return 'Not connected. Commands wait in the box until you are.';
		if (results.some(({ send }) => send && byteLength(send) > LINE_BYTES)) return 'That command is too long. Make it shorter.';
		return this.chat.pending.fits(posts) ? '' : 'Too many messages wait to be sent. Your text stays in the box.';
	}

	#carryOut({ tell: text, join, list, open, post, send, leave, quit }) {
		const { chat, on } = this, left = chat.room(leave);
		if (text) chat.current?.say(text);
		if (join) on.go(join);
		if (list) on.list();
		if (chat.room(join)?.joined) on.show(chat.room(join));
		if (open) on.show(chat.open(open));
		if (post) this.sender.say(post);
		if (send) this.send(send);
		if (left?.joined) this.send(format('PART', leave));
		else if (left) on.close(left);
		if (quit) $('logout').requestSubmit();
	}
}
