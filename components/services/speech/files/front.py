"""Shared by the servers of speech: keys, certificates, and one line in the log for each question, never with what was said."""

import hmac
import json
import ssl
import sys


class Keys:
    """Keys that count, from a file with one on each line."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self._keys = [line.strip().encode() for line in file if line.strip()]
        if not self._keys:
            raise SystemExit(f"expected a key on each line of {path}, got none")

    def fits(self, given):
        """True if it is one of them. Every key is compared, so that the time says nothing."""
        found = [hmac.compare_digest(key, given.encode()) for key in self._keys]
        return any(found)


def bearer(header):
    """Key of an Authorization header; None for any other."""
    kind, _, key = (header or "").partition(" ")
    return key.strip() if kind.lower() == "bearer" and key.strip() else None


def certificate(folder):
    """The server's end of TLS, from 1.2 on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(f"{folder}/server.crt", f"{folder}/server.key")
    return context


def log(**fields):
    """One line about a question: its figures, never its content."""
    print(json.dumps(fields), file=sys.stderr, flush=True)
