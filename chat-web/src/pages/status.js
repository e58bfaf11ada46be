// What the page says about itself: the line of the connection, errors, the tab's title and icon.
import { $, say } from './dom.js';

const STATUS_MS = 20_000;
const LINES = new Map(Object.entries({
  connecting: ['Connecting…'], open: ['Connecting…'], lost: ['Connection lost', 'Retry now'], offline: ['This device is offline', 'Retry now'],
  taken: ['This chat is open in another tab', 'Use it here'], ended: ['You are logged out', 'Log in'],
}));
let ticking, telling;

/** One line, with the one thing to do. @param {import('./connection.js').Connection} connection */
export function showState({ state, retryAt }) {
  const waiting = state === 'waiting', [text, action] = LINES.get(waiting ? (navigator.onLine ? 'lost' : 'offline') : state) ?? [];
  const tick = () => say('state-wait', waiting ? `reconnecting in ${Math.max(1, Math.ceil((retryAt - Date.now()) / 1000))} s` : '');
  document.body.dataset.state = state;
  clearInterval(ticking);
  if (waiting) ticking = setInterval(tick, 500);
  tick();
  say('state-action', action);
  $('state').hidden = !text;
  $('state-text').textContent = text ?? ''; // read aloud once; the seconds are outside of it
}

/** @param {string} text an error or a hint; it goes by itself */
export function tell(text) {
  clearTimeout(telling);
  $('status').textContent = text;
  if (text) telling = setTimeout(tell, STATUS_MS, '');
}

const icon = dot => `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
  + `<path fill="#0f766e" d="M7 4h18a5 5 0 0 1 5 5v10a5 5 0 0 1-5 5H15l-8 6v-6a5 5 0 0 1-5-5V9a5 5 0 0 1 5-5z"/>${dot}</svg>`)}`;
const QUIET = icon(''), WANTED = icon('<circle cx="25" cy="7" r="7" fill="#e5484d"/>');

/** Somebody wants you: a count in the title, a dot on the icon. @param {import('./state.js').Chat} chat */
export function showTitle(chat, title) {
  const sum = key => [...chat.rooms.values()].reduce((total, room) => total + room[key], 0), mentions = sum('mentions');
  const mark = mentions ? `(${mentions}) ` : sum('unread') ? '• ' : '', href = mentions ? WANTED : QUIET;
  document.title = `${mark}${chat.current ? `${chat.current.name} – ` : ''}${title}`;
  if ($('icon').href !== href) $('icon').href = href;
}
