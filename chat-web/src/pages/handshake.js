// What is said before the welcome: capabilities and the name.
import { format } from './irc.js';

const WANTED = ('message-tags server-time echo-message labeled-response batch away-notify extended-join multi-prefix userhost-in-names '
	+ 'invite-notify setname cap-notify standard-replies draft/chathistory draft/read-marker chat.local/retry').split(' ');

export class Handshake {
	caps = new Set();

	constructor(send) {
		this.send = send;
	}

	start(name) {
		this.caps.clear();
		this.offered = [];
		for (const line of ['CAP LS 302', format('NICK', name), `USER web 0 * :${name}`]) this.send(line);
	}

	/** Whether the message was about capabilities. */
	receive({ command, params: [, verb, ...rest] }) {
		if (command !== 'CAP') return false;
		const list = rest.at(-1).split(' ').map(cap => cap.split('=')[0]);
		if (verb === 'LS') this.offered.push(...list);
		if (verb === 'ACK') list.forEach(cap => this.caps.add(cap));
		if (verb === 'DEL') list.forEach(cap => this.caps.delete(cap));
		const wanted = WANTED.filter(cap => this.offered.includes(cap)).join(' '), more = rest[0] === '*';
		if (verb === 'LS' && wanted && !more) this.send(`CAP REQ :${wanted}`);
		else if (/^(LS|ACK|NAK)$/.test(verb) && !more) this.send('CAP END');
		return true;
	}
}
