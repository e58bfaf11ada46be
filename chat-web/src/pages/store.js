// What the browser keeps for a name. It may refuse to (private mode, no place left): then it is as if nothing had been kept.
import { fold } from './irc.js';

const key = (what, name) => `chat:${what}:${fold(name)}`;

export function read(what, name) {
	try {
		return JSON.parse(localStorage.getItem(key(what, name)));
	} catch {
		return null;
	}
}

/** Whether it is kept. */
export function write(what, name, value) {
	try {
		localStorage.setItem(key(what, name), JSON.stringify(value));
		return true;
	} catch {
		return false;
	}
}

/** The other names for which something of that kind is kept. */
export function others(what, name) {
	try {
		return Object.keys(localStorage).filter(one => one.startsWith(key(what, '')) && one !== key(what, name)).map(one => one.slice(key(what, '').length));
	} catch {
		return [];
	}
}

export const remove = (what, name) => localStorage.removeItem(key(what, name));

/** Somebody has a new name, and keeps what is theirs. */
export function rename(old, name) {
	for (const what of fold(old) === fold(name) ? [] : ['rooms', 'drafts', 'pending', 'read', 'heard']) {
		const value = read(what, old);
		if (value && write(what, name, value)) remove(what, old);
	}
}
