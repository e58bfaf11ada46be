// The rooms on one side and the people on the other.
import { $, avatar, el, nickname } from './dom.js';

function badge(room) {
  if (!room.unread) return '';
  const count = room.mentions || room.unread;
  const node = el('span', `badge${room.mentions ? ' mentions' : ''}`, count > 99 ? '99+' : String(count));
  node.append(el('span', 'sr', room.mentions ? ' for you' : ' new'));
  return node;
}

function entry(room, current, on) {
  const name = room.direct ? nickname(room.name, 'name') : el('bdi', 'name', room.name.replace(/^#/, ''));
  name.dir = 'auto';
  const button = el('button', `room${room.direct || room.joined ? '' : ' outside'}${room.unread ? ' unread' : ''}`,
    room.direct ? avatar(room.name) : el('span', 'hash', '#'), name, badge(room));
  button.type = 'button';
  button.dataset.room = room.name;
  button.dataset.unread = room.unread;
  button.dataset.mentions = room.mentions;
  if (room === current) button.setAttribute('aria-current', 'page');
  button.addEventListener('click', () => on.show(room));
  return el('li', '', button, closer(room, on));
}

function closer(room, on) {
  const button = el('button', 'close', '×');
  button.type = 'button';
  button.setAttribute('aria-label', `${room.direct ? 'Close' : 'Leave'} ${room.name}`);
  button.addEventListener('click', () => on.leave(room));
  return button;
}

/** Fills a list anew, and leaves the focus where it was. */
function refill(list, entries) {
  const key = list.contains(document.activeElement) ? document.activeElement.dataset : null;
  list.replaceChildren(...entries);
  if (!key) return;
  const again = [...list.querySelectorAll('button')].find(b => b.dataset.room === key.room && b.dataset.nick === key.nick);
  again?.focus();
}

/**
 * @param {import('./state.js').Chat} chat
 * @param {{show(room: object): void, leave(room: object): void}} on
 */
export function drawRooms(chat, on) {
  const rooms = [...chat.rooms.values()];
  const sorted = [...rooms.filter(room => !room.direct), ...rooms.filter(room => room.direct)];
  refill($('rooms'), sorted.map(room => entry(room, chat.current, on)));
  $('open-rooms').classList.toggle('dot', rooms.some(room => room !== chat.current && room.unread));
}

function person({ nick, prefix, away }, chat, open) {
  const button = el('button', `person${away ? ' away' : ''}`, avatar(nick), nickname(nick, 'name'));
  button.type = 'button';
  button.dataset.nick = nick;
  if (prefix) button.append(el('span', 'mark', prefix));
  if (away) button.append(el('span', 'note', 'away'));
  else if (chat.isMe(nick)) button.append(el('span', 'note', 'you'));
  button.addEventListener('click', () => open(nick));
  return el('li', '', button);
}

/** @param {import('./state.js').Chat} chat @param {(nick: string) => void} open a direct conversation */
export function drawPeople(chat, open) {
  const people = chat.current && !chat.current.direct ? chat.current.listed() : [];
  refill($('people'), people.map(one => person(one, chat, open)));
  $('people-count').textContent = people.length;
  $('open-people').hidden = people.length === 0;
  $('people-side').hidden = people.length === 0;
}

/** On a phone the two sides are drawers: one at a time, closed by Escape, by the shade or by a choice. */
export function drawers() {
  const sides = new Map([['rooms', $('open-rooms')], ['people', $('open-people')]]);
  const set = open => {
    for (const [side, button] of sides) {
      document.body.classList.toggle(`${side}-open`, side === open);
      button.setAttribute('aria-expanded', String(side === open));
    }
    $('shade').hidden = !open;
  };
  for (const [side, button] of sides) {
    button.addEventListener('click', () => set(document.body.classList.contains(`${side}-open`) ? null : side));
  }
  $('shade').addEventListener('click', () => set(null));
  addEventListener('keydown', event => event.key === 'Escape' && set(null));
  return () => set(null);
}
