"""A form in a pseudo-terminal of 80x24: first frame, bytes, write calls, memory."""

import contextlib
import fcntl
import os
import pty
import select
import shutil
import signal
import statistics
import struct
import subprocess
import tempfile
import termios
import time

import commands

RUNS = 7
QUIET = 0.25
ANSWERS = {b"\x1b[6n": b"\x1b[1;1R", b"\x1b[c": b"\x1b[?62;22c", b"\x1b]11;?": b"\x1b]11;rgb:0000/0000/0000\x1b\\"}


class Program:
    """A program in a terminal."""

    def __init__(self, command):
        home = tempfile.mkdtemp(prefix="bench-home-")
        self.home = home
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        env = {"TERM": "xterm-256color", "PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8",
               "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
        self.started = time.perf_counter()
        self.child = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True,
                                      preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.master = master

    def drain(self, quiet=QUIET):
        """(bytes, seconds since the program's start when the last of them came) until nothing comes for `quiet`."""
        got, last, hard = b"", None, time.perf_counter() + 4 * quiet
        while time.perf_counter() < hard and select.select([self.master], [], [], quiet)[0]:
            try:
                part = os.read(self.master, 65536)
            except OSError:
                break
            last, got = time.perf_counter() - self.started, got + part
            for question, answer in ANSWERS.items():
                if question in part:
                    os.write(self.master, answer)
        return got, last

    def memory(self, what):
        """VmRSS or VmHWM, KiB."""
        with open(f"/proc/{self.child.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(what))

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()
        os.close(self.master)
        shutil.rmtree(self.home, ignore_errors=True)


def once(command):
    """One run, measured from outside."""
    program = Program(command)
    try:
        frame, when = program.drain()
        if not frame or program.child.poll() is not None:
            return {"failed": frame.decode(errors="replace").strip()[-80:] or f"exit {program.child.poll()}"}
        keys = []
        for key in commands.TYPED.encode():
            os.write(program.master, bytes([key]))
            keys.append(len(program.drain(0.06)[0]))
        os.write(program.master, b"\t")
        tab = len(program.drain(0.15)[0])
        return {"ms": when * 1000, "frame": len(frame), "key": statistics.mean(keys), "tab": tab,
                "rss": program.memory("VmRSS") / 1024, "peak": program.memory("VmHWM") / 1024}
    finally:
        program.close()


def writes(command):
    """Write calls to the terminal: (first frame, per character, Tab), counted by strace."""
    with tempfile.NamedTemporaryFile() as trace:
        program = Program(["strace", "-f", "-qq", "-y", "-e", "trace=write,writev,pwrite64", "-o", trace.name, *command])

        def count():
            with open(trace.name, errors="replace") as lines:
                return sum("</dev/pts/" in line or "</dev/tty>" in line for line in lines)
        try:
            program.drain(0.6)
            frame = count()
            for key in commands.TYPED.encode():
                os.write(program.master, bytes([key]))
                program.drain(0.06)
            typed = count()
            os.write(program.master, b"\t")
            program.drain(0.2)
            return frame, (typed - frame) / len(commands.TYPED), count() - typed
        finally:
            program.close()


def walk(command, hint, patience=30):
    """The demo from its first page to its end by Enter alone, password, live test and writing included: rows of a table."""
    program, rows, typed = Program(command), [], False
    try:
        shown, _ = program.drain()
        for step in range(patience):
            memory = [f"{program.memory(what) / 1024:.1f}" for what in ("VmRSS", "VmHWM")]
            rows.append([f"{step} times Enter", str(len(shown)), *memory])
            if hint in shown and not typed:
                typed = True
                os.write(program.master, hint)
                program.drain(0.1)
            os.write(program.master, b"\r")
            shown, _ = program.drain()
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = program.child.wait(0.05)
                return [*rows, [f"ended with {status}", "", "", ""]]
        return [*rows, ["did not end", "", "", ""]]
    finally:
        program.close()


def run(table):
    """Measures and prints."""
    commands.inquire()
    there = {name: command for name, command in commands.TERMINAL.items() if shutil.which(command[0])}
    taken = {name: [] for name in there}
    for _ in range(RUNS):
        for name, command in there.items():
            taken[name].append(once(command))
    rows = []
    base = next((statistics.median(r["ms"] for r in runs) for name, runs in taken.items()
                 if name == commands.BASE and "ms" in runs[0]), None)
    for name, runs in taken.items():
        bad = next((r for r in runs if "failed" in r), None)
        if bad:
            rows.append([name, "failed: " + bad["failed"], *[""] * 9])
            continue
        mid = {key: statistics.median(r[key] for r in runs) for key in runs[0]}
        calls = writes(there[name]) if shutil.which("strace") else None
        rows.append([name, f"{mid['ms']:.1f}", f"{mid['ms'] / base:.2f}" if base else "", f"{mid['frame']:.0f}",
                     str(calls[0]) if calls else "", f"{mid['key']:.1f}", f"{calls[1]:.1f}" if calls else "",
                     f"{mid['tab']:.0f}", str(calls[2]) if calls else "", f"{mid['rss']:.1f}", f"{mid['peak']:.1f}"])
    table(f"terminal, 80x24, medians of {RUNS} runs; ratio to {commands.BASE}; write calls by strace in a run of its own",
          ["", "first frame ms", "ratio", "bytes", "writes", "bytes a key", "writes", "bytes Tab", "writes", "RSS MiB",
           "peak MiB"], rows)
    if "mailsetup --demo" in there:
        table("mailsetup --demo from the first page to the end", ["", "bytes", "RSS MiB", "peak MiB"],
              walk(there["mailsetup --demo"], commands.DEMO_PASSWORD))
    for name in commands.TERMINAL.keys() - there.keys():
        print(f"left out: {name}: not installed or not built\n")
