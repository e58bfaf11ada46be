// The rooms on one side and the people on the other.
import { $, avatar, bdi, el, nickname, refill } from './dom.js';

const badge = ({ unread, mentions }) => el('span', mentions ? 'badge mentions' : 'badge', `${mentions || unread || ''}`);

function room(button, { name, direct, joined, unread, mentions, current }) {
	const label = direct ? [avatar(name), nickname(name)] : [el('span', 'hash', '#'), bdi(name.replace(/^#/, ''))];
	button.replaceChildren(...label, badge({ unread, mentions }));
	const outside = joined || direct ? '' : ' outside';
	button.className = `room${unread ? ' unread' : ''}${outside}`;
	button.ariaLabel = `${name}${unread ? `, ${unread} new` : ''}${outside}`;
	button.ariaCurrent = current ? 'page' : null;
	Object.assign(button.dataset, { unread, mentions });
}

export function drawRooms(chat, show) {
	const rooms = [...chat.rooms.values()].sort((a, b) => a.direct - b.direct);
	refill($('rooms'), rooms.map(({ name, direct, joined, unread, mentions }) =>
		({ name, direct, joined, unread, mentions, current: name === chat.current?.name })), room, show);
	$('open-rooms').classList.toggle('dot', rooms.some(({ unread }) => unread));
}

function person(button, { name, marks, away, bot, me }) {
	button.replaceChildren(avatar(name), nickname(name), el('span', 'mark', marks[0] ?? ''), bot ? el('span', 'bot', 'bot') : '', el('span', 'note', away ? 'away' : me ? 'you' : ''));
	button.className = away ? 'person away' : 'person';
}

export function drawPeople(chat, open) {
	const people = chat.current?.direct === false ? chat.current.listed() : [];
	refill($('people'), people.map(({ nick, marks, away, bot }) => ({ name: nick, marks, away, bot, me: chat.isMe(nick) })), person, open);
	$('people-count').textContent = chat.current?.total || people.length;
	$('open-people').hidden = $('people-side').hidden = !people.length;
}

/** On a phone the sides are drawers, one at a time: opens one, or closes both. */
export function drawer(open) {
	for (const side of ['rooms', 'people']) {
		document.body.classList.toggle(`${side}-open`, side === open);
		$(`open-${side}`).ariaExpanded = `${side === open}`;
	}
	$('shade').hidden = !open;
}

$('open-rooms').onclick = () => drawer('rooms');
$('open-people').onclick = () => drawer('people');
$('shade').onclick = () => drawer();
addEventListener('keydown', ({ key }) => key === 'Escape' && drawer());
