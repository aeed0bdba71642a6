"""Writes into a cache without a pause, as a client does: over TLS that it verifies, and with a new connection whenever one fails. Notes what was acknowledged.

cache-writer.py HOST AUTHORITY NOTES NAME, the password in CACHE_PASSWORD
"""
import os
import socket
import ssl
import sys
import time

host, authority, notes, name = sys.argv[1:5]
context = ssl.create_default_context(cafile=authority)
# Looked up once: the address never changes, and a resolver that is lost with a host is not what is measured.
address = socket.gethostbyname(host)


def say(connection, *words):
    text = "*%d\r\n" % len(words) + "".join("$%d\r\n%s\r\n" % (len(word), word) for word in words)
    connection.sendall(text.encode())
    answer = b""
    while not answer.endswith(b"\r\n"):
        heard = connection.recv(4096)
        if not heard:
            raise OSError("closed")
        answer += heard
    if answer.startswith(b"-"):
        raise OSError(answer.decode())
    return answer


def connected():
    plain = socket.create_connection((address, 6379), 2)
    plain.settimeout(2)
    secure = context.wrap_socket(plain, server_hostname=host)
    say(secure, "AUTH", os.environ["CACHE_PASSWORD"])
    return secure


number, connection = 0, None
with open(notes, "a", buffering=1) as out:
    while True:
        try:
            connection = connection or connected()
            say(connection, "SET", "%s-%d" % (name, number), "written")
            out.write("%d %.3f\n" % (number, time.time()))
            number += 1
            time.sleep(0.02)
        except (OSError, ssl.SSLError) as problem:
            print("%.3f %s" % (time.time(), problem), flush=True)
            if connection:
                connection.close()
            connection = None
            time.sleep(0.1)
