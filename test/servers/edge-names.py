"""The cluster's resolver: answers from a JSON file of names and their addresses, read for every question. Arguments: address, file."""
import json, socket, struct, sys

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((sys.argv[1], 53))
while True:
    question, client = server.recvfrom(4096)
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1 : at + 1 + question[at]].decode())
        at += 1 + question[at]
    at += 1
    kind = struct.unpack(">H", question[at : at + 2])[0]
    with open(sys.argv[2]) as file:
        known = json.load(file)
    addresses = known.get(".".join(labels).lower())
    found = addresses if addresses and kind == 1 else []
    head = question[:2] + struct.pack(">HHHHH", 0x8580 if addresses is not None else 0x8583, 1, len(found), 0, 0)
    records = b"".join(
        b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 5, 4) + socket.inet_aton(address) for address in found
    )
    server.sendto(head + question[12 : at + 4] + records, client)
