"""`forge.py SOURCE DESTINATION PORT`: sends a TCP SYN and a DNS question under another's address, by a raw socket; needs root's rights."""
import socket
import struct
import sys

source, destination, port = sys.argv[1], sys.argv[2], int(sys.argv[3])


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packet(protocol, payload):
    pseudo = socket.inet_aton(source) + socket.inet_aton(destination) + struct.pack("!BBH", 0, protocol, len(payload))
    at = 16 if protocol == socket.IPPROTO_TCP else 6
    payload = payload[:at] + struct.pack("!H", checksum(pseudo + payload)) + payload[at + 2 :]
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0)
    return head + socket.inet_aton(source) + socket.inet_aton(destination) + payload


raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
syn = struct.pack("!HHIIBBHHH", 40000, port, 1, 0, 0x50, 2, 64240, 0, 0)
raw.sendto(packet(socket.IPPROTO_TCP, syn), (destination, 0))
datagram = struct.pack("!HHHH", 40001, port, 12, 0) + b"who"
raw.sendto(packet(socket.IPPROTO_UDP, datagram + b"!"), (destination, 0))
print("sent")
