// What is said before the welcome: capabilities and the name.
import { format } from './irc.js';

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
