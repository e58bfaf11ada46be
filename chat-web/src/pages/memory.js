// What the browser remembers for a name: the rooms it is in, and the one shown. A browser may refuse to remember.
import { fold } from './irc.js';

const key = me => `chat:rooms:${fold(me)}`;

/** @param {string} me @returns {{rooms: string[], current: string}} */
export function recall(me) {
  try {
    const { rooms, current } = JSON.parse(localStorage.getItem(key(me))) ?? {};
    return { rooms: Array.isArray(rooms) ? rooms.filter(name => typeof name === 'string') : [], current: String(current ?? '') };
  } catch {
    return { rooms: [], current: '' };
  }
}

/** @param {import('./state.js').Chat} chat */
export function remember(chat) {
  const rooms = [...chat.rooms.values()].filter(room => room.joined || room.direct).map(room => room.name);
  try {
    localStorage.setItem(key(chat.me), JSON.stringify({ rooms, current: chat.current?.name ?? '' }));
  } catch { /* private windows may have no storage: then a reload begins in the default room */ }
}
