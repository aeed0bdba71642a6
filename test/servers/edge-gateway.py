"""A gateway's port: passes connections on with PROXY protocol version 1. Arguments: address, port, port of the edge."""
import socket, sys, threading

address, port, target = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def copy(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


server = socket.create_server((address, port), backlog=64)
while True:
    client, (source, source_port) = server.accept()
    edge = socket.create_connection((address, target))
    edge.sendall(f"PROXY TCP4 {source} {address} {source_port} {port}\r\n".encode())
    threading.Thread(target=copy, args=(client, edge), daemon=True).start()
    threading.Thread(target=copy, args=(edge, client), daemon=True).start()
