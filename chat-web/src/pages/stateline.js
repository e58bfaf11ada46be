// One line that tells how the connection is, with the one thing to do about it.
import { $, say } from './dom.js';

const LINES = new Map(Object.entries({
  connecting: ['Connecting…'], open: ['Connecting…'], ready: [''],
  taken: ['This chat is now open in another tab.', 'Use it here'],
  ended: ['You are logged out.', 'Log in'],
  lost: ['Connection lost', 'Retry now'], offline: ['This device is offline', 'Retry now'],
}));

export class StateLine {
  #ticking = 0;
  #wasReady = false;

  /** @param {import('./connection.js').Connection} connection @param {() => void} act what the button does */
  constructor(connection, act) {
    this.connection = connection;
    $('state-action').addEventListener('click', act);
  }

  /** @param {string} state of the connection */
  show(state) {
    clearInterval(this.#ticking);
    this.#wasReady ||= state === 'ready';
    const key = state === 'waiting' ? (navigator.onLine ? 'lost' : 'offline') : state;
    const [text, action] = LINES.get(key);
    // Read aloud once: the seconds are beside it, outside what is announced.
    say('state-text', this.#wasReady ? text.replace('Connecting', 'Reconnecting') : text);
    say('state-action', action ?? '');
    say('state-wait', '');
    $('state').hidden = !text;
    document.body.dataset.state = state;
    if (state !== 'waiting') return;
    this.#tick();
    this.#ticking = setInterval(() => this.#tick(), 500);
  }

  #tick() {
    const seconds = Math.max(1, Math.ceil((this.connection.retryAt - Date.now()) / 1000));
    say('state-wait', `reconnecting in ${seconds} s`);
  }
}
