//! The demo server, driven by a client of our own and by curl and openssl where they are installed.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpStream},
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use mailsetup::{
    demo::{self, Arrived, Demo},
    mail::{Mechanism, Security},
    presets::Lang,
};

mod client;
mod faults;
mod tools;

use client::Client;

const MESSAGE: &str =
    "From: demo@mailsetup.example\r\nSubject: =?utf-8?q?Test_r=C3=A9ussi?=\r\n\r\n.dots.\r\n\r\n..\r\nend\r\n";

/// A client past TLS and EHLO, by the port for `security`.
fn client(demo: &Demo, security: Security) -> Client {
    let mut client = match security {
        Security::Tls => Client::connect(demo.tls_port()).unwrap().secure(&demo.ca_pem(), "localhost").unwrap(),
        Security::Starttls => Client::connect(demo.starttls_port()).unwrap(),
        Security::None => Client::connect(demo.plain_port()).unwrap(),
    };
    assert_eq!(client.reply(), "220 mail.demo.example ESMTP mailsetup demo");
    if security == Security::Starttls {
        assert!(client.command("EHLO web1.example.com").contains("\n250-STARTTLS\n"));
        assert_eq!(client.command("STARTTLS"), "220 2.0.0 Ready to start TLS");
        client = client.secure(&demo.ca_pem(), "localhost").unwrap();
    }
    let offered = client.command("EHLO web1.example.com");
    for keyword in ["PIPELINING", "SIZE 1048576", "8BITMIME", "SMTPUTF8", "CHUNKING", "ENHANCEDSTATUSCODES"] {
        assert!(offered.lines().any(|line| line[4..] == *keyword), "{keyword} in {offered}");
    }
    assert!(!offered.contains("STARTTLS"));
    client
}

fn plain(user: &str, password: &str) -> String {
    format!("AUTH PLAIN {}", STANDARD.encode(format!("\0{user}\0{password}")))
}

/// A client that is logged in.
fn logged_in(demo: &Demo, security: Security) -> Client {
    let mut client = client(demo, security);
    assert_eq!(client.command(&plain(demo.user(), demo.password())), "235 2.7.0 Authentication successful");
    client
}

/// Logs in; `initial` sends the first answer along with AUTH.
fn log_in(client: &mut Client, demo: &Demo, mechanism: Mechanism, initial: bool) -> String {
    let response = match mechanism {
        Mechanism::Plain => STANDARD.encode(format!("\0{}\0{}", demo.user(), demo.password())),
        Mechanism::Login => STANDARD.encode(demo.user()),
        Mechanism::CramMd5 => {
            let challenge = client.command("AUTH cram-md5");
            let challenge = STANDARD.decode(challenge.strip_prefix("334 ").unwrap()).unwrap();
            let mut mac = Hmac::<md5::Md5>::new_from_slice(demo.password().as_bytes()).unwrap();
            mac.update(&challenge);
            let digest: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
            return client.command(&STANDARD.encode(format!("{} {digest}", demo.user())));
        }
        other => unreachable!("the demo has no {other}"),
    };
    let name = mechanism.sasl_name();
    let reply = if initial {
        client.command(&format!("AUTH {name} {response}"))
    } else {
        assert!(client.command(&format!("AUTH {name}")).starts_with("334"));
        client.command(&response)
    };
    if mechanism == Mechanism::Login {
        assert_eq!(reply, "334 UGFzc3dvcmQ6");
        return client.command(&STANDARD.encode(demo.password()));
    }
    reply
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

/// The text that DATA carries for a message.
fn stuffed(message: &str) -> String {
    format!(
        "{}.\r\n",
        message
            .split_inclusive("\r\n")
            .map(|line| line.replacen('.', "..", usize::from(line.starts_with('.'))))
            .collect::<String>()
    )
}

#[test]
fn every_port_takes_every_mechanism_in_every_form() {
    let demo = Demo::start().unwrap();
    let mut number = 0;
    for security in Security::ALL {
        for (mechanism, initial) in [
            (Mechanism::Plain, true),
            (Mechanism::Plain, false),
            (Mechanism::Login, true),
            (Mechanism::Login, false),
            (Mechanism::CramMd5, false),
        ] {
            let mut client = client(&demo, security);
            assert!(log_in(&mut client, &demo, mechanism, initial).starts_with("235 2.7.0"), "{security} {mechanism}");
            assert!(client.command("MAIL FROM:<demo@mailsetup.example> SIZE=99 BODY=8BITMIME").starts_with("250 2.1.0"));
            assert!(client.command("RCPT TO:<someone@example.com>").starts_with("250 2.1.5"));
            assert!(client.command("DATA").starts_with("354"));
            client.send(stuffed(MESSAGE));
            number += 1;
            assert_eq!(client.reply(), format!("250 2.0.0 Ok: queued as demo-{number}"));
            let arrived = demo.wait_arrival(number, soon()).unwrap();
            let expected = Arrived {
                id: format!("demo-{number}"),
                from: demo.user().into(),
                to: vec!["someone@example.com".into()],
                subject: "Test réussi".into(),
                bytes: MESSAGE.into(),
                when: arrived.when,
                encrypted: security != Security::None,
                authenticated_as: demo.user().into(),
                mechanism,
            };
            assert_eq!(arrived, expected);
            assert!(arrived.when.elapsed().unwrap() < Duration::from_secs(20));
            assert!(client.command("QUIT").starts_with("221 2.0.0"));
            assert!(client.is_closed());
        }
    }
    assert_eq!(demo.arrived().len(), number);
    assert_eq!(demo.wait_arrival(number + 1, Instant::now()), None);
}

#[test]
fn a_pipelined_envelope_is_answered_in_order() {
    let demo = Demo::start().unwrap();
    let mut client = logged_in(&demo, Security::Tls);
    client.send("MAIL FROM:<demo@mailsetup.example>\r\nRCPT TO:<no one>\r\nRCPT TO:<a@example.com>\r\nDATA\r\n");
    let replies: Vec<String> = (0..4).map(|_| client.reply()).collect();
    let codes: Vec<&str> = replies.iter().map(|reply| &reply[..3]).collect();
    assert_eq!(codes, ["250", "501", "250", "354"]);
    client.send(format!("{}RSET\r\nQUIT\r\n", stuffed(MESSAGE)));
    assert!(client.reply().ends_with("demo-1"));
    assert!(client.reply().starts_with("250") && client.reply().starts_with("221"));
    assert_eq!(demo.arrived()[0].to, ["a@example.com"]);
}

#[test]
fn chunks_go_with_the_envelope_in_one_write() {
    let demo = Demo::start().unwrap();
    let mut client = logged_in(&demo, Security::Starttls);
    let (first, second) = MESSAGE.split_at(20);
    client.send(format!(
        "MAIL FROM:<demo+cron@mailsetup.example> SMTPUTF8\r\nRCPT TO:<été@example.com>\r\nBDAT 20\r\n{first}BDAT {} LAST\r\n{second}",
        second.len()
    ));
    let replies: Vec<String> = (0..4).map(|_| client.reply()).collect();
    assert!(replies.iter().all(|reply| reply.starts_with("250")), "{replies:?}");
    let arrived = demo.wait_arrival(1, soon()).unwrap();
    assert_eq!(arrived.bytes, MESSAGE.as_bytes());
    assert_eq!((arrived.from.as_str(), arrived.to[0].as_str()), ("demo+cron@mailsetup.example", "été@example.com"));

    // A refused envelope does not make commands of the chunk.
    client.send("MAIL FROM:<other @mailsetup.example>\r\nRCPT TO:<a@example.com>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n");
    let codes: Vec<String> = (0..4).map(|_| client.reply()[..3].to_owned()).collect();
    assert_eq!(codes, ["501", "503", "503", "250"]);
    assert!(client.command("MAIL FROM:<>").starts_with("250"));
    assert!(client.command("RCPT TO:<postmaster>").starts_with("250"));
    client.send("BDAT 3\r\nabc");
    assert_eq!(client.reply(), "250 2.0.0 3 bytes taken");
    assert!(client.command("DATA").starts_with("503 5.5.1"));
    client.send("BDAT 0 LAST\r\n");
    assert!(client.reply().starts_with("250"));
    assert_eq!(demo.arrived()[1].bytes, b"abc");
}

#[test]
fn what_is_wrong_is_refused_with_the_right_code() {
    let demo = Demo::start().unwrap();
    let mut client = Client::connect(demo.starttls_port()).unwrap();
    client.reply();
    let offered = client.command("EHLO x.example.com");
    assert!(offered.contains("STARTTLS") && !offered.contains("AUTH"), "{offered}");
    assert!(client.command(&plain(demo.user(), demo.password())).starts_with("538 5.7.11"));
    assert!(client.command("MAIL FROM:<demo@mailsetup.example>").starts_with("530 5.7.0 Must issue a STARTTLS"));
    client.send("STARTTLS\r\nEHLO x\r\n");
    assert!(client.reply().starts_with("554 5.5.0"));
    assert!(client.is_closed());

    let mut client = Client::connect(demo.plain_port()).unwrap();
    client.reply();
    for (command, refusal) in [
        ("AUTH PLAIN", "503 5.5.1"),
        ("EHLO", "501 5.5.4"),
        ("EHLO x.example.com", "250"),
        ("STARTTLS", "502 5.5.1"),
        ("MAIL FROM:<demo@mailsetup.example>", "530 5.7.0 Authentication required"),
        ("AUTH", "501 5.5.4"),
        ("AUTH GSSAPI", "504 5.5.4"),
        ("AUTH PLAIN ?", "501 5.5.2"),
        ("BURP", "500 5.5.1"),
    ] {
        let reply = client.command(command);
        assert!(reply.starts_with(refusal), "{command}: {reply}");
    }
    assert!(client.command("AUTH LOGIN").starts_with("334 VXNlcm5hbWU6"));
    assert!(client.command("*").starts_with("501 5.7.0"));
    for (user, password) in [(demo.user(), "open sesame"), ("", demo.password()), ("", "")] {
        let reply = client.command(&plain(user, password));
        assert!(reply.starts_with("535-5.7.8 ") && reply.contains("\n535 5.7.8 "), "{reply}");
    }

    let mut client = logged_in(&demo, Security::Tls);
    for (command, refusal) in [
        (plain(demo.user(), demo.password()).as_str(), "503 5.5.1"),
        ("RCPT TO:<a@example.com>", "503 5.5.1"),
        ("DATA", "503 5.5.1"),
        ("MAIL FROM:demo@mailsetup.example", "501 5.5.4"),
        ("MAIL FROM:<demo>", "501 5.1.3"),
        ("MAIL FROM:<dém@mailsetup.example>", "553 5.6.7"),
        ("MAIL FROM:<demo@mailsetup.example> SIZE=1048577", "552 5.3.4"),
        ("MAIL FROM:<demo@mailsetup.example> BODY=BINARYMIME", "501 5.5.4"),
        ("MAIL FROM:<demo@mailsetup.example> COLOR=red", "555 5.5.4"),
        ("MAIL FROM:<demo@mailsetup.example>", "250 2.1.0"),
        ("MAIL FROM:<demo@mailsetup.example>", "503 5.5.1"),
        ("DATA", "554 5.5.1"),
        ("RCPT TO:<a@example.com> NOTIFY=NEVER", "555 5.5.4"),
        ("RSET", "250 2.0.0"),
    ] {
        let reply = client.command(command);
        assert!(reply.starts_with(refusal), "{command}: {reply}");
    }
    assert_eq!(demo.arrived(), []);
}

#[test]
fn every_user_name_and_every_sender_is_taken_with_its_password() {
    let demo = Demo::start().unwrap();
    for user in ["me@corp.test", "jane", "демо@пример.испытание"] {
        let mut client = client(&demo, Security::Tls);
        assert!(client.command(&plain(user, "sesame")).starts_with("535-5.7.8"), "{user}");
        assert!(client.command(&plain(user, demo.password())).starts_with("235"), "{user}");
        assert!(client.command("MAIL FROM:<me@corp.test>").starts_with("250"), "{user}");
        assert!(client.command("RCPT TO:<me@corp.test>").starts_with("250"), "{user}");
        client.send("BDAT 3 LAST\r\nabc");
        assert!(client.reply().starts_with("250"), "{user}");
    }
    let names: Vec<String> = demo.arrived().into_iter().map(|arrived| arrived.authenticated_as).collect();
    assert_eq!(names, ["me@corp.test", "jane", "демо@пример.испытание"]);
}

#[test]
fn nothing_is_without_end() {
    let demo = Demo::start().unwrap();
    let mut client = Client::connect(demo.plain_port()).unwrap();
    client.reply();
    client.send(vec![b'x'; 20_000]);
    assert!(client.reply().starts_with("500 5.5.2"));
    assert!(client.is_closed());

    let mut client = Client::connect(demo.plain_port()).unwrap();
    client.reply();
    for _ in 0..20 {
        assert!(client.command("BURP").starts_with("500"));
    }
    assert!(client.reply().starts_with("421 4.7.0"));
    assert!(client.is_closed());

    let mut client = logged_in(&demo, Security::None);
    let line = format!("{}\r\n", "x".repeat(998));
    let (fits, too_big) = (line.repeat(1048), line.repeat(1049));
    for (message, reply) in [(&fits, "250"), (&too_big, "552 5.3.4")] {
        client.send("MAIL FROM:<demo@mailsetup.example>\r\nRCPT TO:<a@example.com>\r\nDATA\r\n");
        assert!((0..3).all(|_| !client.reply().starts_with('5')));
        client.send(format!("{message}.\r\n"));
        assert!(client.reply().starts_with(reply));
        client.send("MAIL FROM:<demo@mailsetup.example>\r\nRCPT TO:<a@example.com>\r\n");
        assert!((0..2).all(|_| !client.reply().starts_with('5')));
        client.send(format!("BDAT {} LAST\r\n{message}", message.len()));
        assert!(client.reply().starts_with(reply));
    }
    assert_eq!(demo.arrived().len(), 2);
    // A bare line feed around the dot does not end a message.
    client.send("MAIL FROM:<demo@mailsetup.example>\r\nRCPT TO:<a@example.com>\r\nDATA\r\n");
    assert!((0..3).all(|_| !client.reply().starts_with('5')));
    client.send("a\n.\r\nb\n.\nMAIL FROM:<demo@mailsetup.example>\r\n.\r\n");
    assert!(client.reply().ends_with("demo-3"));
    assert_eq!(demo.arrived()[2].bytes, b"a\n.\r\nb\n.\nMAIL FROM:<demo@mailsetup.example>\r\n");
}

#[test]
fn the_house_has_room_for_so_many() {
    let demo = Demo::start().unwrap();
    let mut clients: Vec<Client> = (0..32).map(|_| Client::connect(demo.plain_port()).unwrap()).collect();
    assert!(clients.iter_mut().all(|client| client.reply().starts_with("220")));
    let mut one_more = Client::connect(demo.plain_port()).unwrap();
    assert!(one_more.reply().starts_with("421 4.7.0"));
    assert!(clients.iter_mut().all(|client| client.command("QUIT").starts_with("221") && client.is_closed()));
    let deadline = soon();
    while !Client::connect(demo.plain_port()).unwrap().reply().starts_with("220") {
        assert!(Instant::now() < deadline);
    }
}

#[test]
fn dropping_it_ends_everything() {
    let demo = Demo::start().unwrap();
    let ports = [demo.tls_port(), demo.starttls_port(), demo.plain_port()];
    let mut open = [client(&demo, Security::Tls), client(&demo, Security::Starttls), client(&demo, Security::None)];
    drop(demo);
    assert!(open.iter_mut().all(Client::is_closed));
    for port in ports {
        for address in [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()] {
            assert!(TcpStream::connect((address, port)).is_err());
        }
    }
}

#[test]
fn it_is_a_provider_like_others() {
    let demo = Demo::start().unwrap();
    let provider = demo::provider(&demo);
    assert_eq!(provider.key, "demo");
    let endpoints: Vec<_> = provider.smtp.iter().map(|endpoint| (endpoint.authority(), endpoint.security)).collect();
    assert_eq!(
        endpoints,
        [
            (format!("localhost:{}", demo.tls_port()), Security::Tls),
            (format!("localhost:{}", demo.starttls_port()), Security::Starttls)
        ]
    );
    assert!(provider.domains.iter().any(|domain| demo.user().ends_with(&format!("@{domain}"))));
    for lang in Lang::builtin() {
        let guidance = provider.guidance(lang);
        assert!(guidance.password.is_some() && guidance.intro.is_some());
        assert_eq!(guidance.steps.len(), 3);
        assert!(guidance.steps.iter().any(|step| step.contains("{url}")));
        let hint = mailsetup::presets::Text::new(lang).say(&demo.password_hint());
        assert!(hint.ends_with(demo.password()), "{hint}");
    }
}
