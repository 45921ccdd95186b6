"""Opens connections out of several network namespaces at once, and listens in them.

One line of JSON comes in: {"namespaces": {name: path}, "listen": [ports], "probes": [[namespace, address, port, from,
fromPort, protocol]], "seconds": n}; one goes out: what became of each probe: "connected", "refused", "timeout" or an errno's name.
A datagram that is sent back has connected; one that is not has timed out, whatever else is heard of it.
A thread's namespace is that of the sockets it makes, so one process serves all of them.
"""

import ctypes
import errno
import json
import os
import select
import socket
import struct
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
IP_PKTINFO = 8
RESET = struct.pack("ii", 1, 0)


def enter(path):
    descriptor = os.open(path, os.O_RDONLY)
    if libc.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), path)
    os.close(descriptor)


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def listeners(ports):
    made = []
    for kind, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
        for port in ports:
            one = socket.socket(kind, socket.SOCK_STREAM)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if kind == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind((host, port))
            one.listen(4096)
            made.append(one)
    return made


def echoes(ports):
    made = []
    for kind, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
        for port in ports:
            one = socket.socket(kind, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            if kind == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
            else:
                one.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
            one.bind((host, port))
            made.append(one)
    return made


def echo(one):
    """Answers come from the address that was asked."""
    while True:
        try:
            said, control, _, peer = one.recvmsg(64, 256)
        except OSError as error:
            if error.errno == errno.EAGAIN:
                return
            continue
        try:
            one.sendmsg([said], control_of(control), 0, peer)
        except OSError:
            pass


def control_of(control):
    level, kind, data = control[0]
    if level == socket.IPPROTO_IP:
        # index, the address to send from, the destination of what came
        data = struct.pack("I", 0) + data[8:12] + b"\0" * 4
    return [(level, kind, data)]


def begin(address, port, source, source_port):
    one = socket.socket(family(address), socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # No trace is left: a closed connection is forgotten, not kept for a minute.
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    if source_port:
        one.bind((source, source_port))
    return one, one.connect_ex((address, port))


def send(address, port, source, source_port):
    one = socket.socket(family(address), socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind((source, source_port))
    one.connect((address, port))
    one.send(b"hello")
    return one


def told(code):
    if code == 0:
        return "connected"
    return {errno.ECONNREFUSED: "refused", errno.ETIMEDOUT: "timeout"}.get(code) or errno.errorcode[code]


def outcome(one):
    if one.type == socket.SOCK_STREAM:
        return told(one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
    try:
        return "connected" if one.recv(64) == b"hello" else "odd"
    except OSError:
        return "timeout"


def play(task):
    probes = task["probes"]
    outcomes = [None] * len(probes)
    kept, answering = [], []
    for path in task["namespaces"].values():
        enter(path)
        kept += listeners(task["listen"])
        answering += echoes(task["listen"])
    poll = select.epoll()
    waiting = {}
    by_descriptor = {one.fileno(): one for one in answering}
    for descriptor in by_descriptor:
        poll.register(descriptor, select.EPOLLIN)
    by_namespace = {}
    for number, probe in enumerate(probes):
        by_namespace.setdefault(probe[0], []).append(number)
    for name, numbers in by_namespace.items():
        enter(task["namespaces"][name])
        for number in numbers:
            if probes[number][5] == "udp":
                one = send(*probes[number][1:5])
                waiting[one.fileno()] = (number, one)
                poll.register(one, select.EPOLLIN)
                continue
            one, code = begin(*probes[number][1:5])
            if code == errno.EINPROGRESS:
                waiting[one.fileno()] = (number, one)
                poll.register(one, select.EPOLLOUT)
            else:
                outcomes[number] = told(code)
                one.close()
    end = time.monotonic() + task["seconds"]
    while waiting and (left := end - time.monotonic()) > 0:
        for descriptor, _ in poll.poll(left):
            if descriptor in by_descriptor:
                echo(by_descriptor[descriptor])
                continue
            number, one = waiting.pop(descriptor)
            outcomes[number] = outcome(one)
            poll.unregister(descriptor)
            one.close()
    for number, one in waiting.values():
        outcomes[number] = "timeout"
        one.close()
    for one in kept + answering:
        one.close()
    return outcomes


for line in sys.stdin:
    print(json.dumps(play(json.loads(line))), flush=True)
