"""Sends packets and opens connections in many network namespaces, and tells which of them arrived where.

One process holds sockets of every namespace: a socket belongs to the namespace in which it was made. It stays on one processor,
whose queue of received packets is first in, first out; so once a last packet has travelled further than any before it, all the others
have arrived or never will. No verdict waits for a clock.

Reads a JSON object per line from standard input: {"do": "open" | "send" | "connect" | "listen", ...}. Answers each with one line.
"""

import base64
import ctypes
import json
import os
import select
import socket
import struct
import sys
import threading
import time

from packets import ICMP, ICMPV6, TCP, UDP, packets, read_number

IP, IP6 = 0x0800, 0x86DD
# Numbers that Python's socket module does not name.
CLONE_NEWNET, NETLINK_NETFILTER, SO_RCVBUFFORCE = 0x40000000, 12, 33
RECEIVE_BUFFER_BYTES, MOST_HOPS, DEADLINE_SECONDS = 1 << 26, 8, 20
LAST = 0xFFFFFFFF
# Beside TCP, UDP and ICMP: IP in IP, GRE, ESP, VRRP, SCTP.
OTHERS = (4, 47, 50, 112, 132)

libc = ctypes.CDLL(None, use_errno=True)


class Space:
    """A network namespace with the sockets that send and see there."""

    def __init__(self, name, path, filtered, users):
        self.name = name
        self.handle = os.open(path, os.O_RDONLY)
        self.inside(lambda: self.make(filtered, users))

    def inside(self, step, user=0):
        """Does a step in the namespace, as a user: the filter asks who made a socket."""
        if libc.setns(self.handle, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter {self.name}")
        libc.setfsuid(user)
        try:
            return step()
        finally:
            libc.setfsuid(0)
            libc.setns(home, CLONE_NEWNET)

    def make(self, filtered, users):
        self.senders = {}
        for user in (0, *users):
            libc.setfsuid(user)
            for version, family in ((4, socket.AF_INET), (6, socket.AF_INET6)):
                self.senders[user, version] = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW)
        libc.setfsuid(0)
        self.frames = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        # In a filtered namespace a frame on the wire proves nothing: raw sockets get what the filter has let in.
        self.seers = self.raw_seers() if filtered else self.frame_seers()
        for seer, _ in self.seers:
            seer.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)
            seer.setblocking(False)
        self.tracker = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self.tracker.bind((0, 0))

    @staticmethod
    def raw_seers():
        return [
            (socket.socket(family, socket.SOCK_RAW, protocol), protocol)
            for family, icmp in ((socket.AF_INET, ICMP), (socket.AF_INET6, ICMPV6))
            for protocol in (TCP, UDP, icmp, *OTHERS)
        ]

    @staticmethod
    def frame_seers():
        # Asked for by its kind, a frame is seen when it comes, not when it goes.
        return [(socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(kind)), None) for kind in (IP, IP6)]

    def forget_connections(self):
        """Empties connection tracking: IPCTNL_MSG_CT_DELETE without a tuple, with an acknowledgement."""
        self.tracker.send(struct.pack("=IHHIIBBH", 20, (1 << 8) | 2, 5, 1, 0, 0, 0, 0))
        error = struct.unpack_from("=i", self.tracker.recv(4096), 16)[0]
        if error != 0:
            raise OSError(-error, f"cannot empty connection tracking in {self.name}")

    def seen(self):
        """Numbers of the probes that arrived since the last call."""
        numbers = []
        for seer, protocol in self.seers:
            try:
                while True:
                    data, origin = seer.recvfrom(2048)
                    if protocol is None:
                        kind = data[9] if origin[1] == IP else data[6]
                    else:
                        kind = protocol
                    number = read_number(data, kind in (ICMP, ICMPV6))
                    if number is not None:
                        numbers.append(number)
            except BlockingIOError:
                pass
        return numbers


class Prober:
    def __init__(self):
        self.spaces, self.links, self.last, self.next = {}, {}, None, 1

    def open(self, spaces, links, last):
        """`last`: a probe that always arrives, to know when all before it have been dealt with."""
        self.spaces = {name: Space(name, **space) for name, space in spaces.items()}
        self.links, self.last = links, last
        return {}

    def send(self, probes, forget):
        """Sends probes in order. Answers for each whether it arrived in the namespace where it is looked for."""
        for name in forget:
            self.spaces[name].forget_connections()
        first = self.next
        self.next += len(probes)
        arrived = [False] * len(probes)

        def look():
            for name, space in self.spaces.items():
                for number in space.seen():
                    if first <= number < self.next and probes[number - first]["at"] == name:
                        arrived[number - first] = True

        for at in range(0, len(probes), 256):
            for number, probe in enumerate(probes[at : at + 256], first + at):
                self.put(probe, number)
            self.settle()
            look()
        return {"arrived": arrived}

    def put(self, probe, number):
        space = self.spaces[probe["origin"]]
        for packet in packets(probe, number):
            version = packet[0] >> 4
            if "link" in probe:
                link = self.links[probe["link"]]
                kind = struct.pack("!H", IP if version == 4 else IP6)
                frame = bytes.fromhex(link["to"] + link["from"]) + kind + packet
                space.frames.sendto(frame, (link["device"], 0))
                continue
            target = (probe["target"], 0) if version == 4 else (probe["target"], 0, 0, 0)
            try:
                space.senders[probe.get("user", 0), version].sendto(packet, target)
            except PermissionError:
                pass  # The filter's answer to a packet of the host itself.
            except OSError as error:
                raise OSError(error.errno, f"{error.strerror}: {probe}") from error

    def settle(self):
        """Waits until every packet on its way has gone all of it: each round lets all of them cross one link more."""
        bell = self.spaces[self.last["at"]].seers[0][0]
        for _ in range(MOST_HOPS):
            self.put(self.last, LAST)
            until = time.monotonic() + DEADLINE_SECONDS
            while True:
                left = until - time.monotonic()
                if left <= 0 or not select.select([bell], [], [], left)[0]:
                    raise TimeoutError("the packet that always arrives did not")
                if read_number(bell.recv(2048), False) == LAST:
                    break

    def connect(self, attempts):
        """Opens all connections at once. Ends when those that must be answered are, and gives what each of them got."""
        talks = [Talk(self.spaces[attempt["origin"]], **attempt) for attempt in attempts]
        until = time.monotonic() + DEADLINE_SECONDS
        waiting = {talk.socket.fileno(): talk for talk in talks if not talk.done}
        poll = select.poll()
        for handle, talk in waiting.items():
            poll.register(handle, talk.wants())

        def hear(milliseconds):
            for handle, _ in poll.poll(milliseconds):
                talk = waiting[handle]
                talk.go_on()
                if talk.done:
                    poll.unregister(handle)
                    del waiting[handle]
                else:
                    poll.modify(handle, talk.wants())

        while any(talk.must for talk in waiting.values()) and time.monotonic() < until:
            hear(100)
        self.settle()
        hear(0)
        answers = [talk.answer() for talk in talks]
        for talk in talks:
            talk.socket.close()
        return {"answers": answers}

    def listen(self, listeners):
        """Listens on ports and greets whoever connects."""
        for listener in listeners:
            space = self.spaces[listener["space"]]
            server = space.inside(lambda: socket.create_server((listener["address"], listener["port"]), backlog=512,
                                                               family=socket.AF_INET6 if ":" in listener["address"] else socket.AF_INET))
            threading.Thread(target=greet, args=(server, listener["greeting"].encode()), daemon=True).start()
        return {}


def greet(server, greeting):
    while True:
        client, _ = server.accept()
        threading.Thread(target=greet_one, args=(client, greeting), daemon=True).start()


def greet_one(client, greeting):
    """Reads to the end before it closes: closing on unread words sends a reset, upon which a proxy may drop the greeting."""
    with client:
        try:
            client.sendall(greeting)
            client.shutdown(socket.SHUT_WR)
            while client.recv(4096):
                pass
        except OSError:
            pass


class Talk:
    """A connection, or an exchange of datagrams, that says something and listens until a word is heard."""

    def __init__(self, space, target, port, protocol="tcp", user=0, say=(), until="", must=False, **_):
        self.must, self.say, self.until = must, [base64.b64decode(one) for one in say], base64.b64decode(until)
        self.heard, self.connected, self.done = b"", protocol == "udp", False
        family = socket.AF_INET6 if ":" in target else socket.AF_INET
        kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
        self.socket = space.inside(lambda: socket.socket(family, kind), user)
        self.socket.setblocking(False)
        try:
            self.socket.connect((target, port))
        except BlockingIOError:
            pass
        except OSError:
            self.done = True

    def wants(self):
        return select.POLLIN if self.connected and not self.say else select.POLLIN | select.POLLOUT

    def go_on(self):
        try:
            if not self.connected:
                if self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0:
                    self.done = True
                    return
                self.connected = True
                self.done = not self.say and not self.until
                return
            if self.say:
                self.socket.send(self.say.pop(0))
                return
            data = self.socket.recv(65536)
            self.heard += data
            self.done = not data or self.until in self.heard
        except BlockingIOError:
            pass
        except OSError:
            self.done = True

    def answer(self):
        return {"connected": self.connected, "heard": base64.b64encode(self.heard).decode(),
                "complete": self.until in self.heard if self.until else self.connected}


home = os.open("/proc/self/ns/net", os.O_RDONLY)
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
prober = Prober()
for line in sys.stdin:
    request = json.loads(line)
    do = request.pop("do")
    try:
        result = getattr(prober, do)(**request)
    except Exception as error:  # noqa: BLE001 - whatever it is, the test must hear of it
        result = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(result), flush=True)
