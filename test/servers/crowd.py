"""A crowd of connections that say nothing more. Arguments: source, destination, port, number, what each sends first (hex; "-" for nothing), PROXY sources ("-" for none).

Prints {"open": n} once all were tried and whenever the number falls to zero, and ends when its standard input does.
"""
import json, resource, select, socket, sys

source, destination, port, number, first, proxied = sys.argv[1:7]
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
poll, held = select.poll(), {}
poll.register(sys.stdin.fileno(), select.POLLIN | select.POLLHUP)
hello = b"" if first == "-" else bytes.fromhex(first)
claimed = proxied.split(",")


def tell():
    print(json.dumps({"open": len(held)}), flush=True)


def gone(milliseconds):
    for fd, _ in poll.poll(milliseconds):
        if fd == sys.stdin.fileno():
            sys.exit()
        try:
            said = held[fd].recv(65536)
        except BlockingIOError:
            continue
        except OSError:
            said = b""
        if not said:
            poll.unregister(fd)
            held.pop(fd).close()


for i in range(int(number)):
    s = socket.socket()
    s.bind((source, 0))
    s.settimeout(1)
    try:
        s.connect((destination, int(port)))
        if proxied != "-":
            one = claimed[i % len(claimed)].replace("#", f"{i:x}")
            family, server = ("TCP6", "2001:db8::1") if ":" in one else ("TCP4", "192.0.2.1")
            s.send(f"PROXY {family} {one} {server} {1024 + i} 443\r\n".encode())
        if hello:
            s.send(hello)
    except TimeoutError:
        # Nobody takes more: the queue before the server is full, too.
        s.close()
        break
    except OSError:
        s.close()
        gone(0)
        continue
    s.setblocking(False)
    held[s.fileno()] = s
    poll.register(s.fileno(), select.POLLIN | select.POLLHUP)
    if i % 50 == 0:
        gone(0)
for _ in range(20):
    gone(50)
tell()
while True:
    before = len(held)
    gone(1000)
    if before > 0 and not held:
        tell()
