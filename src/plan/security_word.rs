//! Words for security modes and ports, as programs and people write them.

use crate::mail::Security;

/// The port of a service's name (the IANA's registry, and the older names that are still written).
pub(super) fn service(word: &str) -> Option<&'static str> {
    match word.to_ascii_lowercase().as_str() {
        "smtp" => Some("25"),
        "smtps" | "ssmtp" | "submissions" | "urd" => Some("465"),
        "submission" => Some("587"),
        _ => None,
    }
}

/// The mode that a word for it means, as programs and people have them. Where the word may mean both kinds of TLS, and where it
/// says nothing, the port decides; empty where that says nothing either.
pub(super) fn mode(word: &str, port: &str) -> &'static str {
    let port = service(port).unwrap_or(port);
    let word = word.trim().to_ascii_lowercase();
    let is_either = matches!(word.as_str(), "tls" | "true" | "yes" | "on" | "1");
    let mode = match word.as_str() {
        // 2465 and the like are other ways to 465.
        _ if is_either && port.ends_with("465") => Some(Security::Tls),
        _ if is_either => Some(Security::Starttls),
        "ssl" | "smtps" | "ssl/tls" | "force_tls" | "implicit" | "wrapper" => Some(Security::Tls),
        "starttls" | "smtp+starttls" | "opportunistic" | "explicit" => Some(Security::Starttls),
        "none" | "off" | "plain" => Some(Security::None),
        _ => port.parse().ok().and_then(Security::of_smtp_port),
    };
    mode.map_or("", Security::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_modes() {
        for (word, port, meant) in [
            ("SSL", "587", "tls"),
            ("tls", "465", "tls"),
            ("tls", "587", "starttls"),
            ("TLS", "2465", "tls"),
            ("true", "465", "tls"),
            ("false", "587", "starttls"),
            ("off", "587", "none"),
            ("", "submissions", "tls"),
            ("what?", "99999999999", ""),
        ] {
            assert_eq!(mode(word, port), meant, "{word} on {port}");
        }
    }
}
