// Modes of a room in plain words, and what they make of its people. RFC 2812 §3.2.3, ISUPPORT PREFIX and CHANMODES. Pure.
import { fold } from './irc.js';

/** Which modes mark people, highest first, and how: `{modes: 'ov', marks: '@+'}`. */
export function ranks(support) {
	const [, modes, marks] = /^\((\w*)\)(.*)$/.exec(support.get('PREFIX')) ?? [, 'ov', '@+'];
	return { modes, marks };
}

/** Whether we may moderate a room: with every mark but that of a voice, and as an operator of the server. */
export function mayModerate(chat, { direct, people }) {
	const { modes, marks } = ranks(chat.support), own = people.get(fold(chat.me))?.marks ?? '';
	return !direct && (chat.oper || [...own].some(mark => modes[marks.indexOf(mark)] !== 'v'));
}

/** `+o-v` and its parameters, one by one: `{on, mode, arg}`. */
export function changes(support, letters = '', args = []) {
	const { modes } = ranks(support), [list = 'beI', always = 'k', whenSet = 'l'] = (support.get('CHANMODES') || 'beI,k,l').split(','), rest = [...args];
	let on = true;
	return [...letters].flatMap(mode => {
		if (mode === '+' || mode === '-') return (on = mode === '+'), [];
		const takes = (modes + list + always).includes(mode) || (on && whenSet.includes(mode));
		return [{ on, mode, arg: takes ? rest.shift() ?? '' : '' }];
	});
}

/** Gives somebody a mark, or takes it; the highest stands first. */
export function mark(support, person, { on, mode }) {
	const { modes, marks } = ranks(support), one = marks[modes.indexOf(mode)], has = new Set(person.marks);
	has[on ? 'add' : 'delete'](one);
	person.marks = [...marks].filter(each => has.has(each)).join('');
}

const WORDS = new Map(Object.entries({
	o: ['made $ an operator', 'took the operator’s rights from $'], v: ['gave $ a voice', 'took $’s voice'], b: ['banned $', 'lifted the ban on $'],
	e: ['exempted $ from bans', 'no longer exempts $ from bans'], I: ['let $ come uninvited', 'no longer lets $ come uninvited'],
	i: ['made the room open to invited people only', 'opened the room to everybody'], m: ['let only people with a voice speak', 'let everybody speak'],
	n: ['let only people in the room speak', 'let people outside speak'], t: ['let only operators set the topic', 'let everybody set the topic'],
	s: ['hid the room', 'showed the room'], k: ['set a key', 'removed the key'], l: ['set the limit to $ people', 'removed the limit of people'],
}));

/** "ana made bob an operator" */
export function words(by, { on, mode, arg }) {
	const text = WORDS.get(mode)?.[on ? 0 : 1] ?? `set mode ${on ? '+' : '-'}${mode}${arg && ' $'}`;
	return `${by} ${text.replace('$', () => arg)}`;
}

/** What one may do with a person: `[words, lines]`. Nothing to those who do not operate the room, and nothing against oneself but to step down. */
export function deeds(chat, room, nick) {
	const person = room.people.get(fold(nick)) ?? (room.total ? { nick, marks: '' } : null), { modes, marks } = ranks(chat.support);
	if (!person || !mayModerate(chat, room)) return [];
	const has = mode => person.marks.includes(marks[modes.indexOf(mode)]);
	const give = (mode, make, take) => (modes.includes(mode) ? [[has(mode) ? take : make, [`MODE ${room.name} ${has(mode) ? '-' : '+'}${mode} ${nick}`]]] : []);
	const rights = [...give('o', 'Make operator', 'Take operator’s rights'), ...give('v', 'Give voice', 'Take voice')];
	const kick = `KICK ${room.name} ${nick}`, kill = chat.oper ? [['Remove from the server', [`KILL ${nick}`]]] : [];
	return chat.isMe(nick) ? rights.slice(0, has('o') ? 1 : 0) : [...rights, ['Remove from room', [kick]], ['Ban and remove', [`MODE ${room.name} +b ${banMask(person, room.people.values())}`, kick]], ...kill];
}

/** Whoever comes from where somebody is; by the name too if others of the room come from there, or if it is not known. */
export function banMask({ nick, host }, people = []) {
	const alone = [...people].filter(one => one.host === host).length < 2;
	return `${host && alone ? '*' : nick}!*@${host || '*'}`;
}
