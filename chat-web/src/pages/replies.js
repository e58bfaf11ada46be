// What the server's numbers say: in its words what is wrong, and what to do next here. Pure.
const NEXT = new Map(Object.entries({
	401: () => 'They may have left, or go by another name.', 433: name => `Choose another: /nick ${name}_`, 442: room => `Join it first: /join ${room}`,
}));

/** The words of the server as a sentence; a name in front stays as it is, and a command is written as in the box. */
export function sentence({ params }) {
	const text = (params.at(-1) ?? '').replace(/([:;] )(JOIN|OPER|HELP) /, (_, before, word) => `${before}/${word.toLowerCase()} `);
	return params.slice(0, -1).includes(/^[^: ]*/.exec(text)[0]) ? text : text.replace(/^./u, letter => letter.toUpperCase());
}

/** What is wrong, or ''. */
export function explain(message) {
	const { command, params } = message, next = NEXT.get(command)?.(params[1]);
	if (!/^(263|(?!422)[45]\d\d)$/.test(command)) return '';
	return next ? `${sentence(message)}. ${next}` : sentence(message);
}

const ANSWERS = new Map(Object.entries({
	301: (name, why) => `${name} is away: ${why}`,
	305: () => 'You are no longer away.',
	306: () => 'You are away. /away without a reason brings you back.',
	324: (room, ...modes) => `${room} has the modes ${modes.join(' ')}`,
	381: () => 'You are an operator of the server, and so of each room.',
	341: (name, room) => `${name} is invited to ${room}.`,
}));

/** An answer worth showing, or ''. */
export const answer = ({ command, params }) => ANSWERS.get(command)?.(...params.slice(1)) ?? '';
