"""Packets as bytes: IPv4 and IPv6, with TCP, UDP, ICMP or a bare payload, whole or in two fragments.

Every packet, and every fragment of one, ends with a mark and a number, by which it is known again wherever it arrives.
"""

import ipaddress
import struct

TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
FLAGS = {"syn": 0x02, "ack": 0x10, "synack": 0x12, "rst": 0x04, "none": 0x00, "all": 0x3F}
NUMBERS = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMPV6}

# An ICMP error quotes the packet that caused it, mark and all: what is an ICMP packet itself has a mark of its own.
MARKS = {False: b"\xa7UC\x01", True: b"\xa7UC\x02"}


def read_number(packet, is_icmp):
    """The number that a packet ends with; None for what is not ours."""
    return struct.unpack("!I", packet[-4:])[0] if packet[-8:-4] == MARKS[is_icmp] else None


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packets(probe, number):
    """The IP packets of a probe: one, or two when it is sent in fragments."""
    source, target = (ipaddress.ip_address(probe[side]) for side in ("source", "target"))
    protocol = NUMBERS.get(probe["protocol"], probe["protocol"])
    end = MARKS[protocol in (ICMP, ICMPV6)] + struct.pack("!I", number)
    # So much that a first fragment holds the whole header, a mark, and a multiple of eight bytes.
    padding = (b"\0" * (4 if protocol == TCP else 0) + end) if probe.get("fragmented") else b""
    body = transport(probe, protocol, source, target, padding + end)
    hops = probe.get("hops", 64)
    if not probe.get("fragmented"):
        return [internet(source, target, protocol, hops, body)]
    return [
        internet(source, target, protocol, hops, body[:-8], (number, 0, True)),
        internet(source, target, protocol, hops, body[-8:], (number, len(body) - 8, False)),
    ]


def internet(source, target, protocol, hops, body, fragment=None):
    """A packet around its body. `fragment`: identification, offset in bytes, whether more follow."""
    number, offset, more = fragment or (0, 0, False)
    if source.version == 4:
        flags = offset // 8 | (0x2000 if more else 0)
        fields = (0x45, 0, 20 + len(body), number & 0xFFFF, flags, hops, protocol, 0, source.packed, target.packed)
        header = struct.pack("!BBHHHBBH4s4s", *fields)
        return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + body
    if fragment:
        body = struct.pack("!BBHI", protocol, 0, offset | more, number) + body
        protocol = 44
    return struct.pack("!IHBB", 6 << 28, len(body), protocol, hops) + source.packed + target.packed + body


def transport(probe, protocol, source, target, end):
    """What a packet carries, with its checksum: connection tracking throws away what has a wrong one."""
    ports = struct.pack("!HH", probe.get("fromPort", 0), probe.get("port", 0))
    pseudo = source.packed + target.packed
    if protocol == TCP:
        head = ports + struct.pack("!II", 1, 1 if probe.get("flags") in ("ack", "synack") else 0)
        head += struct.pack("!BBH", 5 << 4, FLAGS[probe.get("flags", "syn")], 64240)
        total = checksum(pseudo + struct.pack("!HH", protocol, len(head) + 4 + len(end)) + head + b"\0\0\0\0" + end)
        return head + struct.pack("!HH", total, 0) + end
    if protocol == UDP:
        head = ports + struct.pack("!H", 8 + len(end))
        total = checksum(pseudo + struct.pack("!HH", protocol, 8 + len(end)) + head + b"\0\0" + end)
        return head + struct.pack("!H", total or 0xFFFF) + end
    if protocol in (ICMP, ICMPV6):
        kind = struct.pack("!BB", *probe["icmp"])
        body = message(probe, source, target) + end
        covered = kind + b"\0\0" + body
        if protocol == ICMPV6:
            covered = pseudo + struct.pack("!II", len(covered), protocol) + covered
        return kind + struct.pack("!H", checksum(covered)) + body
    return end


def message(probe, source, target):
    """An ICMP message after its checksum. What neighbours say ends with an option of an experimental type, so that it may carry our mark."""
    option = struct.pack("!BB6x", 253, 2)
    kind = probe["icmp"][0] if source.version == 6 else None
    if kind == 133:
        return bytes(4) + option
    if kind == 134:
        return bytes(12) + option
    if kind in (135, 136):
        return bytes(4) + (target if kind == 135 else source).packed + option
    if "quotes" in probe:
        return bytes(4) + packets(probe["quotes"], 0)[0]
    return bytes(4)
