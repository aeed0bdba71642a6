"""Tries many TCP connections at once: lines "address port" on standard input, a line "open" or "shut" for each on standard output."""
import asyncio, sys


async def attempt(address: str, port: str, seconds: float) -> str:
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(address, int(port)), seconds)
    except (OSError, asyncio.TimeoutError):
        return "shut"
    writer.close()
    return "open"


async def main() -> None:
    targets = [line.split() for line in sys.stdin if line.strip()]
    for word in await asyncio.gather(*(attempt(address, port, float(sys.argv[1])) for address, port in targets)):
        print(word)


asyncio.run(main())
