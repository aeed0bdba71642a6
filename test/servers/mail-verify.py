"""Verifies mail as others do, by Debian's python3-dkim and python3-spf: names are asked of the resolver at a port of loopback.

mail-verify.py <port>    with { key, selector, domain, spf: [[address, sender]] } on standard input
"""
import json
import sys

import dkim
import dns.resolver
import spf

resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers = ["127.0.0.1"]
resolver.port = int(sys.argv[1])
resolver.lifetime = 5
dns.resolver.default_resolver = resolver

asked = json.load(sys.stdin)


def txt(name, timeout=5):
    for answer in resolver.resolve(name.decode().rstrip("."), "TXT"):
        return b"".join(answer.strings)
    return None


domain = asked["domain"].encode()
message = b"From: duty@%s\r\nTo: cloud@%s\r\nSubject: a test\r\nDate: Mon, 30 Nov 2026 01:00:00 +0000\r\n\r\nas sent\r\n" % (domain, domain)
signature = dkim.sign(message, asked["selector"].encode(), domain, asked["key"].encode(), include_headers=[b"From", b"To", b"Subject", b"Date"])
print(
    json.dumps(
        {
            "dkim": dkim.verify(signature + message, dnsfunc=txt),
            "changed": dkim.verify(signature + message.replace(b"as sent", b"forged"), dnsfunc=txt),
            "spf": [spf.check2(i=address, s=sender, h="client.example")[0] for address, sender in asked["spf"]],
        }
    )
)
