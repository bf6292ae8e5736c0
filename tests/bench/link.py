"""A link with latency: two network namespaces joined by two TUN devices and a queue that holds every packet back.

A TCP proxy would answer the client's SYN at once and so hide the connection's own round trip; here it is delayed too.
"""

import contextlib
import ctypes
import fcntl
import heapq
import json
import os
import select
import signal
import struct
import subprocess
import sys
import time

CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
CLIENT, SERVER = "10.99.0.2", "10.99.0.1"
libc = ctypes.CDLL(None, use_errno=True)


def call(name, *args):
    if getattr(libc, name)(*args):
        raise OSError(ctypes.get_errno(), name)


def end(device, address, peer):
    """Goes into a new network namespace with one end of the link; returns its TUN and the namespace."""
    call("unshare", CLONE_NEWNET)
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", device.encode(), IFF_TUN | IFF_NO_PI))
    for command in ("ip link set lo up", f"ip addr add {address} peer {peer} dev {device}",
                    f"ip link set {device} mtu 1500 up"):
        subprocess.check_call(command.split())
    return tun, os.open("/proc/self/ns/net", os.O_RDONLY)


def carry(a, b, seconds):
    """Takes every packet from one end to the other, `seconds` later; for ever."""
    queue, n = [], 0
    while True:
        now = time.monotonic()
        while queue and queue[0][0] <= now:
            _, _, to, packet = heapq.heappop(queue)
            os.write(to, packet)
        wait = max(0, queue[0][0] - time.monotonic()) if queue else None
        for tun in select.select([a, b], [], [], wait)[0]:
            with contextlib.suppress(BlockingIOError):
                while True:
                    packet, n = os.read(tun, 65536), n + 1
                    heapq.heappush(queue, (time.monotonic() + seconds, n, b if tun is a else a, packet))


@contextlib.contextmanager
def link(one_way_ms):
    """Gives the two namespaces (client's, server's) as paths, for as long as the block lasts."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            libc.prctl(1, signal.SIGKILL)
            a, client = end("bench0", CLIENT, SERVER)
            b, server = end("bench1", SERVER, CLIENT)
            os.write(writes, json.dumps([client, server]).encode())
            os.close(writes)
            carry(a, b, one_way_ms / 1000)
        except OSError as e:
            print(f"no link: {e}", file=sys.stderr)
        finally:
            os._exit(1)
    os.close(writes)
    try:
        said = os.read(reads, 100)
        if not said:
            raise OSError("no namespaces: root and /dev/net/tun are needed")
        yield [f"/proc/{pid}/fd/{fd}" for fd in json.loads(said)]
    finally:
        os.close(reads)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def inside(namespace, hosts, work):
    """Runs work() in a process of its own within the namespace, where /etc/hosts is `hosts`; returns its result."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(reads)
            fd = os.open(namespace, os.O_RDONLY)
            call("setns", fd, CLONE_NEWNET)
            call("unshare", CLONE_NEWNS)
            subprocess.check_call(["mount", "--make-rprivate", "/"])
            subprocess.check_call(["mount", "--bind", hosts, "/etc/hosts"])
            result = json.dumps(work()).encode()
            with os.fdopen(writes, "wb") as out:
                out.write(result)
            status = 0
        finally:
            sys.stdout.flush()
            os._exit(status)
    os.close(writes)
    with os.fdopen(reads, "rb") as said:
        result = said.read()
    os.waitpid(pid, 0)
    if not result:
        raise OSError("the work inside the namespace failed")
    return json.loads(result)
