// What is said before the welcome: capabilities, then the name.
import { format } from './irc.js';

const WANTED = ['message-tags', 'server-time', 'echo-message', 'labeled-response', 'batch', 'away-notify', 'extended-join', 'multi-prefix',
  'userhost-in-names', 'invite-notify', 'setname', 'cap-notify', 'standard-replies', 'draft/chathistory'];

export class Handshake {
  /** @param {(line: string) => void} send */
  constructor(send) {
    this.send = send;
    this.caps = new Set();
    this.offered = new Set();
    this.done = false;
  }

  /** @param {string} name the session's; the server may answer with another */
  start(name) {
    this.caps.clear();
    this.offered.clear();
    this.done = false;
    this.send('CAP LS 302');
    this.send(format('NICK', name));
    this.send(format('USER', 'web', '0', '*', name));
  }

  /** @param {{command: string, params: string[]}} message @returns {boolean} whether it was about capabilities */
  receive({ command, params }) {
    if (command !== 'CAP') return false;
    const verb = (params[1] ?? '').toUpperCase(), more = params[2] === '*';
    const list = (params.at(-1) ?? '').split(' ').filter(Boolean).map(cap => cap.split('=')[0]);
    if (verb === 'LS' || verb === 'NEW') this.#offer(list, more);
    else if (verb === 'ACK' || verb === 'NAK') this.#answer(verb === 'ACK' ? list : []);
    else if (verb === 'DEL') for (const cap of list) this.caps.delete(cap);
    return true;
  }

  #offer(list, more) {
    for (const cap of list) this.offered.add(cap);
    if (more) return;
    const wanted = WANTED.filter(cap => this.offered.has(cap) && !this.caps.has(cap));
    if (wanted.length) this.send(format('CAP', 'REQ', wanted.join(' ')));
    else this.#answer([]);
  }

  #answer(list) {
    for (const cap of list) this.caps.add(cap);
    if (!this.done) this.send('CAP END');
    this.done = true;
  }
}
