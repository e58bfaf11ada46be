// What is said before the welcome: capabilities and the name.
import { format } from './irc.js';

const WANTED = ('message-tags server-time echo-message labeled-response batch away-notify extended-join multi-prefix userhost-in-names '
  + 'invite-notify setname cap-notify standard-replies draft/chathistory').split(' ');

export class Handshake {
  /** @param {(line: string) => void} send */
  constructor(send) {
    this.send = send;
    this.caps = new Set();
  }

  start(name) {
    this.caps.clear();
    this.offered = [];
    for (const line of ['CAP LS 302', format('NICK', name), `USER web 0 * :${name}`]) this.send(line);
  }

  /** @returns {boolean} whether the message was about capabilities */
  receive({ command, params: [, verb, ...rest] }) {
    if (command !== 'CAP') return false;
    const list = (rest.at(-1) ?? '').split(' ').map(cap => cap.split('=')[0]);
    if (verb === 'LS') this.#offer(list, rest[0] === '*');
    if (verb === 'DEL') for (const cap of list) this.caps.delete(cap);
    if (verb === 'ACK') for (const cap of list) this.caps.add(cap);
    if (verb === 'ACK' || verb === 'NAK') this.send('CAP END');
    return true;
  }

  #offer(list, more) {
    this.offered.push(...list);
    const wanted = WANTED.filter(cap => this.offered.includes(cap));
    if (!more) this.send(wanted.length ? `CAP REQ :${wanted.join(' ')}` : 'CAP END');
  }
}
