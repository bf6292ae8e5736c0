//! Names of machines that hosters let, in `presets/machines.txt`: they say nothing about the hoster's own mail service.

/// One pattern a line.
const PATTERNS: &str = include_str!("../../presets/machines.txt");

/// Whether a host is a customer's own machine at a hoster.
pub fn is_customers_machine(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    PATTERNS.lines().filter(|line| !line.starts_with('#')).any(|pattern| fits(pattern, &host))
}

/// Whether a name fits a pattern in which `*` stands for one character or more.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(name) = name.strip_prefix(before) else { return false };
    name.char_indices()
        .skip(1)
        .map(|(at, _)| &name[at..])
        .chain(Some("").filter(|_| !name.is_empty()))
        .any(|name| fits(rest, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_and_services_are_told_apart() {
        for host in [
            "ec2-203-0-113-7.eu-west-1.compute.amazonaws.com",
            "EC2-203-0-113-7.compute-1.amazonaws.com.",
            "vps-1a2b3c4d.vps.ovh.net",
            "vps123456.ovh.net",
            "static.7.113.0.203.clients.your-server.de",
            "7.113.0.203.bc.googleusercontent.com",
        ] {
            assert!(is_customers_machine(host), "{host}");
        }
        for host in [
            "inbound-smtp.us-east-1.amazonaws.com",
            "mx1.mail.ovh.net",
            "ssl0.ovh.net",
            "www123.your-server.de",
            "mail.your-server.de",
            "aspmx.l.google.com",
            ".clients.your-server.de",
        ] {
            assert!(!is_customers_machine(host), "{host}");
        }
    }
}
