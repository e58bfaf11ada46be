// What the page says about itself: the connection, errors, the tab's title and icon.
import { $, say } from './dom.js';
import { clean } from './format.js';

const STATUS_MS = 20_000;
const LINES = new Map(Object.entries({
	connecting: ['Connecting…'], open: ['Connecting…'], ready: [], apart: [], waiting: ['Connection lost', 'Retry now'],
	taken: ['This chat is open in another tab', 'Use it here'], ended: ['You are logged out', 'Log in'], denied: [, 'Try again'],
}));
let ticking, telling;

/** One line about the connection, with the one thing to do. */
export function showState({ state, note, retryAt }) {
	const [text = clean(note), action] = LINES.get(state), waiting = state === 'waiting';
	const tick = () => say('state-wait', waiting ? `reconnecting in ${Math.max(1, Math.ceil((retryAt - Date.now()) / 1000))} s` : '');
	document.body.dataset.state = state;
	clearInterval(ticking);
	if (waiting) ticking = setInterval(tick, 500);
	tick();
	say('state-action', action);
	$('state').className = text ? '' : 'sr'; // not hidden: what appears together with its words may not be read aloud
	$('state-text').textContent = waiting && !navigator.onLine ? 'This device is offline' : text ?? ''; // read aloud once, without the seconds
}

/** An error or a hint; it goes by itself. */
export function tell(text) {
	clearTimeout(telling);
	$('status').textContent = clean(text);
	if (text) telling = setTimeout(tell, STATUS_MS, '');
}

const icon = dot => `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
	+ `<path fill="#0f766e" d="M7 4h18a5 5 0 0 1 5 5v10a5 5 0 0 1-5 5H15l-8 6v-6a5 5 0 0 1-5-5V9a5 5 0 0 1 5-5z"/>${dot}</svg>`)}`;
const QUIET = icon(''), WANTED = icon('<circle cx="24" cy="8" r="8" fill="#e5484d"/>');

/** Somebody wants you: a count in the title, a dot on the icon. */
export function showTitle(chat, title) {
	const rooms = [...chat.rooms.values()], mentions = rooms.reduce((sum, room) => sum + room.mentions, 0);
	const mark = mentions ? `(${mentions}) ` : rooms.some(room => room.unread) ? '• ' : '', href = mentions ? WANTED : QUIET;
	document.title = clean(`${mark}${chat.current ? `${chat.current.name} – ` : ''}${title}`);
	if ($('icon').href !== href) $('icon').href = href;
}
