"""A person's program that writes into a room without a pause, until its input ends, and sends again what was not acknowledged. Prints each answer as a line of JSON.

matrix-sender.py DOMAIN ADDRESS AUTHORITY TOKEN ROOM NAME
"""
import http.client
import json
import select
import socket
import ssl
import sys
import time
import urllib.parse

domain, address, authority, token, room, name = sys.argv[1:7]
context = ssl.create_default_context(cafile=authority)


class Way(http.client.HTTPSConnection):
    """A connection to an address, for a name that this place's own list does not have."""

    def connect(self):
        self.sock = context.wrap_socket(socket.create_connection((address, 443), 5), server_hostname=domain)


def send(number):
    path = "/_matrix/client/v3/rooms/%s/send/m.room.message/%s-%d" % (urllib.parse.quote(room), name, number)
    body = json.dumps({"msgtype": "m.text", "body": "%s %d" % (name, number)})
    way.request("PUT", path, body, {"Authorization": "Bearer " + token, "Content-Type": "application/json"})
    answer = way.getresponse()
    text = answer.read()
    if answer.status == 200:
        return json.loads(text)["event_id"], None
    return None, str(answer.status)


way = Way(domain, timeout=5)
number = 0
while not select.select([sys.stdin], [], [], 0.2)[0]:
    try:
        event, why = send(number)
    except (OSError, http.client.HTTPException) as error:
        event, why = None, type(error).__name__
        # The next one comes by another.
        way.close()
    print(json.dumps({"instead": why} if event is None else {"event": event, "at": time.time()}), flush=True)
    number += event is not None
