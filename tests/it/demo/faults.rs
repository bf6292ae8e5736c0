//! What the demo breaks on demand: certificates, logins, senders, its time, a port.

use std::{
    collections::BTreeSet,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use mailsetup::{
    demo::{Demo, DemoFault},
    mail::{Mechanism, Security},
};

use super::{Client, client, log_in, logged_in, plain};

fn tls_fault(demo: &Demo) -> String {
    let starttls = || {
        let mut client = Client::connect(demo.starttls_port()).unwrap();
        client.reply();
        client.command("STARTTLS");
        client.secure(&demo.ca_pem(), "localhost").err().unwrap().to_string()
    };
    let implicit = Client::connect(demo.tls_port()).unwrap().secure(&demo.ca_pem(), "localhost").err().unwrap().to_string();
    assert_eq!(starttls().split(':').next(), implicit.split(':').next());
    implicit
}

#[test]
fn certificates_are_broken_on_demand() {
    let demo = Demo::start().unwrap();
    let mut before = client(&demo, Security::Tls);
    for (fault, words) in [
        (DemoFault::ExpiredCertificate, "certificate expired"),
        (DemoFault::SelfSigned, "UnknownIssuer"),
        (DemoFault::WrongName, "certificate not valid for name \"localhost\""),
    ] {
        demo.set_fault(fault);
        let said = tls_fault(&demo);
        assert!(said.contains(words), "{said}");
    }
    assert!(before.command("NOOP").starts_with("250"), "a connection keeps what it began with");
    demo.set_fault(DemoFault::None);
    for name in ["localhost", "127.0.0.1", "::1", "mail.demo.example"] {
        Client::connect(demo.tls_port()).unwrap().secure(&demo.ca_pem(), name).unwrap();
    }
    assert!(Client::connect(demo.tls_port()).unwrap().secure(&demo.ca_pem(), "mailsetup.example").is_err());
    let other = Demo::start().unwrap();
    assert!(Client::connect(demo.tls_port()).unwrap().secure(&other.ca_pem(), "localhost").is_err());
}

#[test]
fn logins_and_senders_are_refused_on_demand() {
    let demo = Demo::start().unwrap();
    demo.set_fault(DemoFault::WrongPassword);
    for mechanism in [Mechanism::Plain, Mechanism::Login, Mechanism::CramMd5] {
        assert!(log_in(&mut client(&demo, Security::Tls), &demo, mechanism, true).starts_with("535-5.7.8"));
    }
    demo.set_fault(DemoFault::LoginNotOffered);
    for security in Security::ALL {
        let mut client = client(&demo, security);
        assert!(!client.command("EHLO x.example.com").contains("AUTH"));
        assert!(client.command(&plain(demo.user(), demo.password())).starts_with("503 5.5.1"));
        assert!(client.command("MAIL FROM:<demo@mailsetup.example>").starts_with("530 5.7.0"));
    }
    demo.set_fault(DemoFault::SenderRefused);
    let refusal = logged_in(&demo, Security::Tls).command("MAIL FROM:<demo@mailsetup.example>");
    assert_eq!(
        refusal,
        "553 5.7.1 <demo@mailsetup.example>: Sender address rejected: not owned by user demo@mailsetup.example"
    );
    assert_eq!(demo.fault(), DemoFault::SenderRefused);
}

#[test]
fn it_is_busy_or_slow_on_demand() {
    let demo = Demo::start().unwrap();
    demo.set_fault(DemoFault::Busy);
    for port in [demo.tls_port(), demo.starttls_port(), demo.plain_port()] {
        let mut client = Client::connect(port).unwrap();
        if port == demo.tls_port() {
            client = client.secure(&demo.ca_pem(), "localhost").unwrap();
        }
        assert!(client.reply().starts_with("421 4.3.2"));
        assert!(client.is_closed());
    }
    demo.set_fault(DemoFault::Slow);
    let mut client = Client::connect(demo.plain_port()).unwrap();
    let begun = Instant::now();
    assert!(client.reply().starts_with("220"));
    assert!(client.command("EHLO x.example.com").starts_with("250"));
    assert!(begun.elapsed() >= Duration::from_secs(3));
    // The end of the demo does not wait for slowness.
    client.send("NOOP\r\n");
    let begun = Instant::now();
    drop(demo);
    assert!(begun.elapsed() < Duration::from_secs(1));
}

/// What connecting comes to, by loopback address; `::1` only where the demo listens there.
fn connecting(demo: &Demo, port: u16) -> BTreeSet<Result<(), io::ErrorKind>> {
    let v6 = SocketAddr::from((Ipv6Addr::LOCALHOST, demo.plain_port()));
    let has_v6 = TcpStream::connect_timeout(&v6, Duration::from_secs(5)).is_ok();
    [Some(IpAddr::from(Ipv4Addr::LOCALHOST)), has_v6.then_some(Ipv6Addr::LOCALHOST.into())]
        .into_iter()
        .flatten()
        .map(|address| TcpStream::connect_timeout(&(address, port).into(), Duration::from_millis(300)).map(drop))
        .map(|result| result.map_err(|error| error.kind()))
        .collect()
}

#[test]
fn a_port_is_blocked_on_demand() {
    let demo = Demo::start().unwrap();
    assert_eq!(demo.blocked_port(), demo.tls_port());
    let mut before = client(&demo, Security::Tls);
    for _ in 0..3 {
        demo.set_fault(DemoFault::BlockedPort);
        assert_eq!(connecting(&demo, demo.blocked_port()), [Err(io::ErrorKind::TimedOut)].into());
        logged_in(&demo, Security::Starttls);
        assert!(before.command("NOOP").starts_with("250"));
        demo.set_fault(DemoFault::None);
        assert_eq!(connecting(&demo, demo.blocked_port()), [Ok(())].into());
        logged_in(&demo, Security::Tls);
    }
    demo.set_fault(DemoFault::BlockedPort);
    demo.set_fault(DemoFault::BlockedPort);
    let port = demo.blocked_port();
    let begun = Instant::now();
    drop(demo);
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(Client::connect(port).err().map(|error| error.kind()), Some(io::ErrorKind::ConnectionRefused));
}
