// What was sent and not yet confirmed. The echo of a message is its acknowledgement; a label tells which one it answers.
import { messageLines } from './irc.js';

export class Outbox {
  #waiting = new Map();
  #count = 0;

  /** @param {(line: string) => void} send */
  constructor(send) {
    this.send = send;
  }

  /** @param {{target: string, text: string, action?: boolean}} post @param {string} prefix as others see us */
  post({ target, text, action }, prefix) {
    for (const { part, line } of messageLines(target, text, action, prefix)) {
      const label = `m${this.#count += 1}`;
      this.#waiting.set(label, { target, text: action ? `/me ${part}` : part });
      this.send(`@label=${label} ${line}`);
    }
  }

  /** @returns {{target: string, text: string}|undefined} the message that an echo or an error answers */
  answered(label) {
    const post = this.#waiting.get(label);
    this.#waiting.delete(label);
    return post;
  }

  /** The connection is lost: what nobody confirmed. */
  lost() {
    return [...this.#waiting.keys()].map(label => this.answered(label));
  }
}
