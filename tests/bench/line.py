"""A verified login and a sent message, against Postfix and Dovecot of the test bed, without and with latency."""

import contextlib
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

import commands
import link

HOST = "mail.example.test"
ONE_WAY_MS = 50
RUNS = {"0 ms": 7, "100 ms": 5}


def started(command, stdin, env, words):
    """The program, running."""
    with tempfile.TemporaryFile() as given:
        given.write(stdin or b"")
        given.seek(0)
        return subprocess.Popen(command, stdin=given, stdout=words, stderr=subprocess.STDOUT, env=env)


def once(command, stdin, env):
    """(milliseconds, exit status, last words) of one run."""
    with tempfile.TemporaryFile() as words:
        start = time.perf_counter()
        status = started(command, stdin, env, words).wait()
        ms = (time.perf_counter() - start) * 1000
        words.seek(0)
        return ms, status, words.read().decode(errors="replace").strip()


def peak(command, stdin, env):
    """Peak memory in KiB, looked up while it runs: rusage counts the memory of whoever started it too."""
    kib = 0
    child = started(command, stdin, env, subprocess.DEVNULL)
    while child.poll() is None:
        with contextlib.suppress(OSError):
            status = pathlib.Path(f"/proc/{child.pid}/status").read_text()
            kib = max([kib, *map(int, re.findall(r"VmHWM:\s*(\d+)", status))])
        time.sleep(0.002)
    return kib


def each(cases, peers, work):
    """work(command, standard input, environment) for all, in turn."""
    return {f"{mode}|{what}|{name}": work(command, stdin, {**case.env, "NODE_PEERS": peers or ""})
            for mode, case in cases.items() for (what, name), (command, stdin) in case.commands().items()}


def measure(cases, runs, peers):
    """Runs all in turns, so that what else the machine does falls on each alike."""
    rounds = [each(cases, peers, once) for _ in range(runs)]
    return {key: [taken[key] for taken in rounds] for key in rounds[0]}


def round_trip(port):
    """What a bare TCP connection takes: the link's own round trip."""
    times = []
    for _ in range(5):
        started = time.perf_counter()
        socket.create_connection((link.SERVER, port)).close()
        times.append((time.perf_counter() - started) * 1000)
    return min(times)


def left_out(command, peers):
    """Why a program takes no part, or None."""
    if not shutil.which(command[0]):
        return "not installed"
    if command[0] == "node" and not peers:
        return "nodemailer could not be installed by npm"
    return None


def run(table):
    """Measures and prints."""
    if os.geteuid():
        print("line: left out, needs root (network namespaces, Postfix)\n")
        return
    peers = commands.nodemailer()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-line-"))
    bed = tempfile.mkdtemp(prefix="bench-bed-")
    hosts = folder / "hosts"
    hosts.write_text(f"127.0.0.1 localhost\n{link.SERVER} {HOST}\n")
    with link.link(ONE_WAY_MS) as (client, server):
        servers = subprocess.Popen(
            ["nsenter", f"--net={server}", commands.TOP / "tests/bed/servers", bed],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "BED_LISTEN": link.SERVER})
        try:
            ready = dict(re.findall(r"(\w+)=(\S+)", servers.stdout.readline()))
            cases = {mode: commands.Line(HOST, ready[mode], mode, ready["ca"], folder) for mode in ("tls", "starttls")}
            why = [case.prepare() for case in cases.values()]
            everything, absent = commands.Line.commands, {}

            def present(case):
                kept = {}
                for key, (command, stdin) in everything(case).items():
                    reason = why[0] if "mailsetup" in key[1] and why[0] else left_out(command, peers)
                    if reason:
                        absent[key[1]] = reason
                    else:
                        kept[key] = (command, stdin)
                return kept

            commands.Line.commands = present
            near = link.inside(server, hosts, lambda: measure(cases, RUNS["0 ms"], peers))
            far = link.inside(client, hosts, lambda: measure(cases, RUNS["100 ms"], peers))
            memory = link.inside(client, hosts, lambda: each(cases, peers, peak))
            rtt = link.inside(client, hosts, lambda: round_trip(int(ready["tls"])))
            for case in cases.values():
                present(case)
            commands.Line.commands = everything
        finally:
            servers.stdin.close()
            servers.wait()
            shutil.rmtree(folder)
            shutil.rmtree(peers or folder, ignore_errors=True)
    show(table, near, far, memory, rtt, absent)


def show(table, near, far, memory, rtt, absent):
    """One table for each kind of work and of encryption."""
    runs = ", ".join(f"{n} at {link}" for link, n in RUNS.items())
    print(f"Round-trip time of the link, by a bare connection: {rtt:.1f} ms. Medians (round trips: of the least); runs of each: {runs}.\n")
    limits = {("login", "tls"): "5", ("login", "starttls"): "7", ("message", "tls"): "7, with CHUNKING 6",
              ("message", "starttls"): "9, with CHUNKING 8"}
    for (what, mode), limit in limits.items():
        rows, base = [], None
        for key, quick in near.items():
            if key.split("|")[:2] != [mode, what]:
                continue
            name, slow = key.split("|")[2], far[key]
            bad = next((r for r in quick + slow if r[1]), None)
            if bad:
                rows.append([name, f"failed ({bad[1]}): {bad[2].splitlines()[-1][:80] if bad[2] else ''}", "", "", "", ""])
                continue
            ms0, ms1 = (statistics.median(r[0] for r in runs) for runs in (quick, slow))
            base = base or ms1
            # By the least of each: what else the machine does only ever adds.
            trips = (min(r[0] for r in slow) - min(r[0] for r in quick)) / rtt
            rows.append([name, f"{ms0:.1f}", f"{ms1:.1f}", f"{trips:.1f}", f"{ms1 / base:.2f}",
                         f"{memory[key] / 1024:.1f}"])
        table(f"{what}, {'implicit TLS' if mode == 'tls' else 'STARTTLS'} (round trips the protocol needs: {limit})",
              ["", "0 ms", "100 ms", "round trips", "ratio", "peak MiB"], rows)
    for name, reason in absent.items():
        print(f"left out: {name}: {reason}")
    print()
