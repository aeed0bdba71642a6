"""Asks a resolver for a name again and again and says how often no answer came: names.py SERVER NAME QUESTIONS PER_SECOND"""

import socket
import struct
import sys
import time

server, name, questions, per_second = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
labels = b"".join(bytes([len(part)]) + part.encode() for part in name.rstrip(".").split(".")) + b"\0"
lost = []
begun = time.monotonic()
for number in range(questions):
    due = begun + number / per_second
    time.sleep(max(0, due - time.monotonic()))
    # A port of its own for each question, as a program's resolver does: none follows the one before it.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(1)
        client.connect((server, 53))
        client.send(struct.pack(">HHHHHH", number & 0xFFFF, 0x0100, 1, 0, 0, 0) + labels + struct.pack(">HH", 1, 1))
        try:
            answer = client.recv(1500)
            if answer[3] & 0xF != 0 or struct.unpack(">H", answer[6:8])[0] == 0:
                lost.append(f"{time.monotonic() - begun:.1f}s:code{answer[3] & 0xF}")
        except OSError as error:
            lost.append(f"{time.monotonic() - begun:.1f}s:{error}")
print(f"{questions} {len(lost)} {' '.join(lost)}")
