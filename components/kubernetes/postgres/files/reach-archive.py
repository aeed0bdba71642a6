#!/usr/bin/env python3
"""Leads connections to the archive through the gateways' proxies.

pgBackRest knows no proxy. The archive's name leads here (127.0.0.1), and each connection goes on through an HTTP CONNECT of the first proxy that answers. TLS is
between pgBackRest and the archive: this program sees encrypted bytes only.

    reach-archive.py PORT ARCHIVE:PORT PROXY:PORT [PROXY:PORT ...]
"""
import asyncio
import signal
import sys

CONNECT_SECONDS = 5


def place(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


async def reached(archive, proxies):
    """A connection to the archive through the first proxy that leads there."""
    name = "%s:%d" % archive
    for host, port in proxies:
        writer = None
        try:
            reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port), CONNECT_SECONDS)
            writer.write(("CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (name, name)).encode())
            answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), CONNECT_SECONDS * 2)
            status = answer.split(b"\r\n", 1)[0].decode("latin-1")
            if status.split(" ")[1:2] == ["200"]:
                return reader, writer
            print('expected the proxy %s to lead to %s, got "%s"; allow it in the gateways\' egress' % (host, name, status), file=sys.stderr, flush=True)
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            print("expected the proxy %s to answer, got %r; trying the next" % (host, error), file=sys.stderr, flush=True)
        if writer is not None:
            writer.close()
    return None


async def copied(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        writer.close()


def served(archive, proxies):
    async def serve(reader, writer):
        far = await reached(archive, proxies)
        if far is not None:
            await asyncio.gather(copied(reader, far[1]), copied(far[0], writer))
            far[1].close()
        writer.close()

    return serve


async def main():
    port, archive, proxies = int(sys.argv[1]), place(sys.argv[2]), [place(one) for one in sys.argv[3:]]
    server = await asyncio.start_server(served(archive, proxies), "127.0.0.1", port)
    ended = asyncio.Event()
    # The first process of a container hears no signal that it does not ask for.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, ended.set)
    async with server:
        await ended.wait()


asyncio.run(main())
