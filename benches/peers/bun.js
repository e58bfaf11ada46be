// As much of IRC over WebSocket as it takes to be measured beside the chat: one publish a message,
// lines as long as the chat's.
//
//     bun bun.js PORT

const HOST = "0123456789abcdef";

function hear(socket, line) {
    const [command, first] = line.split(" ", 2);
    const state = socket.data;
    switch (command) {
        case "NICK":
            state.nick = first;
            break;
        case "USER":
            state.prefix = `:${state.nick}!${first}@${HOST}`;
            socket.send(`:peer 001 ${state.nick} :Welcome`);
            break;
        case "JOIN":
            socket.subscribe(first);
            socket.send(`${state.prefix} JOIN ${first}`);
            socket.send(`:peer 366 ${state.nick} ${first} :End of NAMES`);
            break;
        case "PRIVMSG":
            socket.publish(first, `${state.prefix} ${line}`);
            break;
        case "PING":
            socket.send(`:peer PONG peer ${first}`);
            break;
    }
}

Bun.serve({
    hostname: "127.0.0.1",
    port: Number(process.argv[2]),
    fetch(request, server) {
        const headers = { "Sec-WebSocket-Protocol": "text.ircv3.net" };
        const upgraded = server.upgrade(request, { data: { nick: "*", prefix: "" }, headers });
        return upgraded ? undefined : new Response("WebSocket only", { status: 426 });
    },
    websocket: {
        message: hear,
        idleTimeout: 0,
        backpressureLimit: 1 << 30,
        perMessageDeflate: false,
    },
});
