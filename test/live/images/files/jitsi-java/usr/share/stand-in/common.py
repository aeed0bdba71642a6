"""What the stand-ins for Jitsi's Java programs share: the trust store that Java would take, our HOCON file, XMPP, and a small web server."""
import asyncio
import json
import logging
import os
import pathlib
import re
import signal
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pyhocon import ConfigFactory, ConfigTree
from slixmpp import ClientXMPP

logging.basicConfig(level=logging.INFO, format="%(name)s %(levelname)s %(message)s", stream=sys.stdout)
logging.getLogger("slixmpp").setLevel(logging.ERROR)
log = logging.getLogger("stand-in")


def die(expected, got):
    print(f"stand-in: expected {expected}, got {got}", file=sys.stderr, flush=True)
    sys.exit(1)


def variable(name, otherwise=None):
    value = os.environ.get(name, "")
    if value == "" and otherwise is None:
        die(name, "nothing")
    return value or otherwise


def switched_on(name):
    return os.environ.get(name, "") in ("1", "true")


def configuration(file):
    """What is mounted over the image's own configuration; the image includes the file last, so its values win."""
    return ConfigFactory.parse_file(file, resolve=False) if os.path.exists(file) else ConfigTree()


def authorities():
    """Certificates of the store that JAVA_TOOL_OPTIONS names, as PEM; Java's own store (which the image fills with public ones) is not stood in for."""
    options = dict(re.findall(r"-D(javax\.net\.ssl\.\w+)=(\S+)", os.environ.get("JAVA_TOOL_OPTIONS", "")))
    store = options.get("javax.net.ssl.trustStore")
    if store is None:
        die("a trust store in JAVA_TOOL_OPTIONS", "none")
    password = "pass:" + options.get("javax.net.ssl.trustStorePassword", "")
    read = subprocess.run(
        ["openssl", "pkcs12", "-in", store, "-passin", password, "-nokeys"], capture_output=True, text=True
    )
    if read.returncode != 0 or "BEGIN CERTIFICATE" not in read.stdout:
        die(f"certificates in {store}", read.stderr.strip() or "none")
    path = pathlib.Path("/run/authorities.pem")
    path.write_text(read.stdout)
    return path


class Account(ClientXMPP):
    """An account that stays in one room: it comes back by itself when the connection is lost."""

    def __init__(self, name, password, peer, room, nickname, trusted, encrypted):
        super().__init__(name, password)
        self.peer, self.room, self.nickname, self.encrypted = peer, room, nickname, encrypted
        self.inside, self.again = False, None
        if trusted is None:
            self.ssl_context.check_hostname = False
            self.ssl_context.verify_mode = ssl.CERT_NONE
        else:
            self.ca_certs = trusted
        for plugin in ("xep_0030", "xep_0045", "xep_0199"):
            self.register_plugin(plugin)
        self["xep_0199"].enable_keepalive(interval=30, timeout=10)
        self.add_event_handler("session_start", self.started)
        self.add_event_handler("disconnected", self.lost)
        self.add_event_handler("connection_failed", self.lost)
        self.add_event_handler("failed_auth", lambda _: log.error("%s: wrong password", name))
        self.add_event_handler("ssl_invalid_chain", lambda error: log.error("%s: certificate refused: %s", name, error))

    def begin(self):
        self.connect(self.peer, force_starttls=self.encrypted)

    async def start_tls(self):
        # Smack asks for the service's own name in the certificate, wherever the service was found (XMPPTCPConnection: unverified).
        self.default_domain = self.boundjid.host
        return await super().start_tls()

    async def started(self, _):
        self.send_presence()
        await self["xep_0045"].join_muc_wait(self.room, self.nickname, maxstanzas=0, timeout=15)
        self.inside = True
        log.info("%s is in %s at %s", self.boundjid.bare, self.room, self.peer[0])
        self.entered()

    def entered(self):
        """For those who say more in their room."""

    def lost(self, why):
        if self.inside:
            log.info("%s lost %s: %s", self.boundjid.bare, self.peer[0], why)
        self.inside = False
        # slixmpp itself would wait longer and longer.
        if self.again is not None:
            self.again.cancel()
        self.again = self.loop.call_later(2, self.begin)


def serve(address, port, answers):
    """Answers requests: a function per method and path gives status, type and text."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self):
            answer = answers.get(f"{self.command} {self.path.split('?')[0]}")
            status, kind, text = (404, "text/plain", "") if answer is None else answer()
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = respond

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer((address, port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()


def as_json(value):
    return 200, "application/json", json.dumps(value)


def as_metrics(values):
    lines = [f"# TYPE {name.split('{')[0]} gauge\n{name} {float(value)}\n" for name, value in values.items()]
    return 200, "text/plain; version=0.0.4; charset=utf-8", "".join(lines)


def asked(loop, question, seconds):
    """Asks the loop of another thread. @raise Exception when it does not answer in time."""
    return asyncio.run_coroutine_threadsafe(asyncio.wait_for(question, seconds), loop).result(seconds + 1)


def until_told(loop):
    """Runs until the container is asked to end."""
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, loop.stop)
    loop.run_forever()
    log.info("ends")
