"""People who join rooms of a Jitsi at the same time, as browsers do: XMPP over WebSockets (RFC 7395), through TLS. Reads a line of JSON:

{"connect": [address, port], "domain": name, "authority": file, "source": address that all come from, "limit": seconds,
 "people": [{"room", "token" or null, "host", "rooms"}]}

Says when everybody was answered; they stay until the input ends. Then prints one JSON object: {"answers": for everybody the answers in their order, with the seconds since the first one set out, "processor": seconds of its own}.
"""
import asyncio, base64, json, os, re, socket, ssl, struct, sys, time, uuid

FRAMING = 'xmlns="urn:ietf:params:xml:ns:xmpp-framing"'
asked = json.loads(sys.stdin.readline())
begun = 0.0
trusted = ssl.create_default_context(cafile=asked["authority"])


def proxied():
    """PROXY protocol version 2, as the gateways write it: everybody comes from one address."""
    addresses = socket.inet_aton(asked["source"]) + socket.inet_aton("192.0.2.1") + struct.pack("!HH", 40000, 443)
    return b"\r\n\r\n\0\r\nQUIT\n" + bytes([0x21, 0x11]) + struct.pack("!H", len(addresses)) + addresses


class Person:
    def __init__(self, number, told):
        self.number, self.told, self.answers, self.kept = number, told, [], []
        self.name, self.writer = uuid.uuid4().hex[:8], None

    def note(self, what):
        self.answers.append([what, round(time.monotonic() - begun, 3)])

    async def connect(self):
        self.reader, self.writer = await asyncio.open_connection(*asked["connect"])
        self.writer.write(proxied())
        await self.writer.start_tls(trusted, server_hostname=asked["domain"])
        token = f"&token={self.told['token']}" if self.told["token"] else ""
        key = base64.b64encode(os.urandom(16)).decode()
        self.writer.write(
            f"GET /xmpp-websocket?room={self.told['room']}{token} HTTP/1.1\r\nHost: {asked['domain']}\r\n"
            f"Connection: Upgrade\r\nUpgrade: websocket\r\nOrigin: https://{asked['domain']}\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n".encode()
        )
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        if " 101 " not in head.split("\r\n")[0]:
            raise ConnectionError(head.split("\r\n")[0])

    def say(self, text):
        data, mask = text.encode(), os.urandom(4)
        length = bytes([0x81, 0x80 | len(data)]) if len(data) < 126 else bytes([0x81, 0xFE]) + struct.pack("!H", len(data))
        repeated = (mask * (len(data) // 4 + 1))[: len(data)]
        masked = int.from_bytes(data, "big") ^ int.from_bytes(repeated, "big")
        self.writer.write(length + mask + masked.to_bytes(len(data), "big"))

    async def hear(self):
        """The next stanza. Requests of the focus are answered on the way, as a browser does."""
        while True:
            first, second = await self.reader.readexactly(2)
            length = second & 127
            if length > 125:
                length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8), "big")
            text = (await self.reader.readexactly(length)).decode()
            if first & 15 == 8 or text.startswith("<close"):
                raise ConnectionError(text or "closed")
            if text.startswith("<iq") and "urn:xmpp:jingle:1" in text:
                sender, identity = (re.search(f" {name}=['\"]([^'\"]*)", text)[1] for name in ("from", "id"))
                self.say(f'<iq xmlns="jabber:client" type="result" to="{sender}" id="{identity}"/>')
                continue
            return text

    async def until(self, pattern):
        while True:
            text = await self.hear()
            if re.search(pattern, text):
                return text

    async def open(self):
        self.say(f'<open {FRAMING} to="{self.told["host"]}" version="1.0"/>')
        return await self.until("<stream:features")

    async def enter(self, address):
        """Asks to enter a room; gives what was answered to that."""
        self.say(
            f'<presence xmlns="jabber:client" to="{address}/{self.name}"><x xmlns="http://jabber.org/protocol/muc"/>'
            '<stats-id>Person-xyz</stats-id><c xmlns="http://jabber.org/protocol/caps" hash="sha-1" node="https://jitsi.org/jitsi-meet" ver="0123456789abcdefghijklmnopq="/>'
            '<SourceInfo>{}</SourceInfo><jitsi_participant_codecList>av1,vp9,vp8,h264</jitsi_participant_codecList>'
            f'<nick xmlns="http://jabber.org/protocol/nick">Person {self.number}</nick></presence>'
        )
        own = re.escape(f"{address}/{self.name}")
        return await self.until(f"^<presence[^>]* from=['\"]{own}['\"]")

    async def join(self):
        await self.connect()
        await self.open()
        self.say('<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="ANONYMOUS"/>')
        answer = await self.until("<(success|failure)")
        if "<failure" in answer:
            return self.note("refused at sign-in")
        await self.open()
        self.say('<iq xmlns="jabber:client" type="set" id="bind"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>')
        await self.until("id=['\"]bind['\"]")
        self.note("signed in")
        inside = await self.enter(f"{self.told['room']}@{self.told['rooms']}")
        if "registration-required" in inside:
            self.note("sent to the lobby")
            waiting = re.search(r"<lobbyroom[^>]*>([^<]+)<", inside)[1]
            inside = await self.enter(waiting)
        if re.search("<status code=['\"]110['\"]", inside):
            role, affiliation = (re.search(f" {name}=['\"]([^'\"]*)", inside)[1] for name in ("role", "affiliation"))
            self.note(f"inside as {affiliation}, {role}")
        else:
            self.note("refused: " + re.search(r"<error.*?<([a-z-]+)", inside)[1])

    async def live(self, everybody):
        try:
            await asyncio.wait_for(self.join(), asked["limit"])
        except asyncio.TimeoutError:
            self.note("unanswered")
        except (OSError, asyncio.IncompleteReadError) as problem:
            self.note(f"put out: {problem}")
        everybody.answered()
        if self.writer is None:
            return
        # Whoever is inside stays, and answers the focus, until the last one has come.
        staying = asyncio.ensure_future(self.stay())
        await everybody.over.wait()
        staying.cancel()
        self.writer.close()

    async def stay(self):
        try:
            while True:
                await self.hear()
        except (OSError, asyncio.IncompleteReadError) as problem:
            self.note(f"put out later: {problem}")


class Everybody:
    """All of them; it is over when whoever asks has seen enough."""

    def __init__(self, number):
        self.missing, self.over = number, asyncio.Event()

    def answered(self):
        self.missing -= 1
        if self.missing == 0:
            print("everybody was answered", flush=True)
            asyncio.get_running_loop().run_in_executor(None, sys.stdin.read).add_done_callback(lambda _: self.over.set())


async def main():
    global begun
    people = [Person(number, told) for number, told in enumerate(asked["people"])]
    everybody = Everybody(len(people))
    begun = time.monotonic()
    await asyncio.gather(*(person.live(everybody) for person in people))
    print(json.dumps({"answers": [person.answers for person in people], "processor": time.process_time()}))


asyncio.run(main())
