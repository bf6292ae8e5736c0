"""Drives aerc on a pseudo-terminal: waits for what its screen shows, types, and ends with what it said of the message."""
import fcntl, os, pty, re, select, struct, sys, termios, time

import pyte

to, subject, body = sys.argv[1:]
screen = pyte.Screen(120, 40)
stream = pyte.ByteStream(screen)
pid, terminal = pty.fork()
if pid == 0:
    # Its editor leaves the text that --body-file would have given.
    os.environ.update(TERM="xterm-256color", EDITOR=f"cp {body}", COLUMNS="120", LINES="40")
    os.execvp("aerc", ["aerc"])


def resize(lines):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, 120, 0, 0))


# It asks the terminal what it can do, and draws when it knows how large it is.
screen.write_process_input = lambda data: os.write(terminal, data.encode())
resize(40)


def text():
    return "\n".join(line.rstrip() for line in screen.display if line.strip())


def wait(*patterns, seconds=60):
    """The number of the pattern that the screen shows first."""
    end = time.monotonic() + seconds
    silent = 0
    while time.monotonic() < end:
        for n, pattern in enumerate(patterns):
            if re.search(pattern, text()):
                return n
        if not select.select([terminal], [], [], 0.1)[0]:
            silent += 1
            # What it has to say of a message may wait for something to happen: another size has it draw all anew.
            if silent % 10 == 0:
                resize(39 + silent // 10 % 2)
        else:
            try:
                stream.feed(os.read(terminal, 65536))
            except OSError:
                break
    sys.exit(f"aerc does not show {patterns}:\n{text()}")


def type_(keys):
    os.write(terminal, keys.encode())


wait("INBOX")
while True:
    type_(":")
    # What it says first of settings that are out of date is to be confirmed.
    if wait(r"(?m)^:", r"\[OK\]") == 0:
        break
    type_("\r")
    while "[OK]" in text():
        stream.feed(os.read(terminal, 65536))
type_(f'compose -H "To: {to}" -H "Subject: {subject}"\r')
wait("Send this email|send this email|Send the message|:send")
type_("y")
if wait(r"(?i)message sent|sent\.", r"(?i)send: |error|failed|535|certificate|STARTTLS is supported") != 0:
    sys.exit(text())
