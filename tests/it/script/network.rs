//! What a script is told when somebody stands between it and the server.

use serde_json::json;

use super::{
    super::support::{fixture::Fixture, server::Server},
    House,
};

/// A server in plain text that offers this to one client.
fn server(offer: &str) -> Server {
    let script = r#"{ send = "220 mail.test ESMTP\r\n" }, { expect = "EHLO" },"#;
    let text = format!("about = ''\nmode = 'plain'\nscript = [{script} {{ send = \"{offer}\" }}]\n[expect]\n");
    Server::start(&toml::from_str::<Fixture>(&text).unwrap())
}

fn profile(house: &House, port: u16, check: &str) {
    let smtp =
        format!("host = '127.0.0.1'\nport = {port}\nsecurity = 'starttls'\nauth = 'none'\nehlo = 'web1.example.com'\n");
    let text = format!("schema = 1\nenabled = true\n[sender]\naddress = 'a@b.test'\n[smtp]\n{smtp}{check}");
    house.sandbox.write("home/.config/mailsetup/profiles/default.toml", text);
}

#[test]
fn check_tells_a_stripped_starttls_from_one_that_never_was() {
    let house = House::new();
    let titles = ["The server does not offer STARTTLS", "STARTTLS is taken out on the way to the server"];
    for (was_there, title) in titles.into_iter().enumerate() {
        let server = server(r"250-mail.test\r\n250 PIPELINING\r\n");
        let port = server.address.port();
        let secured = format!(
            "[check]\nwhen = 'x'\nresult = 'ok'\n[check.secured]\nhost = '127.0.0.1'\nport = {port}\nsecurity = 'starttls'\n"
        );
        profile(&house, port, if was_there == 1 { &secured } else { "" });
        let out = house.run(&["check", "--json"]).code(76);
        let diagnosis = out.json()["diagnosis"].clone();
        assert_eq!(
            (&diagnosis["cause"], &diagnosis["title"]),
            (&json!("starttls_unsupported"), &json!(title)),
            "{diagnosis}"
        );
        assert!(server.finish().lines.iter().all(|line| line.starts_with("EHLO") || line == "QUIT"));
        // What is remembered outlives the failure.
        let saved = house.run(&["show", "--json"]).code(0).json();
        assert_eq!(saved["check"]["result"], "starttls_unsupported");
        assert_eq!(saved["check"]["secured"]["port"].as_u64(), (was_there == 1).then_some(port.into()), "{saved}");
    }
}

#[test]
fn a_good_test_leaves_what_check_compares_with() {
    let house = House::new();
    let port = house.demo.starttls_port();
    house.write(&["--port", &port.to_string(), "--security", "starttls", "--test", "login"]).code(0);
    let remembers = || house.run(&["show", "--json"]).code(0).json()["check"]["secured"].clone();
    let secured = json!({"host": "localhost", "port": port, "security": "starttls"});
    assert_eq!(remembers(), secured);
    house.run(&["check"]).code(0);
    assert_eq!(remembers(), secured);
}
