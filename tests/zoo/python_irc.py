"""A person with the Python library `irc`, driven by lines on stdin; tests/zoo/script.rs has both
languages: the one that it is told, and the one in which it tells what it sees."""

import sys
import threading

import irc.bot

ROOM = "#lobby"


class Person(irc.bot.SingleServerIRCBot):
    def on_welcome(self, connection, event):
        connection.join(ROOM)

    def on_endofnames(self, connection, event):
        room = event.arguments[0]
        tell("with", *self.channels[room].users())
        tell("in", room)

    def on_join(self, connection, event):
        tell(event.source.nick, "joined", event.target)

    def on_pubmsg(self, connection, event):
        tell(event.source.nick, "said", event.arguments[0])

    def on_action(self, connection, event):
        tell(event.source.nick, "acted", event.arguments[0])

    def on_privmsg(self, connection, event):
        tell(event.source.nick, "told me", event.arguments[0])

    def on_topic(self, connection, event):
        tell(event.source.nick, "set the topic", event.arguments[0])

    def on_nick(self, connection, event):
        tell(event.source.nick, "is now", event.target)

    def on_kick(self, connection, event):
        tell(event.source.nick, "removed", *event.arguments)

    def on_mode(self, connection, event):
        tell(event.source.nick, "set", event.target, *event.arguments)
        room = self.channels[event.target]
        tell("operators", *sorted(room.opers()), "voices", *sorted(room.voiced()))

    def on_invite(self, connection, event):
        tell(event.source.nick, "asked me to", event.arguments[0])

    def on_quit(self, connection, event):
        tell(event.source.nick, "left", event.arguments[0])

    def on_disconnect(self, connection, event):
        tell("gone")
        sys.exit()

    def on_all_raw_messages(self, connection, event):
        tell("raw", event.arguments[0])


def tell(*words):
    print(*words, flush=True)


def obey(connection):
    for line in sys.stdin:
        verb, _, rest = line.rstrip("\n").partition(" ")
        if verb == "say":
            connection.privmsg(ROOM, rest)
        elif verb == "act":
            connection.action(ROOM, rest)
        elif verb == "tell":
            connection.privmsg(*rest.split(" ", 1))
        elif verb == "topic":
            connection.topic(ROOM, rest)
        elif verb == "rename":
            connection.nick(rest)
        elif verb == "join":
            connection.join(rest)
        elif verb == "mode":
            connection.mode(*rest.split(" ", 1))
        elif verb == "kick":
            connection.kick(*rest.split(" ", 2))
        elif verb == "invite":
            room, who = rest.split(" ")
            connection.invite(who, room)
        elif verb == "leave":
            connection.quit(rest)


def main(host, port, nick):
    person = Person([(host, int(port))], nick, nick)
    threading.Thread(target=obey, args=[person.connection], daemon=True).start()
    person.start()


main(*sys.argv[1:])
