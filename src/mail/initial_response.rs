//! The first response of a login by access token, and whether it may go along with the AUTH command (RFC 4954, 4).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::Mechanism;

/// The longest command line, its end included (RFC 5321, 4.5.3.1.4).
const COMMAND_LINE: usize = 512;

/// Whether AUTH by a mechanism of this SASL name, with this response in base64, is no longer than a command line may be.
pub fn fits_command(sasl_name: &str, response: &str) -> bool {
    "AUTH  \r\n".len() + sasl_name.len() + response.len() <= COMMAND_LINE
}

/// The response of XOAUTH2, in base64.
pub fn xoauth2(username: &str, token: &str) -> Zeroizing<String> {
    encoded(&Zeroizing::new(format!("user={username}\x01auth=Bearer {token}\x01\x01")))
}

/// The response of OAUTHBEARER, in base64 (RFC 7628, 3.1).
pub fn oauthbearer(username: &str, token: &str, host: &str, port: u16) -> Zeroizing<String> {
    let header = format!("n,a={},\x01host={host}\x01port={port}", saslname(username));
    encoded(&Zeroizing::new(format!("{header}\x01auth=Bearer {token}\x01\x01")))
}

/// Whether this access token may go along with the AUTH command; `true` for a mechanism that takes none.
pub fn token_fits_command(mechanism: Mechanism, username: &str, token: &str, host: &str, port: u16) -> bool {
    let response = match mechanism {
        Mechanism::Xoauth2 => xoauth2(username, token),
        Mechanism::Oauthbearer => oauthbearer(username, token, host, port),
        _ => return true,
    };
    fits_command(mechanism.sasl_name(), &response)
}

/// A name as it stands in a list that commas divide (RFC 5801, 4).
pub fn saslname(name: &str) -> String {
    name.replace('=', "=3D").replace(',', "=2C")
}

fn encoded(text: &str) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_up_to_512_octets() {
        let fits = |mechanism, length| token_fits_command(mechanism, "a@example.com", &"x".repeat(length), "h", 587);
        let limit = |mechanism| (1..600).take_while(|length| fits(mechanism, *length)).count();
        for mechanism in [Mechanism::Xoauth2, Mechanism::Oauthbearer] {
            let (longest, name) = (limit(mechanism), mechanism.sasl_name());
            let response = match mechanism {
                Mechanism::Xoauth2 => xoauth2("a@example.com", &"x".repeat(longest)),
                _ => oauthbearer("a@example.com", &"x".repeat(longest), "h", 587),
            };
            let line = format!("AUTH {name} {}\r\n", *response).len();
            assert!((509..=512).contains(&line), "{name}: {line}");
        }
        assert!(fits(Mechanism::Plain, 5000));
    }
}
