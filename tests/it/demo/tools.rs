//! curl and openssl as independent clients; each test says so when its tool is missing.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use mailsetup::demo::{Demo, DemoFault};

use super::{MESSAGE, soon};
use crate::support::bed::left_out;

/// Runs a tool with `input`; `None` when it is not installed.
fn run(command: &mut Command, input: &str) -> Option<Output> {
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = spawned else {
        left_out(format_args!("{} is not installed", command.get_program().display()));
        return None;
    };
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Some(child.wait_with_output().unwrap())
}

fn curl(demo: &Demo, url: &str, options: &[&str]) -> Option<Output> {
    let folder = tempfile::tempdir().unwrap();
    let (ca, config) = (folder.path().join("ca.pem"), folder.path().join("curl.conf"));
    std::fs::write(&ca, demo.ca_pem()).unwrap();
    std::fs::write(&config, format!("user = \"{}:{}\"\n", demo.user(), demo.password())).unwrap();
    let mut command = Command::new("curl");
    command.args(["-q", "-sS", "--max-time", "20", "--mail-from", demo.user(), "--mail-rcpt", "a@example.com"]);
    command.args(["-T", "-", "--crlf"]).arg("--cacert").arg(&ca).arg("-K").arg(&config).args(options).arg(url);
    run(&mut command, &MESSAGE.replace("\r\n", "\n"))
}

#[test]
fn curl_sends_by_every_port_and_mechanism() {
    let demo = Demo::start().unwrap();
    let mut number = 0;
    for mechanism in ["PLAIN", "LOGIN", "CRAM-MD5"] {
        let login = format!("AUTH={mechanism}");
        for (url, option) in [
            (format!("smtps://localhost:{}/web1.example.com", demo.tls_port()), "--no-progress-meter"),
            (format!("smtp://localhost:{}/web1.example.com", demo.starttls_port()), "--ssl-reqd"),
            (format!("smtp://localhost:{}/web1.example.com", demo.plain_port()), "--sasl-ir"),
        ] {
            let Some(output) = curl(&demo, &url, &["--login-options", &login, option]) else { return };
            assert!(output.status.success(), "{url} {mechanism}: {}", String::from_utf8_lossy(&output.stderr));
            number += 1;
            let arrived = demo.wait_arrival(number, soon()).unwrap();
            assert_eq!((arrived.bytes.as_slice(), arrived.mechanism.sasl_name()), (MESSAGE.as_bytes(), mechanism));
        }
    }
}

#[test]
fn curl_tells_the_faults_apart() {
    let demo = Demo::start().unwrap();
    for (fault, status) in [
        (DemoFault::WrongPassword, 67),
        (DemoFault::SenderRefused, 55),
        (DemoFault::ExpiredCertificate, 60),
        (DemoFault::SelfSigned, 60),
        (DemoFault::WrongName, 60),
        (DemoFault::Busy, 8),
        // Without AUTH curl goes on without a login, and MAIL is refused.
        (DemoFault::LoginNotOffered, 55),
    ] {
        demo.set_fault(fault);
        let Some(output) = curl(&demo, &format!("smtps://localhost:{}/x.example.com", demo.tls_port()), &[]) else { return };
        assert_eq!(output.status.code(), Some(status), "{}: {}", fault.key(), String::from_utf8_lossy(&output.stderr));
    }
    demo.set_fault(DemoFault::BlockedPort);
    let url = format!("smtps://localhost:{}/x.example.com", demo.blocked_port());
    let Some(output) = curl(&demo, &url, &["--connect-timeout", "1"]) else { return };
    assert_eq!(output.status.code(), Some(28), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(demo.arrived(), []);
}

#[test]
fn openssl_verifies_the_certificates() {
    let demo = Demo::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, demo.ca_pem()).unwrap();
    for (fault, verdict) in [
        (DemoFault::None, "Verify return code: 0 (ok)"),
        (DemoFault::ExpiredCertificate, "Verify return code: 10 (certificate has expired)"),
        (DemoFault::SelfSigned, "Verify return code: 18 ("),
        (DemoFault::WrongName, "Verify return code: 62 ("),
    ] {
        demo.set_fault(fault);
        for (version, port, options) in [
            ("-tls1_3", demo.tls_port(), &[][..]),
            ("-tls1_2", demo.tls_port(), &[][..]),
            ("-tls1_3", demo.starttls_port(), &["-starttls", "smtp"][..]),
        ] {
            let mut command = Command::new("openssl");
            command.args(["s_client", "-crlf", version, "-verify_hostname", "localhost", "-no-CApath"]);
            command.arg("-connect").arg(format!("127.0.0.1:{port}")).arg("-CAfile").arg(&ca).args(options);
            let Some(output) = run(&mut command, "QUIT\n") else { return };
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(said.contains(verdict), "{} {version}: {said}", fault.key());
        }
    }
}
