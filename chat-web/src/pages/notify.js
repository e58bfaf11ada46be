// The tab's title and icon: somebody wants you.

const BUBBLE = dot => `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
  + '<path fill="#0f766e" d="M7 4h18a5 5 0 0 1 5 5v10a5 5 0 0 1-5 5H15l-8 6v-6a5 5 0 0 1-5-5V9a5 5 0 0 1 5-5z"/>'
  + `<path stroke="#fff" stroke-width="3" stroke-linecap="round" d="M9 11.5h14M9 17h8"/>${dot ? '<circle cx="25" cy="7" r="7" fill="#e5484d"/>' : ''}</svg>`)}`;

/** @param {import('./state.js').Chat} chat @param {string} title of the whole chat */
export function notify(chat, title) {
  const rooms = [...chat.rooms.values()], sum = key => rooms.reduce((n, room) => n + room[key], 0);
  const mentions = sum('mentions'), mark = mentions ? `(${mentions}) ` : sum('unread') ? '• ' : '';
  document.title = `${mark}${chat.current ? `${chat.current.name} – ` : ''}${title}`;
  const icon = document.getElementById('icon'), href = BUBBLE(mentions > 0);
  if (icon.href !== href) icon.href = href;
}
