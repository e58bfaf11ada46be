#!/usr/bin/env python3
"""A bot in twenty lines, with nothing but Python: examples/bot.py 127.0.0.1 6667 '#lobby', then say !ping in the room."""
import socket, sys
host, port, room = sys.argv[1:]
server = socket.create_connection((host, int(port)))
def send(line):
    server.sendall(f"{line}\r\n".encode())
send("NICK pingbot")
send("USER pingbot 0 * :answers to !ping")
for line in server.makefile(encoding="utf-8", errors="replace", newline="\r\n"):
    head, colon, text = line.rstrip("\r\n").partition(" :")
    source, command, *params = head.split() if head[0] == ":" else ["", *head.split()]
    params += [text] if colon else []
    if command == "PING":
        send(f"PONG :{params[-1]}")
    elif command == "001":
        send(f"JOIN {room}")
    elif command == "005":  # what the server can: BOT=B names the mode of bots
        [send(f"MODE {params[0]} +{token[4:]}") for token in params if token.startswith("BOT=")]
    elif command == "PRIVMSG" and params == [room, "!ping"]:
        send(f"PRIVMSG {room} :{source[1:].split('!')[0]}: pong")
