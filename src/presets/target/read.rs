//! How a target's settings are found again: ours, to compare them, and a person's own, to import them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How the settings are found again: minijinja expressions over the files as the consumer reads them, by `id`,
/// `profile`, `account`, `base`, and `ca_bundles` (where systems keep their authorities). The filters `before(x)` and `after(x)` cut at
/// the first `x`, `host_of` and `port_of` take `host:port` apart, `with_port(x)` makes it, `unpercent` decodes a part of a
/// URL. What a target has no setting for is left out: host, port, security and username by a target that gives the secret alone.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetRead {
    /// What the other expressions name as `base`.
    pub base: Option<String>,
    /// Host name or address.
    pub host: Option<String>,
    /// Port.
    pub port: Option<String>,
    /// `tls`, `starttls` or `none`; any other word when the consumer would not check the certificate.
    pub security: Option<String>,
    /// `auto`, `none` or a mechanism.
    pub auth: Option<String>,
    /// Login name; empty without a login.
    pub username: Option<String>,
    /// The password, where it stands in the file.
    pub password: Option<String>,
    /// The command that fetches the password.
    pub secret_command: Option<String>,
    /// The credential by which systemd gives the password, as `NAME:PATH`.
    pub credential: Option<String>,
    /// The sender's address.
    pub sender: Option<String>,
    /// The sender's name.
    pub sender_name: Option<String>,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// Where root's mail goes; a target that has it can lead it there.
    pub root_mail: Option<String>,
    /// The name that EHLO gives.
    pub ehlo: Option<String>,
    /// The PEM file of the one authority that is trusted; empty for the system's.
    pub ca_file: Option<String>,
    /// The SHA-256 of the one certificate that is trusted; colons and case do not matter.
    pub pin_sha256: Option<String>,
}

/// How settings that mailsetup did not write are understood, where that is another way than [`TargetRead`]'s: an expression
/// that is given here stands in for the one there. `mode(port)` is one more filter: it knows the usual words for security.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetImport {
    /// Further places of the first file for one user, in the order in which they are looked at.
    #[serde(default)]
    pub user: Vec<String>,
    /// Further places of the first file for the whole system.
    #[serde(default)]
    pub system: Vec<String>,
    /// Where another file is, by `id`, as an expression over the files before it; empty for the usual place.
    #[serde(default)]
    pub path: BTreeMap<String, String>,
    /// What the other expressions name as `base`.
    pub base: Option<String>,
    /// Host name or address; empty where there are no settings.
    pub host: Option<String>,
    /// Port, or the name of its service.
    pub port: Option<String>,
    /// `tls`, `starttls` or `none`, whether certificates are checked or not; empty where nothing says it.
    pub security: Option<String>,
    /// `auto`, `none` or a mechanism.
    pub auth: Option<String>,
    /// Login name.
    pub username: Option<String>,
    /// The password, where it stands in the file.
    pub password: Option<String>,
    /// The command that fetches the password.
    pub secret_command: Option<String>,
    /// The sender's address, perhaps with a name.
    pub sender: Option<String>,
    /// The sender's name.
    pub sender_name: Option<String>,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// The name that EHLO gives.
    pub ehlo: Option<String>,
    /// The PEM file of the one authority that is trusted; empty for the system's.
    pub ca_file: Option<String>,
    /// The SHA-256 of the one certificate that is trusted.
    pub pin_sha256: Option<String>,
}

impl TargetImport {
    /// The expressions, with those of `read` where there are none of its own.
    pub fn over(&self, read: &TargetRead) -> TargetRead {
        let either = |own: &Option<String>, other: &Option<String>| own.as_ref().or(other.as_ref()).cloned();
        TargetRead {
            base: either(&self.base, &read.base),
            host: either(&self.host, &read.host),
            port: either(&self.port, &read.port),
            security: either(&self.security, &read.security),
            auth: either(&self.auth, &read.auth),
            username: either(&self.username, &read.username),
            password: either(&self.password, &read.password),
            secret_command: either(&self.secret_command, &read.secret_command),
            sender: either(&self.sender, &read.sender),
            sender_name: either(&self.sender_name, &read.sender_name),
            reply_to: either(&self.reply_to, &read.reply_to),
            ehlo: either(&self.ehlo, &read.ehlo),
            ca_file: either(&self.ca_file, &read.ca_file),
            pin_sha256: either(&self.pin_sha256, &read.pin_sha256),
            credential: read.credential.clone(),
            root_mail: read.root_mail.clone(),
        }
    }
}
