"""Sound of a file, decoded within bounds.

FFmpeg guesses what a file is, and some kinds are lists of addresses and paths that it would fetch. So the kind is told by the first bytes, it is one of a few that hold
their sound themselves, and no other one is tried.
"""

import io

import av
import numpy

rate = 16_000


class Unheard(Exception):
    """A file whose sound cannot be heard; its text is for the client."""


def kind_of(data):
    """FFmpeg's name of a file's kind, by its first bytes. Raises Unheard for any other."""
    head = data[:12]
    if head.startswith(b"OggS"):
        return "ogg"
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"fLaC"):
        return "flac"
    if head.startswith(b"ID3"):
        return "mp3"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return "aac"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "mp3"
    if head[4:8] == b"ftyp":
        return "mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    raise Unheard("expected sound as Ogg, WAV, FLAC, MP3, AAC, MP4 or Matroska, got another file")


def decoded(data, most_seconds):
    """Samples of a file's first sound at 16 kHz in one channel, from -1 to 1. Raises Unheard for what cannot be decoded, and for more than most_seconds."""
    kind = kind_of(data)
    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
    parts, count = [], 0
    try:
        with av.open(io.BytesIO(data), mode="r", format=kind, metadata_errors="ignore") as file:
            if not file.streams.audio:
                raise Unheard("expected a file with sound, got none in it")
            for frame in _frames(file):
                for part in resampler.resample(frame):
                    samples = part.to_ndarray().reshape(-1)
                    parts.append(samples)
                    count += samples.size
                    if count > most_seconds * rate:
                        raise Unheard(f"expected at most {most_seconds} s of sound, got more; send it in pieces")
    except (av.error.FFmpegError, ValueError, EOFError):
        if count == 0:
            raise Unheard("expected sound that can be decoded, got a damaged file") from None
    if count == 0:
        raise Unheard("expected a file with sound, got none in it")
    return numpy.concatenate(parts).astype(numpy.float32) / 32_768


def _frames(file):
    """Frames of the sound, and None at its end. A damaged packet in the middle is left out."""
    for packet in file.demux(file.streams.audio[0]):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue
    yield None
