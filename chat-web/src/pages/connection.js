// The socket: notices when it is dead, and comes back with patience.

const SILENCE_MS = 30_000, ANSWER_MS = 10_000, OFFLINE_MS = 30_000, OPENING_MS = 15_000, BASE_MS = 300, LONGEST_MS = 8_000;
const FINAL = new Map([[4001, 'taken'], [4002, 'ended']]); // close codes after which coming back would be wrong

/** Back-off with full jitter: after a restart, a thousand pages do not come back in one moment. */
export const delay = (attempt, online, random = Math.random) =>
  (online ? random() * Math.min(LONGEST_MS, BASE_MS * 2 ** attempt) : OFFLINE_MS);

/** States: connecting, open, ready (registered), waiting (until `retryAt`), taken (by another tab), ended (logged out). */
export class Connection {
  #socket;
  #timer;
  #attempt = 0;
  #heard = 0;

  /** @param {string} url @param {{open(): void, line(line: string): void, state(name: string): void, refused(): void}} on */
  constructor(url, on) {
    Object.assign(this, { url, on, state: '', retryAt: 0 });
    addEventListener('online', () => this.state === 'waiting' && this.open());
    // After a sleep the socket looks open: ask at once.
    document.addEventListener('visibilitychange', () => this.#heard && Date.now() - this.#heard > SILENCE_MS && this.#ask());
  }

  open() {
    this.#drop();
    this.become('connecting');
    const socket = this.#socket = new WebSocket(this.url, ['text.ircv3.net']);
    socket.onopen = () => {
      this.#listen();
      this.become('open');
      this.on.open();
    };
    socket.onmessage = ({ data }) => {
      this.#listen();
      this.on.line(String(data));
    };
    socket.onclose = ({ code }) => this.#closed(code);
    this.#after(OPENING_MS, () => this.#closed());
  }

  /** @param {string} state */
  become(state) {
    if (state === 'ready') this.#attempt = 0;
    if (state === 'ended') this.#drop();
    this.state = state;
    this.on.state(state);
  }

  /** @param {string} line */
  send(line) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(line);
  }

  #after(ms, act) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, ms);
  }

  #listen() {
    this.#heard = Date.now();
    this.#after(SILENCE_MS, () => this.#ask());
  }

  #ask() {
    this.send('PING alive');
    this.#after(ANSWER_MS, () => this.#closed());
  }

  /** A dead socket may take minutes to say so: it is not listened to any more. */
  #drop() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    if (socket) socket.onopen = socket.onmessage = socket.onclose = null;
    socket?.close();
  }

  #closed(code) {
    const refused = !this.#heard;
    this.#heard = 0;
    this.#drop();
    if (FINAL.has(code)) return this.become(FINAL.get(code));
    const wait = delay(this.#attempt, navigator.onLine);
    this.#attempt += 1;
    this.retryAt = Date.now() + wait;
    this.#after(wait, () => this.open());
    this.become('waiting');
    if (refused && this.#attempt > 1) this.on.refused();
  }
}
