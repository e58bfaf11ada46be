// What was sent and not yet confirmed. The echo of a message is its acknowledgement; a label tells which one it answers.
import { byteLength, format, labelled, LINE_BYTES, splitText } from './irc.js';

/** The host part may be unknown before the first join; others then see a prefix of at most this. */
const PREFIX_BYTES = 100;

export class Outbox {
  #waiting = new Map();
  #count = 0;

  /** @param {(line: string) => boolean} send @param {() => string} prefix nick!user@host as others see it */
  constructor(send, prefix) {
    this.send = send;
    this.prefix = prefix;
  }

  /** @param {{target: string, text: string, action?: boolean}} post */
  post({ target, text, action }) {
    for (const part of splitText(text, this.#room(target, action))) {
      const label = `m${this.#count += 1}`;
      this.#waiting.set(label, { target, text: action ? `/me ${part}` : part });
      this.send(labelled(label, format('PRIVMSG', target, action ? `\x01ACTION ${part}\x01` : part)));
    }
  }

  /** The server passes the line on with our prefix before it, and cuts what is too long then. */
  #room(target, action) {
    const prefix = byteLength(this.prefix()) || PREFIX_BYTES;
    return LINE_BYTES - byteLength(`: PRIVMSG ${target} :`) - prefix - (action ? 9 : 0);
  }

  /** @param {string|undefined} label of an echo or an error @returns {{target: string, text: string}|undefined} */
  answered(label) {
    const post = this.#waiting.get(label);
    this.#waiting.delete(label);
    return post;
  }

  /** The connection is lost: what nobody has confirmed, oldest first. */
  lost() {
    const posts = [...this.#waiting.values()];
    this.#waiting.clear();
    return posts;
  }
}
