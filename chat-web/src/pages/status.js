// What the page says about itself: the connection, errors, the tab's title and icon, notifications.
import { $, el, say } from './dom.js';
import { clean } from './format.js';
import * as store from './store.js';

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

const ICON = '/assets/icon.svg';
let dotted = false;

/** The picture of the chat with a dot. It is the first of the page; one that the browser cannot read is left out. */
function withDot() {
	const canvas = Object.assign(el('canvas', ''), { width: 32, height: 32 }), pen = canvas.getContext('2d'), [picture] = document.images;
	if (picture.naturalWidth) pen.drawImage(picture, 0, 0, 32, 32);
	pen.fillStyle = '#e5484d';
	pen.arc(24, 8, 8, 0, 7);
	pen.fill();
	return canvas.toDataURL();
}

/** Somebody wants you: a count in the title, a dot on the icon. */
export function showTitle(chat, title) {
	const rooms = [...chat.rooms.values()], mentions = rooms.reduce((sum, room) => sum + room.mentions, 0);
	const mark = mentions ? `(${mentions}) ` : rooms.some(room => room.unread) ? '• ' : '';
	document.title = clean(`${mark}${chat.current ? `${chat.current.name} – ` : ''}${title}`);
	if (dotted !== mentions > 0) $('icon').href = (dotted = mentions > 0) ? withDot() : ICON;
}

const TELLS = new Map(Object.entries({
	off: 'Notifications are off', text: 'Notifications are on', names: 'Notifications are on, without what was said',
}));
const NEXT = { off: 'text', text: 'names', names: 'off' };

/** The browser tells of mentions and direct messages while nobody looks. It is asked for only when somebody wants it. */
export class Notifier {
	#shown = new Map(); // id of a message → its notification

	/** `open(room)` shows a room. */
	constructor(chat, open) {
		Object.assign(this, { chat, open });
		$('bell').hidden = !globalThis.Notification; // the browser has none where the page is not safe
		$('bell').onclick = () => this.#turn();
		this.#draw();
	}

	get #state() {
		const kept = store.read('notify', ''), granted = globalThis.Notification?.permission === 'granted';
		return granted && TELLS.has(kept) ? kept : 'off';
	}

	async #turn() {
		const next = NEXT[this.#state], allowed = next === 'off' || await Notification.requestPermission() === 'granted';
		if (allowed) store.write('notify', '', next);
		tell(allowed ? `${TELLS.get(next)}.` : 'Allow notifications for this page in the browser’s settings first.');
		this.#draw();
	}

	#draw() {
		const state = this.#state, text = TELLS.get(state);
		Object.assign($('bell'), { ariaLabel: text, title: text, className: `tool bell-${state}` });
	}

	/** Somebody wants us. One notification for each room. */
	wanted(room, { id, nick, text }) {
		if (this.#state === 'off' || this.chat.focused) return;
		const said = this.#state === 'text' ? { body: clean(text) } : {};
		let one;
		try {
			one = new Notification(clean(room.direct ? nick : `${nick} in ${room.name}`), { tag: room.name, icon: ICON, ...said });
		} catch {
			return; // Chrome on Android has the name, and throws
		}
		one.onclick = () => {
			focus();
			this.open(room);
			one.close();
		};
		one.onclose = () => this.#shown.delete(id);
		this.#shown.set(id, one);
	}

	/** What was deleted is not shown here either. */
	redacted(id) {
		this.#shown.get(id)?.close();
	}
}
