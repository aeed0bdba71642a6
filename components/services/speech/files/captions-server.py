"""Speech into text while it is spoken, by Vosk, behind the part of OpenAI's realtime protocol that transcribes.

Vosk's own server has no key, and lets a client put any folder of the host in place of everybody's model. This one has the planned models alone, one for each language; a client
chooses among them by the language. What was said is kept nowhere and stands in no log.
"""

import argparse
import asyncio
import base64
import binascii
import json
import os
import secrets
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from front import Keys, bearer, certificate, log
from vosk import KaldiRecognizer, Model, SetLogLevel
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

rate = 24_000
most_bytes = 1_048_576
# A transcriber sends a fiftieth of a second at a time; each piece costs the recogniser a look back.
piece_bytes = rate * 2 // 5
insecure = "openai-insecure-api-key."


class Refused(Exception):
    """A message that cannot be answered: OpenAI's word for it, and a sentence."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message


def text_of(answer, field):
    return json.loads(answer).get(field, "").strip()


class Listening:
    """One voice: its recogniser, and what was already told of the sentence under way."""

    def __init__(self, server, socket):
        self.server, self.socket = server, socket
        self.recogniser, self.language = None, server.first
        # Whoever shows sentences of several voices knows each by its name alone.
        self.name, self.items, self.told, self.heard = secrets.token_hex(8), 0, "", 0
        self.waiting = b""

    async def tell(self, kind, **fields):
        await self.socket.send(json.dumps({"type": kind, **fields}))

    @property
    def item(self):
        return f"item_{self.name}_{self.items}"

    @property
    def session(self):
        spoken = {"model": self.server.name, "language": self.language}
        sound = {"format": {"type": "audio/pcm", "rate": rate}, "transcription": spoken}
        return {"type": "transcription", "audio": {"input": sound}}

    async def listen(self):
        await self.tell("session.created", session=self.session)
        async for message in self.socket:
            try:
                await self.answered(message)
            except Refused as error:
                kind = {"type": "invalid_request_error", "code": error.code, "message": error.message}
                await self.tell("error", error=kind)

    async def answered(self, message):
        try:
            asked = json.loads(message)
            kind = asked["type"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Refused("invalid_message", "expected a message as JSON with a type, got another") from None
        if kind == "session.update":
            await self.update(asked.get("session"))
        elif kind == "input_audio_buffer.append":
            await self.append(asked.get("audio"))
        elif kind == "input_audio_buffer.commit":
            if not await self.finish():
                raise Refused("input_audio_buffer_commit_empty", "expected sound before it is committed, got none")
        elif kind == "input_audio_buffer.clear":
            self.recogniser, self.told, self.waiting = None, "", b""
            await self.tell("input_audio_buffer.cleared")
        else:
            raise Refused("unknown_message", "expected a message about sound or the session, got another type")

    async def update(self, session):
        """Takes the language of a session. Everything else of it has to be as it is here."""
        try:
            sound = session["audio"]["input"]
            form, spoken = sound.get("format", {}), sound.get("transcription", {})
            given = (form.get("type", "audio/pcm"), form.get("rate", rate), spoken.get("model", self.server.name))
            language = spoken.get("language", self.language)
        except (KeyError, TypeError, AttributeError):
            raise Refused("invalid_value", "expected a session for transcription, got another") from None
        if given[:2] != ("audio/pcm", rate):
            raise Refused("invalid_value", f"expected sound as audio/pcm at {rate} Hz, got another format")
        if given[2] != self.server.name:
            raise Refused("model_not_found", f'expected the model "{self.server.name}", got another')
        # "de-CH" is heard with the model for "de".
        language = language.split("-")[0].lower() if isinstance(language, str) else ""
        if language not in self.server.models:
            raise Refused("invalid_value", f"expected a language of {', '.join(self.server.models)}, got another")
        if language != self.language:
            await self.finish()
            self.language, self.recogniser = language, None
        await self.tell("session.updated", session=self.session)

    async def append(self, audio):
        try:
            sound = base64.b64decode(audio, validate=True)
        except (binascii.Error, ValueError, TypeError):
            raise Refused("invalid_value", "expected sound in base64, got something else") from None
        if len(sound) % 2 or not sound:
            raise Refused("invalid_value", "expected whole samples of 16 bits, got none or half of one")
        self.heard += len(sound)
        self.waiting += sound
        if len(self.waiting) >= piece_bytes:
            await self.follow()

    async def follow(self):
        """Hears what has come."""
        sound, self.waiting = self.waiting, b""
        done, answer = await self.server.run(self.hear, sound)
        if done:
            return await self.completed(text_of(answer, "text"))
        await self.told_more(text_of(answer, "partial"))

    def hear(self, sound):
        if self.recogniser is None:
            self.recogniser = KaldiRecognizer(self.server.models[self.language], rate)
        if self.recogniser.AcceptWaveform(sound):
            return True, self.recogniser.Result()
        return False, self.recogniser.PartialResult()

    async def told_more(self, text):
        """Words that came to those that were told. What the recogniser takes back stands right in the whole sentence."""
        if text.startswith(self.told) and text != self.told:
            await self.tell(
                "conversation.item.input_audio_transcription.delta",
                item_id=self.item,
                content_index=0,
                delta=text[len(self.told) :],
            )
            self.told = text

    async def finish(self):
        """Ends the sentence under way; False if there is none."""
        if self.waiting:
            await self.follow()
        if self.recogniser is None:
            return False
        return await self.completed(text_of(await self.server.run(self.recogniser.FinalResult), "text"))

    async def completed(self, text):
        self.told = ""
        if text == "":
            return False
        item = {"item_id": self.item, "content_index": 0}
        self.items += 1
        await self.tell("conversation.item.input_audio_transcription.completed", transcript=text, **item)
        return True


class Server:
    def __init__(self, given):
        self.name, self.keys = given.name, Keys(f"{given.secrets}/keys")
        pairs = [one.partition("=") for one in given.model]
        self.models = {language: Model(path) for language, _, path in pairs}
        self.first = pairs[0][0]
        self.pool = ThreadPoolExecutor(given.cores)
        self.most, self.streams = given.streams, 0

    async def run(self, work, *args):
        return await asyncio.get_running_loop().run_in_executor(self.pool, work, *args)

    def admitted(self, connection, request):
        """Answers whatever is no client with a key and a free place; None lets it in."""
        path = request.path.partition("?")[0]
        if path == "/health":
            return connection.respond(HTTPStatus.OK, "ok\n")
        offered = ",".join(request.headers.get_all("Sec-WebSocket-Protocol")).split(",")
        keys = [one.strip()[len(insecure) :] for one in offered if one.strip().startswith(insecure)]
        keys += [key for value in request.headers.get_all("Authorization") if (key := bearer(value))]
        if not any([self.keys.fits(key) for key in keys]):
            return self.turned_away(connection, HTTPStatus.UNAUTHORIZED, "expected a key of this server")
        if path != "/v1/realtime":
            return self.turned_away(connection, HTTPStatus.NOT_FOUND, "expected /v1/realtime, got another path")
        if self.streams >= self.most:
            return self.turned_away(connection, HTTPStatus.SERVICE_UNAVAILABLE, "expected a free place, got none")
        return None

    def turned_away(self, connection, status, message):
        log(status=status.value)
        return connection.respond(status, f"{message}\n")

    async def handle(self, socket):
        if self.streams >= self.most:
            return await socket.close(1013, "expected a free place, got none")
        self.streams += 1
        begun, one = time.monotonic(), Listening(self, socket)
        try:
            await one.listen()
        except ConnectionClosed:
            pass
        finally:
            self.streams -= 1
            seconds = round(time.monotonic() - begun, 1)
            log(status=101, language=one.language, sound=round(one.heard / 2 / rate, 1), seconds=seconds)


async def main(given):
    server = Server(given)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    chosen = lambda _, offered: "realtime" if "realtime" in offered else None  # noqa: E731
    async with serve(
        server.handle,
        given.host,
        given.port,
        ssl=certificate(given.secrets),
        process_request=server.admitted,
        select_subprotocol=chosen,
        max_size=most_bytes,
        compression=None,
        # A voice that waits for a busy core is not read meanwhile, its pongs neither.
        ping_interval=30,
        ping_timeout=180,
        server_header=None,
    ):
        log(ready=server.name, languages=list(server.models))
        await stop.wait()


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", action="append", required=True, help="language=folder")
    for name in ("name", "secrets", "host"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("port", "cores", "streams"):
        parser.add_argument(f"--{name}", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    SetLogLevel(-1)
    asyncio.run(main(options()))
    sys.stderr.flush()
    # Threads that still listen to a voice are let go: its client has been told.
    os._exit(0)
