"""A pod that speaks first: its name, and who it was told that the client is. Arguments: address, port, name, "proxied" or "plain", then certificate and key for TLS."""
import socket, ssl, sys, threading

address, port, name, proxied, tls = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4] == "proxied", sys.argv[5:]


def serve(client):
    told = "nobody"
    try:
        if proxied:
            head = b""
            while len(head) < 16:
                head += client.recv(16 - len(head))
            body = client.recv(int.from_bytes(head[14:16], "big"), socket.MSG_WAITALL) if head[15] or head[14] else b""
            told = socket.inet_ntoa(body[:4]) if body else "check"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            client = context.wrap_socket(client, server_side=True)
        client.sendall(f"{name} {told}\n".encode())
        client.recv(1)
    except OSError:
        pass
    client.close()


server = socket.create_server((address, port), backlog=64)
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
