// The socket: opens it, notices when it is dead, and comes back with patience.

const SILENCE_MS = 30_000, ANSWER_MS = 10_000, OFFLINE_MS = 30_000, OPENING_MS = 15_000;
const BASE_MS = 300, LONGEST_MS = 8_000;

/** The server's close codes after which coming back would be wrong. */
const FINAL = new Map([[4001, 'taken'], [4002, 'ended']]);

/**
 * Exponential back-off with full jitter: after a restart, a thousand pages do not come back in the same moment.
 * @param {number} attempt 0 for the first @param {boolean} online what the browser believes @param {() => number} random
 */
export function delay(attempt, online = true, random = Math.random) {
  return online ? random() * Math.min(LONGEST_MS, BASE_MS * 2 ** attempt) : OFFLINE_MS;
}

/** States: connecting, open, ready (registered), waiting (until `retryAt`), taken (by another tab), ended (logged out). */
export class Connection {
  #socket = null;
  #timer = 0;
  #attempt = 0;
  #opened = false;

  /** @param {string} url @param {{open(): void, line(text: string): void, state(name: string): void, refused(): void}} on */
  constructor(url, on) {
    this.url = url;
    this.on = on;
    this.state = 'connecting';
    this.retryAt = 0;
    addEventListener('online', () => this.state === 'waiting' && this.open());
    // A laptop that wakes up has a socket that looks open: ask now, not after the next silence.
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#heard !== 0 && this.#beat());
  }

  #heard = 0;

  open() {
    this.#drop();
    this.#opened = false;
    this.#become('connecting');
    const socket = new WebSocket(this.url, ['text.ircv3.net']);
    this.#socket = socket;
    socket.onopen = () => this.#hasOpened();
    socket.onmessage = event => this.#hear(event.data);
    socket.onclose = event => this.#closed(event.code);
    this.#after(OPENING_MS, () => this.#closed(0));
  }

  /** Registered: the next loss starts with short delays again. */
  ready() {
    this.#attempt = 0;
    this.#become('ready');
  }

  /** @param {string} line @returns {boolean} whether it was handed to an open socket */
  send(line) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(line);
    return true;
  }

  /** For good: the page is about to leave. */
  end() {
    this.#drop();
    this.#become('ended');
  }

  #become(state) {
    this.state = state;
    this.on.state(state);
  }

  #after(ms, act) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, ms);
  }

  #hasOpened() {
    this.#opened = true;
    this.#become('open');
    this.#listen();
    this.on.open();
  }

  #hear(data) {
    this.#listen();
    if (typeof data === 'string') this.on.line(data);
  }

  #listen() {
    this.#heard = Date.now();
    this.#after(SILENCE_MS, () => this.#ask());
  }

  #beat() {
    if (Date.now() - this.#heard > SILENCE_MS && this.#opened) this.#ask();
  }

  #ask() {
    this.send('PING alive');
    this.#after(ANSWER_MS, () => this.#closed(0));
  }

  /** Forgets the socket. A dead one may take minutes to say so itself. */
  #drop() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #closed(code) {
    const refused = !this.#opened;
    this.#drop();
    this.#opened = false;
    if (FINAL.has(code)) return this.#become(FINAL.get(code));
    const wait = delay(this.#attempt, navigator.onLine);
    this.#attempt += 1;
    this.retryAt = Date.now() + wait;
    this.#after(wait, () => this.open());
    this.#become('waiting');
    if (refused && this.#attempt > 1) this.on.refused();
  }
}
