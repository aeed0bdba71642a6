"""Asks Janus over its WebSocket, from inside the namespace in which it listens: one JSON request a line on standard input, one answer a line on standard output.
Sessions and handles are those that earlier answers gave."""

import base64, json, os, socket, struct, sys

connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10)
connection.sendall(
    b"GET / HTTP/1.1\r\nHost: janus\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: janus-protocol\r\nSec-WebSocket-Key: " + base64.b64encode(os.urandom(16)) + b"\r\n\r\n"
)
stream = connection.makefile("rb")
assert b" 101 " in stream.readline(), "refused"
while stream.readline() != b"\r\n":
    pass


def say(text):
    data, mask = text.encode(), os.urandom(4)
    connection.sendall(
        b"\x81" + struct.pack(">BH", 0x80 | 126, len(data)) + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data))
    )


def hear():
    text, whole = b"", False
    while not whole:
        head, size = stream.read(2)
        whole = head & 0x80 != 0
        if size == 126:
            size = struct.unpack(">H", stream.read(2))[0]
        text += stream.read(size)
    return json.loads(text)


known = {}
for number, line in enumerate(sys.stdin):
    request = json.loads(line)
    for name in ("session_id", "handle_id"):
        if name in known and request["janus"] != "create":
            request[name] = known[name]
    if request["janus"] == "attach":
        request.pop("handle_id", None)
    request["transaction"] = str(number)
    say(json.dumps(request))
    answer = hear()
    while answer.get("janus") == "ack":
        answer = hear()
    if answer.get("janus") == "success" and request["janus"] in ("create", "attach"):
        known["session_id" if request["janus"] == "create" else "handle_id"] = answer["data"]["id"]
    print(json.dumps(answer), flush=True)
