// The rooms on one side and the people on the other.
import { offers } from './commands.js';
import { Completion } from './compose.js';
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
	button.replaceChildren(avatar(name), nickname(name), bot ? el('span', 'bot', 'bot') : '', el('span', 'mark', marks[0] ?? ''), el('span', 'note', away ? 'away' : me ? 'you' : ''));
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

const box = $('join-name'), AGAIN_MS = 10_000, STEPS = { ArrowUp: -1, ArrowDown: 1 };
const offer = ({ name, count, topic }) => [bdi(name), el('span', 'note', `${count} inside`), el('span', 'note name', topic)];

/** To where rooms are offered. */
export function browse() {
	if ($('open-rooms').offsetParent) drawer('rooms');
	box.focus();
}

/** The box by which one joins a room: gives what is to be done when the server has told which there are. */
export function joining({ chat, wire, submit, done }) {
	const list = new Completion(box, $('offers'), word => ({ start: 0, words: offers(chat, word) }), offer, go), suggest = () => list.suggest();
	let asked = 0;
	function go(event) {
		event?.preventDefault();
		if (!submit(`/join ${box.value}`)) return;
		box.value = '';
		box.blur();
		drawer(); // or it hides what the server says to it
		done();
	}
	function ask() {
		suggest();
		if (wire.connected() && Date.now() - asked > AGAIN_MS) asked = Date.now(), wire.send('LIST');
	}
	$('join').onsubmit = go;
	Object.assign(box, { onfocus: ask, onblur: () => list.close(), oninput: suggest, onkeydown: event => STEPS[event.key] && list.next(STEPS[event.key]) && event.preventDefault() });
	return () => box.matches(':focus') && suggest();
}
