"""A client of S3 with signatures of version 4, over TLS that it verifies.

store-client.py ask METHOD PATH [QUERY]   the status and the answer
store-client.py write BUCKET NOTES        objects without a pause; notes each that was acknowledged as "number seconds"
store-client.py check BUCKET NOTES        seconds of the slowest read, and numbers that were acknowledged and are not in the bucket as they were written

STORE_ENDPOINT, STORE_REGION, STORE_AUTHORITY (a file), STORE_ACCESS, STORE_SECRET
"""
import concurrent.futures
import datetime
import hashlib
import hmac
import http.client
import os
import ssl
import sys
import threading
import time
import urllib.parse

place = urllib.parse.urlsplit(os.environ["STORE_ENDPOINT"])
region, access, secret = (os.environ["STORE_" + name] for name in ("REGION", "ACCESS", "SECRET"))
context = ssl.create_default_context(cafile=os.environ["STORE_AUTHORITY"])


def signed(method, path, query, body):
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": place.netloc, "x-amz-content-sha256": hashlib.sha256(body).hexdigest(), "x-amz-date": now}
    names = ";".join(sorted(headers))
    lines = "".join("%s:%s\n" % (name, headers[name]) for name in sorted(headers))
    scope = "/".join((now[:8], region, "s3", "aws4_request"))
    asked = "\n".join((method, path, query, lines, names, headers["x-amz-content-sha256"]))
    text = "\n".join(("AWS4-HMAC-SHA256", now, scope, hashlib.sha256(asked.encode()).hexdigest()))
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    headers["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
        access, scope, names, signature)
    return headers


def connected(seconds):
    return http.client.HTTPSConnection(place.hostname, place.port, context=context, timeout=seconds)


def ask(connection, method, path, query="", body=b""):
    connection.request(method, path + ("?" + query if query else ""), body, signed(method, path, query, body))
    answer = connection.getresponse()
    return answer.status, answer.read()


def content(number):
    """Eight kilobytes that no other number has."""
    return hashlib.sha512(str(number).encode()).digest() * 128


def write(bucket, notes):
    # Whoever starts again goes on where it was.
    number = sum(1 for _ in open(notes)) if os.path.exists(notes) else 0
    connection = None
    with open(notes, "a", buffering=1) as out:
        while True:
            number += 1
            while True:
                try:
                    connection = connection or connected(3)
                    status, body = ask(connection, "PUT", "/%s/%d" % (bucket, number), body=content(number))
                    if status != 200:
                        raise OSError("%d %s" % (status, body.decode(errors="replace")[:200]))
                    out.write("%d %.3f\n" % (number, time.time()))
                    # All of them are read again: some in a second are enough.
                    time.sleep(0.1)
                    break
                except (OSError, http.client.HTTPException) as problem:
                    print("%.3f %s" % (time.time(), problem or type(problem).__name__), flush=True)
                    if connection:
                        connection.close()
                    connection = None
                    time.sleep(0.1)


def check(bucket, notes):
    known = threading.local()

    def wrong(number):
        # By upstream's sources a gateway waits half a minute on a connection to a dead host before it reads the other copy; clients of S3 wait longer.
        known.connection = getattr(known, "connection", None) or connected(90)
        begun = time.monotonic()
        status, body = ask(known.connection, "GET", "/%s/%d" % (bucket, number))
        seconds = time.monotonic() - begun
        return seconds, [] if (status, body) == (200, content(number)) else ["%d:%d" % (number, status)]

    numbers = [int(line.split()[0]) for line in open(notes)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(wrong, numbers))
    print(" ".join(["%.1f" % max(seconds for seconds, _ in answers)] + [found for _, lost in answers for found in lost]))


words = sys.argv[2:]
if sys.argv[1] == "ask":
    query = words[2] if len(words) > 2 else ""
    status, body = ask(connected(20), words[0], words[1], query, b"written" if words[0] == "PUT" else b"")
    print(status, body.decode(errors="replace"))
else:
    {"write": write, "check": check}[sys.argv[1]](*words)
