// The socket, which notices when it is dead and comes back with patience; and what is said on it before the welcome.
import { format } from './irc.js';

const SILENCE_MS = 30_000, ANSWER_MS = 10_000, OFFLINE_MS = 30_000, BASE_MS = 300, LONGEST_MS = 8_000;
const FINAL = new Map([[4001, 'taken'], [4002, 'ended'], [4003, 'ended']]); // close codes after which coming back would be wrong
const NOT_WELCOME = 4500; // from here on they are those of the program around the chat, which does not want us

/** Back-off with full jitter: after a restart, a thousand pages do not come back in one moment. */
export const delay = (attempt, online, random = Math.random) =>
	(online ? random() * Math.min(LONGEST_MS, BASE_MS * 2 ** attempt) : OFFLINE_MS);

/** States: connecting, open, apart (a gateway waits for its relay), ready (registered), waiting (until `retryAt`), taken (by another tab), ended (logged out), denied (`note` says why). */
export class Connection {
	#socket;
	#timer;
	#attempt = 0;
	#opened = false;

	/** `on`: open(), line(text), state(name), refused(). */
	constructor(url, on) {
		Object.assign(this, { url, on, state: '', retryAt: 0, why: '' }); // why: what the login form is to say
		addEventListener('online', () => this.state === 'waiting' && this.open());
	}

	open() {
		this.#drop();
		this.become('connecting');
		const socket = this.#socket = new WebSocket(this.url, ['text.ircv3.net']);
		socket.onopen = () => {
			this.#opened = true;
			this.#listen();
			this.become('open');
			this.on.open();
		};
		socket.onmessage = ({ data }) => {
			this.#listen();
			this.on.line(data);
		};
		socket.onclose = ({ code, reason }) => this.#closed(code, reason);
		this.#after(ANSWER_MS, () => this.#closed());
	}

	/** `note`: what the other side says about being apart, or denied. */
	become(state, note) {
		if (state === 'ready') this.#attempt = 0;
		if (state === 'ended') this.#drop();
		Object.assign(this, { state, note });
		this.on.state(state);
	}

	send(line) {
		if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(line);
	}

	#after(ms, act) {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(act, ms);
	}

	#listen() {
		this.#after(SILENCE_MS, () => {
			this.send('PING alive');
			this.#after(ANSWER_MS, () => this.#closed());
		});
	}

	/** A dead socket may take minutes to say so: it is not listened to any more. */
	#drop() {
		clearTimeout(this.#timer);
		if (!this.#socket) return;
		this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
		this.#socket.close();
	}

	#closed(code, reason) {
		const refused = !this.#opened, wait = delay(this.#attempt, navigator.onLine);
		this.#drop();
		this.#opened = false;
		if (code === 4003) this.why = 'taken';
		if (FINAL.has(code)) return this.become(FINAL.get(code));
		if (code >= NOT_WELCOME) return this.become('denied', reason);
		this.#attempt += 1;
		this.retryAt = Date.now() + wait;
		this.#after(wait, () => this.open());
		this.become('waiting');
		if (refused && this.#attempt > 1) this.on.refused();
	}
}

// --- Before the welcome: capabilities and the name ---

const WANTED = ('message-tags server-time echo-message labeled-response batch away-notify extended-join multi-prefix userhost-in-names '
	+ 'invite-notify setname cap-notify standard-replies draft/chathistory draft/event-playback draft/read-marker draft/message-redaction draft/multiline '
	+ 'soju.im/search chat.local/retry chat.local/crowds').split(' ');

export class Handshake {
	caps = new Map(); // those agreed on, with their values

	constructor(send) {
		this.send = send;
	}

	start(name) {
		this.caps.clear();
		this.offered = new Map();
		for (const line of ['CAP LS 302', format('NICK', name), `USER web 0 * :${name}`]) this.send(line);
	}

	/** Whether the message was about capabilities. */
	receive({ command, params: [, verb, ...rest] }) {
		if (command !== 'CAP') return false;
		const list = rest.at(-1).split(' ').map(cap => /^([^=]*)=?(.*)$/.exec(cap).slice(1));
		for (const [cap, value] of list) {
			if (verb === 'LS') this.offered.set(cap, value);
			if (verb === 'ACK') this.caps.set(cap, this.offered.get(cap) ?? '');
			if (verb === 'DEL') this.caps.delete(cap);
		}
		const wanted = WANTED.filter(cap => this.offered.has(cap)).join(' '), more = rest[0] === '*';
		if (verb === 'LS' && wanted && !more) this.send(`CAP REQ :${wanted}`);
		else if (/^(LS|ACK|NAK)$/.test(verb) && !more) this.send('CAP END');
		return true;
	}
}
