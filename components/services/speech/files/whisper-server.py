"""Speech into text by Whisper (faster-whisper), behind the part of OpenAI's API that transcribes.

One piece of sound at a time; a few wait for their turn, and whoever comes then is told to come again. What was said is kept nowhere and stands in no log.
"""

import argparse
import json
import re
import select
import signal
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

from faster_whisper import WhisperModel
from front import Keys, bearer, certificate, log
from sound import Unheard, decoded, rate

most_bytes = 27 * 1_048_576
most_connections = 64
fields_known = {"file", "model", "language", "prompt", "response_format", "temperature", "timestamp_granularities[]"}
formats = {"json", "text", "verbose_json"}


class Refused(Exception):
    """An answer other than 200: its status, OpenAI's word for it, and a sentence."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Gone(Exception):
    """The client left: nobody waits for an answer."""


def parts_of(body, content_type):
    """Fields of a form with a file, by name. Raises Refused for anything else."""
    found = re.fullmatch(r'multipart/form-data\s*;\s*boundary="?([^";\s]{1,70})"?', content_type.strip(), re.IGNORECASE)
    if found is None:
        raise Refused(415, "unsupported_media_type", "expected a form (multipart/form-data), got another body")
    edge = b"--" + found.group(1).encode()
    sections = (b"\r\n" + body).split(b"\r\n" + edge)
    if len(sections) < 3 or not sections[-1].startswith(b"--"):
        raise Refused(400, "invalid_form", "expected a form that is whole, got half of one")
    fields = {}
    for section in sections[1:-1]:
        head, parted, value = section.partition(b"\r\n\r\n")
        name = re.search(rb'content-disposition:[^\r\n]*[;\s]name="([^"]{1,60})"', head, re.IGNORECASE)
        if not parted or name is None:
            raise Refused(400, "invalid_form", "expected fields with names in the form, got one without")
        fields[name.group(1).decode("utf-8", "replace")] = value
    unknown = sorted(set(fields) - fields_known)
    if unknown:
        raise Refused(400, "unknown_field", f"expected fields of {', '.join(sorted(fields_known))}, got {unknown[0]}")
    return fields


def text_field(fields, name, otherwise):
    try:
        return fields[name].decode("utf-8").strip() if name in fields else otherwise
    except UnicodeDecodeError:
        raise Refused(400, "invalid_value", f"expected {name} as text, got other bytes") from None


class Hearing:
    """The model, its turn, and the places in front of it."""

    def __init__(self, options):
        self.name, self.seconds = options.name, options.most_seconds
        self.model = WhisperModel(
            options.model,
            device="cuda" if options.graphics else "cpu",
            compute_type="float16" if options.graphics else "int8",
            cpu_threads=options.cores,
            num_workers=1,
            local_files_only=True,
        )
        self.languages = set(self.model.supported_languages)
        self.places = threading.BoundedSemaphore(options.waiting + 1)
        self.turn = threading.Lock()

    def asked(self, fields):
        """What a form asks for. Raises Refused for the first field that makes no sense."""
        model = text_field(fields, "model", "")
        if model != self.name:
            raise Refused(404, "model_not_found", f'expected the model "{self.name}", got "{model[:60]}"')
        if not fields.get("file"):
            raise Refused(400, "invalid_value", "expected a file with sound, got none")
        language = text_field(fields, "language", "") or None
        if language is not None and language not in self.languages:
            raise Refused(400, "invalid_value", f'expected a language like "de", got "{language[:20]}"')
        form = text_field(fields, "response_format", "json")
        if form not in formats:
            raise Refused(400, "invalid_value", f"expected response_format of {', '.join(sorted(formats))}, got another")
        if text_field(fields, "timestamp_granularities[]", "segment") != "segment":
            raise Refused(400, "invalid_value", 'expected timestamp_granularities of "segment", got others')
        given = text_field(fields, "temperature", "0")
        if re.fullmatch(r"(0(\.\d{1,6})?|1(\.0{1,6})?)", given) is None:
            raise Refused(400, "invalid_value", "expected a temperature from 0 to 1, got another")
        prompt = text_field(fields, "prompt", "")[:1_000] or None
        return {"language": language, "prompt": prompt, "temperature": float(given), "form": form}

    def hear(self, data, asked, gone):
        """Transcript of a file. Raises Unheard, and Gone as soon as nobody waits for it."""
        with self.turn:
            if gone():
                raise Gone
            sound = decoded(data, self.seconds)
            warmer = [asked["temperature"]] if asked["temperature"] > 0 else [0.0, 0.2, 0.4, 0.6]
            found, info = self.model.transcribe(
                sound,
                language=asked["language"],
                initial_prompt=asked["prompt"],
                temperature=warmer,
                beam_size=5,
                vad_filter=True,
                condition_on_previous_text=False,
            )
            segments = []
            for one in found:
                if gone():
                    raise Gone
                segments.append(
                    {
                        "id": len(segments),
                        "start": round(one.start, 3),
                        "end": round(one.end, 3),
                        "text": one.text,
                        "avg_logprob": round(one.avg_logprob, 4),
                        "compression_ratio": round(one.compression_ratio, 4),
                        "no_speech_prob": round(one.no_speech_prob, 4),
                    }
                )
        return {
            "task": "transcribe",
            # Silence is in no language.
            "language": info.language if segments else asked["language"],
            "duration": round(len(sound) / rate, 3),
            "text": "".join(one["text"] for one in segments).strip(),
            "segments": segments,
        }


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "speech"
    sys_version = ""
    # Seconds in which a client says something: the next question, or the next part of a file.
    timeout = 20

    def setup(self):
        self.request.settimeout(10)
        self.request.do_handshake()
        super().setup()

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answered(self.get)

    def do_POST(self):
        self.answered(self.post)

    def get(self):
        if self.path == "/health":
            return self.reply(200, {"status": "ok"})
        self.with_key()
        if self.path != "/v1/models":
            raise Refused(404, "not_found", "expected /v1/models or /v1/audio/transcriptions, got another path")
        self.reply(200, {"object": "list", "data": [{"id": self.server.hearing.name, "object": "model"}]})

    def post(self):
        begun = time.monotonic()
        self.with_key()
        if self.path != "/v1/audio/transcriptions":
            raise Refused(404, "not_found", "expected /v1/audio/transcriptions, got another path")
        size = self.headers.get("content-length", "")
        if not re.fullmatch(r"\d{1,12}", size):
            raise Refused(411, "length_required", "expected the length of the body, got none")
        if int(size) > most_bytes:
            raise Refused(413, "too_large", f"expected at most {most_bytes} bytes, got more; send the sound in pieces")
        hearing = self.server.hearing
        if not hearing.places.acquire(blocking=False):
            raise Refused(503, "busy", "expected a free place in the queue, got none; come again")
        try:
            fields = parts_of(self.body(int(size)), self.headers.get("content-type", ""))
            asked = hearing.asked(fields)
            heard = hearing.hear(fields["file"], asked, self.gone)
        finally:
            hearing.places.release()
        figures = {"sound": heard["duration"], "seconds": round(time.monotonic() - begun, 1)}
        log(path=self.path, status=200, language=heard["language"], **figures)
        form = asked["form"]
        if form == "text":
            return self.reply(200, heard["text"] + "\n")
        self.reply(200, heard if form == "verbose_json" else {"text": heard["text"]})

    def answered(self, answer):
        """Runs an answer, or says why there is none."""
        size = self.headers.get("content-length", "")
        self.unread = int(size) if re.fullmatch(r"\d{1,12}", size) else 0
        try:
            answer()
        except Refused as error:
            self.close_connection = True
            log(path=self.path[:80], status=error.status, code=error.code)
            kind = "server_error" if error.status >= 500 else "invalid_request_error"
            body = {"error": {"message": error.message, "type": kind, "code": error.code, "param": None}}
            self.reply(error.status, body, {"retry-after": "10"} if error.status == 503 else {})
            self.thrown_away()
        except Unheard as error:
            log(path=self.path, status=400, code="invalid_sound")
            body = {"message": str(error), "type": "invalid_request_error", "code": "invalid_sound", "param": None}
            self.reply(400, {"error": body})
        except (Gone, OSError):
            self.close_connection = True
            log(path=self.path[:80], status=499)

    def with_key(self):
        if not self.server.keys.fits(bearer(self.headers.get("authorization")) or ""):
            raise Refused(401, "invalid_api_key", "expected a key of this server, got another or none")

    def thrown_away(self):
        """Reads what a refused client still sends, as it would not see the answer otherwise."""
        rest = min(self.unread, most_bytes)
        try:
            while rest > 0 and (part := self.rfile.read(min(rest, 65_536))):
                rest -= len(part)
        except OSError:
            return

    def body(self, size):
        data, self.unread = self.rfile.read(size), 0
        if len(data) != size:
            raise Gone
        return data

    def gone(self):
        """True if the client hung up: its end of the connection, or the alert of TLS before it, is there to be read."""
        if not select.select([self.connection], [], [], 0)[0]:
            return False
        return socket.socket.recv(self.connection, 1, socket.MSG_PEEK) in (b"", b"\x15")

    def reply(self, status, body, more={}):
        text = isinstance(body, str)
        data = body.encode() if text else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "text/plain; charset=utf-8" if text else "application/json")
        self.send_header("content-length", str(len(data)))
        if self.close_connection or self.server.stopping:
            self.close_connection = True
            self.send_header("connection", "close")
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


class Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64

    def __init__(self, options):
        self.hearing, self.keys, self.stopping = Hearing(options), Keys(f"{options.secrets}/keys"), False
        self.context = certificate(options.secrets)
        self.connections = threading.BoundedSemaphore(most_connections)
        super().__init__((options.host, options.port), Answers)

    def server_bind(self):
        """Python's own one asks the resolver for the name of its address."""
        TCPServer.server_bind(self)

    def get_request(self):
        plain, address = super().get_request()
        # The handshake is the answering thread's: a client that is slow at it holds nobody up.
        return self.context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address

    def process_request(self, request, client_address):
        if not self.connections.acquire(blocking=False):
            return self.shutdown_request(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request, client_address):
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.connections.release()

    def handle_error(self, request, client_address):
        log(status=0, code=type(sys.exc_info()[1]).__name__)

    def stop(self, *_):
        """Takes nobody in any more; who is being answered gets the answer."""
        self.stopping = True
        threading.Thread(target=self.shutdown).start()


def options():
    parser = argparse.ArgumentParser()
    for name in ("model", "name", "secrets", "host"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("port", "cores", "waiting", "most-seconds"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--graphics", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    server = Server(options())
    signal.signal(signal.SIGTERM, server.stop)
    log(ready=server.hearing.name)
    server.serve_forever(poll_interval=0.2)
    server.server_close()
