// The server's numbers in plain words: what is wrong and what to do next. Pure.
const ERRORS = new Map(Object.entries({
	263: () => 'That was too often. Wait a moment, then try again.',
	401: name => `${name} is not here. Look in the list of people.`,
	403: room => `There is no room ${room}. Rooms begin with #: /join #lobby`,
	404: room => `${room} did not take the message. Join it first: /join ${room}`,
	405: room => `You are in too many rooms. Leave one with /part, then /join ${room}`,
	417: () => 'That is too long. Make it shorter.',
	421: word => `The server does not know ${word}. /help lists what you can do.`,
	431: () => 'Give a name: /nick maria',
	432: name => `${name} cannot be a name. Use up to 32 letters, digits, - or _, a letter first.`,
	433: name => `${name} is taken. Choose another: /nick ${name}_`,
	437: name => `${name} is held for somebody. Wait a minute or choose another.`,
	442: room => `You are not in ${room}. Join it first: /join ${room}`,
	443: (name, room) => `${name} is already in ${room}.`,
	464: () => 'That is not the name and the password of an operator.',
	481: () => 'Only operators of the server may do that: /oper name password',
	491: () => 'This server has no operators.',
	461: word => `/${word.toLowerCase()} needs more. /help shows how it is written.`,
	471: room => `${room} is full. Wait until somebody leaves, then /join ${room}`,
	473: room => `${room} is by invitation. Ask somebody inside to /invite you.`,
	474: room => `You are banned from ${room}. Ask its operators, or choose another room.`,
	482: room => `You are not an operator of ${room}. Ask one of them; they are marked @.`,
	475: room => `${room} has a key. Ask for it, then /join ${room} key`,
}));

/** What is wrong, or ''. */
export function explain({ command, params: [, first = '', ...rest] }) {
	const known = ERRORS.get(command);
	return known ? known(first, rest[0]) : /^(?!422)[45]\d\d$/.test(command) ? [first, ...rest].join(' ') : '';
}

const ANSWERS = new Map(Object.entries({
	301: (name, why) => `${name} is away: ${why}`,
	305: () => 'You are no longer away.',
	306: () => 'You are away. /away without a reason brings you back.',
	324: (room, ...modes) => `${room} has the modes ${modes.join(' ')}`,
	381: () => 'You are an operator of the server. Whatever a room allows its operators you may do in each.',
	341: (name, room) => `${name} is invited to ${room}.`,
}));

/** An answer worth showing, or ''. */
export const answer = ({ command, params }) => ANSWERS.get(command)?.(...params.slice(1)) ?? '';
