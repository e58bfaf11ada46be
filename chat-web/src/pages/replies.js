// The server's numbers in plain words: what went wrong and what to do next. Pure.

const JOIN_FIRST = room => `You are not in ${room}. Join it first: /join ${room}`;

const ERRORS = new Map(Object.entries({
  401: ([name]) => `${name} is not here, so nothing was sent. Look for the right name in the people list.`,
  403: ([room]) => `There is no room ${room}. A room's name begins with #: /join #lobby`,
  404: ([room]) => `${room} did not take the message. Join the room first: /join ${room}`,
  405: ([room]) => `You are in as many rooms as you may be. Leave one with /part, then join ${room} again.`,
  417: () => 'That line is too long. Make it shorter and send it again.',
  421: ([command]) => `The server does not know ${command}. /help lists what you can do.`,
  431: () => 'A name is missing. Write it after the command: /nick maria',
  432: ([name]) => `${name} cannot be a name. Up to 32 letters and digits of any script, and - or _, not beginning with a digit or -.`,
  433: ([name]) => `${name} is taken. Choose another: /nick ${name}_`,
  437: ([name]) => `${name} is held for somebody who may come back. Wait a minute, or choose another.`,
  441: ([name, room]) => `${name} is not in ${room}. Ask them in: /invite ${name}`,
  442: ([room]) => JOIN_FIRST(room),
  443: ([name, room]) => `${name} is already in ${room}.`,
  461: ([command]) => `/${String(command).toLowerCase()} needs more than that. /help shows how it is written.`,
  471: ([room]) => `${room} is full. Wait until somebody leaves, then /join ${room} again.`,
  473: ([room]) => `${room} is by invitation. Ask somebody inside to /invite you.`,
  474: ([room]) => `You are banned from ${room}. Write to one of its operators if you think that is wrong.`,
  475: ([room]) => `${room} has a key. Ask for it, then: /join ${room} key`,
  476: ([room]) => `${room} cannot be a room's name. It begins with # and has no spaces or commas: #lobby`,
  482: ([room]) => `Only operators of ${room} may do that. Ask one of them.`,
}));

/**
 * @param {{command: string, params: string[]}} message
 * @returns {string} a sentence for a person, or '' when the message is no error
 */
export function explain({ command, params }) {
  const words = ERRORS.get(command);
  if (words) return words(params.slice(1).map(param => param || '?'));
  return /^[45]\d\d$/.test(command) && command !== '422' ? params.slice(1).join(' ') : '';
}

const INFORMATION = new Map(Object.entries({
  301: ([nick, text]) => `${nick} is away: ${text}`,
  305: () => 'You are no longer marked as away.',
  306: () => 'You are marked as away. /back when you return.',
  311: ([nick, user, host, , name]) => `${nick} is ${name} (${user}@${host})`,
  319: ([nick, rooms]) => `${nick} is in ${rooms}`,
  341: ([nick, room]) => `${nick} has been invited to ${room}.`,
}));

/** @param {{command: string, params: string[]}} message @returns {string} an answer to show, or '' */
export function information({ command, params }) {
  return INFORMATION.get(command)?.(params.slice(1).map(param => param ?? '')) ?? '';
}
