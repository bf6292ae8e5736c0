#!/usr/bin/env python3
"""Makes the README's picture from the real program: the demo in tmux, a failed test, drawn as SVG.

usage: .github/picture.py BINARY > .github/wizard.svg      (needs tmux)
"""
import html, re, subprocess, sys, time, unicodedata

COLUMNS, ROWS, WIDTH, HEIGHT = 80, 26, 8.4, 17
PAPER, INK = "#1d1f21", "#d6d6d6"
COLOURS = {1: "#e06c75", 2: "#98c379", 3: "#e5c07b", 4: "#61afef", 5: "#c678dd", 6: "#56b6c2", 7: INK, 8: "#7f848e"}


def tmux(*words):
    return subprocess.run(["tmux", "-L", "mailsetup-picture", *words], check=True, capture_output=True, text=True).stdout


def until(text):
    deadline = time.monotonic() + 20
    while text not in tmux("capture-pane", "-p"):
        if time.monotonic() > deadline:
            sys.exit(f"the screen never showed {text!r}")
        time.sleep(0.05)


def press(*keys):
    for key in keys:
        tmux("send-keys", key)


def cells(line):
    """Each character of a captured line with its colour, weight and dimness."""
    colour, bold, dim = INK, False, False
    for escape, character in re.findall(r"\x1b\[([0-9;]*)m|(.)", line):
        if character:
            yield character, colour, bold, dim
            continue
        for code in (int(part or 0) for part in escape.split(";")):
            if code == 0:
                colour, bold, dim = INK, False, False
            elif code == 1:
                bold = True
            elif code == 2:
                dim = True
            elif code in (22,):
                bold = dim = False
            elif 30 <= code <= 37:
                colour = COLOURS.get(code - 30, INK)
            elif code == 90:
                colour = COLOURS[8]
            elif code == 39:
                colour = INK


def draw(screen):
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {COLUMNS * WIDTH + 24:.0f} {ROWS * HEIGHT + 24}" '
        f'font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">',
        f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>',
    ]
    for row, line in enumerate(screen.split("\n")[:ROWS]):
        column, run, style = 0, "", None
        start = 0

        def flush():
            if run.strip():
                colour, bold, dim = style
                extra = (' font-weight="bold"' if bold else "") + (' opacity="0.6"' if dim else "")
                out.append(
                    f'<text x="{12 + start * WIDTH:.1f}" y="{26 + row * HEIGHT}" textLength="{len(run) * WIDTH:.1f}" '
                    f'fill="{colour}"{extra}>{html.escape(run)}</text>'
                )

        for character, *now in cells(line):
            if now != style:
                flush()
                run, start, style = "", column, now
            run += character
            column += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        flush()
    return "\n".join([*out, "</svg>"])


def main():
    tmux("-f", "/dev/null", "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS),
         f"env LANG=C.UTF-8 TERM=xterm-256color {sys.argv[1]} --demo --timeout 1")
    try:
        until("Sender address")
        press("Enter", "Enter", "Enter", "Enter")
        until("App password")
        tmux("send-keys", "-l", "open sesame #1")
        press("Enter", "F5", "3", "Enter", "Enter")
        until("Enter: Use port")
        screen = tmux("capture-pane", "-p", "-e")
        sys.stdout.write(draw(screen) + "\n")
        press("C-c")
    finally:
        subprocess.run(["tmux", "-L", "mailsetup-picture", "kill-server"], check=False)


main()
