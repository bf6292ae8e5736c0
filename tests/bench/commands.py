"""How each program is started: change it here when a command line changes."""

import pathlib
import shutil
import subprocess
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
MAILSETUP = TOP / "target/release/mailsetup"
INQUIRE = TOP / "target/bench-inquire/release/bench-inquire"

FROM, TO = "alice@example.test", "bob@example.test"
PASSWORD = 'p@ss "w\\ord#1'
MESSAGE = f"From: {FROM}\r\nTo: {TO}\r\nSubject: benchmark\r\n\r\nhello\r\n"

# --- terminal: name -> command; what is typed into its first field is TYPED, then Tab
TYPED = "alice@example.test"
DEMO_PASSWORD = b"open sesame #1"
BASE = "whiptail inputbox"
TERMINAL = {
    "mailsetup": [str(MAILSETUP)],
    "mailsetup --demo": [str(MAILSETUP), "--demo"],
    "mailsetup --plain": [str(MAILSETUP), "--plain"],
    "inquire Text": [str(INQUIRE)],
    "whiptail inputbox": ["whiptail", "--inputbox", "SMTP server:", "10", "60"],
    "dialog form": ["dialog", "--form", "SMTP", "14", "60", "6"]
    + [w for i, label in enumerate(("Server", "Port", "User", "Password", "From", "To"), 1)
       for w in (label, str(i), "1", "", str(i), "12", "40", "0")],
}

# --- start: what ends at once; the profile is the one that Line.prepare() writes
START = {
    "true": ["true"],
    "mailsetup --version": [str(MAILSETUP), "--version"],
    "mailsetup secret": [str(MAILSETUP), "secret", "--scope", "user"],
    "mailsetup detect": [str(MAILSETUP), "detect", "--offline", "ops@gmail.com"],
    "mailsetup providers": [str(MAILSETUP), "providers"],
    "msmtp --version": ["msmtp", "--version"],
    "curl --version": ["curl", "--version"],
    "swaks --version": ["swaks", "--version"],
}


class Line:
    """The commands for one server port; mode is "starttls" or "tls"."""

    def __init__(self, host, port, mode, ca, home):
        self.host, self.port, self.mode, self.ca = host, str(port), mode, str(ca)
        self.home = pathlib.Path(home)
        self.profile = f"bench-{mode}"
        self.env = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(home), "LANG": "C.UTF-8",
                    "XDG_CONFIG_HOME": f"{home}/.config", "XDG_STATE_HOME": f"{home}/.local/state",
                    "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
        self.message = self.home / "message.eml"
        self.message.write_bytes(MESSAGE.encode())

    def prepare(self):
        """Writes what the programs read; returns why mailsetup cannot take part, or None."""
        self.msmtprc = self.home / f"msmtprc-{self.mode}"
        self.msmtprc.touch(0o600)
        self.msmtprc.write_text(
            f"account default\nhost {self.host}\nport {self.port}\nauth plain\ntls on\n"
            f"tls_starttls {'on' if self.mode == 'starttls' else 'off'}\ntls_trust_file {self.ca}\n"
            f"from {FROM}\nuser {FROM}\npassword \"{PASSWORD}\"\n")
        if not MAILSETUP.exists():
            return f"{MAILSETUP} is not built"
        secret = self.home / "password"
        secret.touch(0o600)
        secret.write_text(PASSWORD)
        self.set_up = [str(MAILSETUP), FROM, "--provider", "custom", "--host", self.host, "--port", self.port,
                       "--security", self.mode, "--username", FROM, "--password-file", str(secret), "--ca-file", self.ca,
                       "--ehlo", "web1.example.test", "--no-imap", "--profile", self.profile, "--scope", "user",
                       "--secret-store", "file", "--no-input", "-q"]
        done = subprocess.run([*self.set_up, "--test", "none", "--yes"], env=self.env, capture_output=True, text=True,
                              timeout=60)
        return f"set-up ended with {done.returncode}: {done.stderr.strip()[:200]}" if done.returncode else None

    def commands(self):
        """(what, program) -> (command, standard input)"""
        starttls = self.mode == "starttls"
        swaks = ["swaks", "--silent", "2", "--server", self.host, "--port", self.port, "--tls" if starttls else "--tls-on-connect",
                 "--tls-verify", "--tls-ca-path", self.ca, "--auth", "PLAIN", "--auth-user", FROM,
                 "--auth-password", PASSWORD, "--from", FROM, "--to", TO]
        curl = ["curl", "-sS", "--url", f"{'smtp' if starttls else 'smtps'}://{self.host}:{self.port}", "--ssl-reqd",
                "--cacert", self.ca, "--user", f"{FROM}:{PASSWORD}", "--login-options", "AUTH=PLAIN", "--sasl-ir",
                "--mail-from", FROM, "--mail-rcpt", TO, "-T", str(self.message)]
        node = ["node", str(TOP / "tests/bench/nodemailer.js")]
        how = [self.host, self.port, self.mode, self.ca, FROM, PASSWORD, TO]
        check = [str(MAILSETUP), "check", self.profile, "--scope", "user", "--no-input", "-q"]
        tried = [*self.set_up, "--dry-run", "--test-to", TO]
        return {
            ("login", "mailsetup --test login"): ([*tried, "--test", "login"], None),
            ("login", "mailsetup check (and an envelope)"): (check, None),
            ("login", "swaks --quit-after AUTH"): ([*swaks, "--quit-after", "AUTH"], None),
            ("login", "nodemailer verify"): ([*node, "verify", *how], None),
            ("message", "mailsetup --test send"): ([*tried, "--test", "send"], None),
            ("message", "mailsetup check --send"): ([*check, "--send"], None),
            ("message", "msmtp"): (["msmtp", "-C", str(self.msmtprc), TO], MESSAGE.encode()),
            ("message", "swaks"): (swaks, None),
            ("message", "swaks --pipeline"): ([*swaks, "--pipeline"], None),
            ("message", "curl"): (curl, None),
            ("message", "nodemailer"): ([*node, "send", *how], None),
        }


def nodemailer():
    """Where npm put nodemailer, or None."""
    if not shutil.which("npm"):
        return None
    where = tempfile.mkdtemp(prefix="bench-node-")
    done = subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", where, "nodemailer"],
                          capture_output=True)
    return where if done.returncode == 0 else None


def inquire():
    """Builds the peer that asks by inquire; True when it is there."""
    folder = TOP / "tests/bench/inquire"
    done = subprocess.run(["cargo", "build", "--release", "-q", "--manifest-path", folder / "Cargo.toml",
                           "--target-dir", TOP / "target/bench-inquire"])
    return done.returncode == 0
