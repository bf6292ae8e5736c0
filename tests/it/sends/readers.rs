//! Programs that show what they read in the files that were written: each agrees, and says so when something else counts there.

use std::{fs, path::Path};

use crate::support::{bed::left_out, sandbox::Sandbox};

/// Targets whose preset says how another program reads them, and where.
const READERS: [(&str, &str, &str); 7] = [
    ("msmtp", "msmtp", "home/.msmtprc"),
    ("git", "git", "home/.gitconfig"),
    ("mutt", "mutt", "home/.muttrc"),
    ("neomutt", "neomutt", "home/.config/neomutt/neomuttrc"),
    ("json", "python3", "home/mail.json"),
    ("yaml", "ruby", "home/mail.yml"),
    ("python-dotenv", "python3", "home/.env"),
];

#[test]
fn each_program_reads_what_was_written_and_a_difference_is_said() {
    for (target, program, file) in READERS {
        if !["/usr/bin", "/usr/local/bin"].iter().any(|folder| Path::new(folder).join(program).exists()) {
            left_out(format_args!("{target}: {program} is not installed"));
            continue;
        }
        for security in ["tls", "starttls"] {
            let sandbox = Sandbox::new().env("MAILSETUP_EHLO", "web1.example.com");
            sandbox.write("home/pw", "p a");
            let words = ["o'ps+x@example.com", "--host", "mail.example.com", "--port", "2525", "--security", security];
            let more =
                ["--username", "a b", "--password-file", "pw", "--test", "none", "--yes", "--json", "--target", target];
            let run = || sandbox.mailsetup([&words[..], &more].concat()).run();
            let out = run().code(0);
            let document = out.json();
            if document["proofs"][0]["read_by"] == "mailsetup" && target == "python-dotenv" {
                left_out("python-dotenv: its library is not installed");
                continue;
            }
            assert_eq!(document["proofs"][0]["read_by"], program, "{target}: {}{}", out.stdout, out.stderr);
            assert!(out.stderr.contains(&format!("{target}: {program}")), "{}", out.stderr);
            assert!(sandbox.path(file).exists(), "{file}");
        }
    }
}

#[test]
fn what_counts_beside_ours_is_told_by_the_program() {
    if !Path::new("/usr/bin/msmtp").exists() {
        return left_out("msmtp is not installed");
    }
    let sandbox = Sandbox::new().env("MAILSETUP_EHLO", "web1.example.com");
    sandbox.write("home/pw", "x");
    // A program of this name that reads another port.
    let words = ["#!/bin/sh", "exec /usr/bin/msmtp \"$@\" | sed 's/^port = .*/port = 26/'", ""].join("\n");
    let shim = sandbox.write("bin/msmtp", words);
    fs::set_permissions(shim, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", sandbox.path("bin").display());
    let words =
        ["ops@example.com", "--host", "mail.example.com", "--port", "2525", "--password-file", "pw", "--test", "none"];
    let run = sandbox.mailsetup([&words[..], &["--security", "tls", "--yes", "--json", "--target", "msmtp"]].concat());
    let document = run.env("PATH", path).run().code(0).json();
    assert_eq!(document["proofs"][0]["read_by"], "mailsetup", "{document}");
    assert!(document["notes"].to_string().contains("port = 2525"), "{document}");
}
