"""A client of the realtime protocol in tests: sends a WAV file in pieces, and prints every message that it hears, one on each line.

Arguments: URL, file of the authority, key, the way of the key ("subprotocol" or "header"), and what it sends: a WAV file, a message in JSON, or "crowd 4" for so many
connections at once.
"""

import asyncio
import base64
import io
import json
import ssl
import sys
import wave

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

url, authority, key, way, sent = sys.argv[1:6]
language = sys.argv[6] if len(sys.argv) > 6 else None


def samples(data):
    """Sound at 24 kHz, in pieces of a fifth of a second."""
    import numpy

    with wave.open(io.BytesIO(data)) as file:
        rate, sound = file.getframerate(), numpy.frombuffer(file.readframes(1 << 24), dtype="<i2")
    places = numpy.arange(0, len(sound) * 24_000 // rate) * (rate / 24_000)
    whole = numpy.interp(places, numpy.arange(len(sound)), sound).astype("<i2").tobytes()
    whole += bytes(48_000)
    return [whole[i : i + 9_600] for i in range(0, len(whole), 9_600)]


async def main():
    given = {"subprotocols": ["realtime", f"openai-insecure-api-key.{key}"]}
    if way == "header":
        given = {"additional_headers": {"Authorization": f"Bearer {key}"}}
    context = ssl.create_default_context(cafile=authority)
    given |= {"ssl": context, "server_hostname": "speech-captions", "proxy": None, "ping_interval": None}
    held = []
    for _ in range(int(sent.removeprefix("crowd "))) if sent.startswith("crowd ") else range(1):
        try:
            held.append(await connect(url, **given))
            await (talk(held[-1]) if not sent.startswith("crowd ") else heard(held[-1]))
        except InvalidStatus as error:
            print(json.dumps({"type": "refused", "status": error.response.status_code}))
    for socket in held:
        await socket.close()


async def heard(socket):
    print(json.dumps(json.loads(await socket.recv())), flush=True)


async def talk(socket):
    async def say(kind, **fields):
        await socket.send(json.dumps({"type": kind, **fields}))

    if sent.startswith("{"):
        await socket.send(sent)
    else:
        spoken = {"model": "vosk", **({} if language is None else {"language": language})}
        sound = {"format": {"type": "audio/pcm", "rate": 24_000}, "transcription": spoken}
        await say("session.update", session={"type": "transcription", "audio": {"input": sound}})
        for piece in samples(open(sent, "rb").read()):
            await say("input_audio_buffer.append", audio=base64.b64encode(piece).decode())
    await say("input_audio_buffer.commit")
    # The last answer is to a message of no known type.
    await say("enough")
    try:
        while True:
            message = json.loads(await socket.recv())
            print(json.dumps(message), flush=True)
            if message.get("error", {}).get("code") == "unknown_message":
                return
    except ConnectionClosed:
        return


asyncio.run(main())
