// The rooms on one side and the people on the other.
import { $, avatar, bdi, button, el, nickname, refill } from './dom.js';

function badge({ unread, mentions }) {
  if (!unread) return '';
  const count = mentions || unread;
  return el('span', mentions ? 'badge mentions' : 'badge', count > 99 ? '99+' : `${count}`, el('span', 'sr', mentions ? ' for you' : ' new'));
}

function entry(fact, chat, on) {
  const { name, direct, joined, unread, mentions, current } = fact, room = chat.room(name);
  const label = direct ? [avatar(name), nickname(name)] : [el('span', 'hash', '#'), bdi(name.replace(/^#/, ''))];
  const node = button(`room${unread ? ' unread' : ''}${joined || direct ? '' : ' outside'}`, () => on.show(room), ...label, badge(fact));
  Object.assign(node.dataset, { key: name, room: name, unread, mentions });
  if (current) node.ariaCurrent = 'page';
  const close = button('close', () => on.leave(name), '×');
  close.ariaLabel = `${direct ? 'Close' : 'Leave'} ${name}`;
  return [node, close];
}

/** @param {import('./state.js').Chat} chat @param {{show(room: object): void, leave(name: string): void}} on */
export function drawRooms(chat, on) {
  const rooms = [...chat.rooms.values()].sort((a, b) => a.direct - b.direct);
  const facts = rooms.map(room => ({ ...room, current: room === chat.current, people: 0, items: 0, ids: 0 }));
  refill($('rooms'), facts, fact => entry(fact, chat, on));
  $('open-rooms').classList.toggle('dot', rooms.some(({ unread }) => unread));
}

function person({ nick, mark, away, me }, open) {
  const note = away ? 'away' : me ? 'you' : '';
  const node = button(away ? 'person away' : 'person', () => open(nick), avatar(nick), nickname(nick), el('span', 'mark', mark), el('span', 'note', note));
  Object.assign(node.dataset, { key: nick, nick });
  return node;
}

/** @param {import('./state.js').Chat} chat @param {(nick: string) => void} open a conversation */
export function drawPeople(chat, open) {
  const people = chat.current && !chat.current.direct ? chat.current.listed().map(one => ({ ...one, me: chat.isMe(one.nick) })) : [];
  refill($('people'), people, one => person(one, open));
  $('people-count').textContent = people.length;
  $('open-people').hidden = $('people-side').hidden = !people.length;
}

/** On a phone the sides are drawers, one at a time. @returns {() => void} closes them */
export function drawers() {
  const sides = ['rooms', 'people'], { classList } = document.body;
  const set = open => {
    for (const side of sides) {
      classList.toggle(`${side}-open`, side === open);
      $(`open-${side}`).ariaExpanded = String(side === open);
    }
    $('shade').hidden = !open;
  };
  for (const side of sides) $(`open-${side}`).addEventListener('click', () => set(classList.contains(`${side}-open`) ? '' : side));
  $('shade').addEventListener('click', () => set(''));
  addEventListener('keydown', ({ key }) => key === 'Escape' && set(''));
  return () => set('');
}
