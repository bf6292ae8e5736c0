"""How long a command takes that does next to nothing: `mailsetup secret` runs at each mail that msmtp sends."""

import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

import commands

RUNS = 41


def ms(command, env):
    """Milliseconds of one run."""
    start = time.perf_counter()
    subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - start) * 1000


def instructions(command, env):
    """Millions of instructions in user space, counted by callgrind where it is installed."""
    if not shutil.which("valgrind"):
        return ""
    with tempfile.TemporaryDirectory() as folder:
        words = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", *command],
                               env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True).stderr
        counted = [line.rsplit(":", 1)[1].strip() for line in words.splitlines() if "Collected" in line]
    return f"{int(counted[0].split()[0]) / 1e6:.2f}" if counted else ""


def run(table):
    """Measures and prints."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="bench-start-"))
    try:
        case = commands.Line("127.0.0.1", 1, "tls", "/etc/ssl/certs/ca-certificates.crt", home)
        why = case.prepare()
        if why:
            print(f"start: mailsetup is left out: {why}\n")
        there = {name: command for name, command in commands.START.items()
                 if shutil.which(command[0]) and not (why and command[0] == str(commands.MAILSETUP))}
        rounds = [{name: ms(command, case.env) for name, command in there.items()} for _ in range(RUNS)]
        taken = {name: [times[name] for times in rounds] for name in there}
        base = statistics.median(taken["true"])
        table(f"a command's whole run, medians of {RUNS}", ["", "ms", "above true", "least ms", "million instructions"],
              [[name, f"{statistics.median(times):.2f}", f"{statistics.median(times) - base:.2f}", f"{min(times):.2f}",
                instructions(there[name], case.env)] for name, times in taken.items()])
    finally:
        shutil.rmtree(home)
