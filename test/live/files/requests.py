"""Asks a web server for a page again and again, over new connections through several addresses in turn: requests.py NAME PATH CA ADDRESS…
Ends when standard input ends, and prints {"asked": N, "lost": [[seconds, address, why], …], "longest": seconds}."""
import http.client, json, select, socket, ssl, sys, time

name, path, authority, *addresses = sys.argv[1:]
context = ssl.create_default_context(cafile=authority)
begun = time.monotonic()
asked, longest, lost = 0, 0.0, []
while not select.select([sys.stdin], [], [], 0.02)[0]:
    address = addresses[asked % len(addresses)]
    asked += 1
    first = time.monotonic()
    try:
        plain = socket.create_connection((address, 443), timeout=15)
        with context.wrap_socket(plain, server_hostname=name) as secure:
            connection = http.client.HTTPSConnection(name)
            connection.sock = secure
            connection.request("GET", path)
            status = connection.getresponse().status
        if status != 200:
            lost.append([first - begun, address, f"status {status}"])
    except (OSError, http.client.HTTPException) as error:
        lost.append([first - begun, address, repr(error)])
    longest = max(longest, time.monotonic() - first)
print(json.dumps({"asked": asked, "lost": lost, "longest": longest}))
