//! The saved profile: what a set-up decided, without the secret. Its values are typed: a file with a value that is none is
//! refused, see [`ProfileFault`].

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use super::profile_secret::{ProfileLogin, ProfileSecret};
use super::{
    Address, Auth, Endpoint, GroupName, HeloName, Host, Pin, Port, ProfileOauth, Proxy, RunAs, SecretBinding, Security,
    Senders, TextLine,
    profile_fault::{ProfileFault, only_keys, read},
    schema::SCHEMA,
    store::SecretPlace,
};

/// A saved profile, `profiles/NAME.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Format of this file; a newer one is refused untouched.
    pub schema: u32,
    /// False after `remove`: kept for reference, used by nothing.
    pub enabled: bool,
    /// The users whose programs send, where they are not the owner of these files: a name, or a list.
    #[serde(default, skip_serializing_if = "RunAs::is_empty")]
    pub run_as: RunAs,
    /// The group that these users share, and that reads what they read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_as_group: Option<GroupName>,
    /// Where root's mail is forwarded, if mailsetup set that up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_mail: Option<Address>,
    /// Who the mail comes from.
    pub sender: Sender,
    /// The server that takes it.
    pub smtp: Smtp,
    /// The mailbox's reading side, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imap: Option<Imap>,
    /// Where the secret is kept; absent without a login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretPlace>,
    /// Whom the secret was given for, where its store is the person's own; other stores keep it with the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_for: Option<SecretBinding>,
    /// How access by OAuth 2.0 is asked for again; absent where the login is by a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oauth: Option<ProfileOauth>,
    /// The program that others run for the secret, where it is not the one that set this up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_command_path: Option<PathBuf>,
    /// The last test, in profiles of older versions. It is read and never written: results of tests are kept in the state folder.
    #[serde(default, skip_serializing)]
    pub check: Option<Check>,
    /// What was written where.
    #[serde(default, rename = "target", skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Written>,
}

impl Profile {
    /// A profile with what each one has.
    pub const fn new(sender: Sender, smtp: Smtp) -> Self {
        Self {
            schema: SCHEMA,
            enabled: true,
            run_as: RunAs::NOBODY,
            run_as_group: None,
            root_mail: None,
            sender,
            smtp,
            imap: None,
            secret: None,
            secret_for: None,
            oauth: None,
            secret_command_path: None,
            check: None,
            targets: Vec::new(),
        }
    }

    /// Reads a profile's text.
    ///
    /// # Errors
    /// A newer mailsetup wrote it, or a field is wrong: which one, where, and what it can be.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, ProfileFault> {
        let profile: Self = read(text.as_ref())?;
        let keys = profile.secret.as_ref().map(SecretPlace::keys).unwrap_or_default();
        only_keys(text.as_ref(), "secret", keys)?;
        Ok(profile)
    }
}

impl From<&Profile> for ProfileSecret {
    fn from(profile: &Profile) -> Self {
        let smtp = ProfileLogin {
            host: profile.smtp.host.clone(),
            username: profile.smtp.username.clone(),
            port: Some(profile.smtp.port),
        };
        Self {
            schema: profile.schema,
            enabled: profile.enabled,
            secret: profile.secret.clone(),
            secret_for: profile.secret_for.clone(),
            run_as: profile.run_as.clone(),
            smtp,
        }
    }
}

/// Who the mail comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// The address of From and of the envelope.
    pub address: Address,
    /// The display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<TextLine>,
    /// Where answers go, when not to the sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Address>,
    /// Which addresses may leave the machine; a profile without it lets every one leave.
    #[serde(default, skip_serializing_if = "Senders::is_any")]
    pub senders: Senders,
    /// A list of addresses with what leaves in place of each, lines `FROM TO`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_map: Option<PathBuf>,
}

impl Sender {
    /// An address alone.
    pub const fn new(address: Address) -> Self {
        Self { address, name: None, reply_to: None, senders: Senders::Any, sender_map: None }
    }
}

/// The relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// The provider's preset; absent for a custom server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Host name or address.
    pub host: Host,
    /// TCP port.
    pub port: Port,
    /// How the connection is protected.
    pub security: Security,
    /// The login mechanism, or that the best one is chosen, or that there is no login.
    pub auth: Auth,
    /// The login name; absent without a login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<TextLine>,
    /// The name that EHLO gives.
    pub ehlo: HeloName,
    /// A person agreed to send without TLS beyond this machine.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_plaintext: bool,
    /// What is trusted instead of the system's authorities.
    #[serde(default, skip_serializing_if = "Trust::is_system")]
    pub tls: Trust,
    /// The certificate by which this machine shows who it is, where the server wants one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientCert>,
    /// The proxy that leads to the server, where the network has no other way out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Proxy>,
}

impl Smtp {
    /// A server that nothing more is said of: the best mechanism, no login name, the system's authorities.
    pub fn new(host: Host, port: Port, security: Security, ehlo: HeloName) -> Self {
        Self {
            provider: None,
            host,
            port,
            security,
            auth: Auth::default(),
            username: None,
            ehlo,
            allow_plaintext: false,
            tls: Trust::default(),
            client: None,
            proxy: None,
        }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> Endpoint {
        Endpoint { host: self.host.to_string(), port: self.port.get(), security: self.security }
    }
}

/// What is trusted instead of the system's authorities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Trust {
    /// PEM file of the authority to trust.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// SHA-256 of the one certificate to trust, 64 lower-case hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_sha256: Option<Pin>,
}

impl Trust {
    /// Whether the system's authorities decide.
    pub const fn is_system(&self) -> bool {
        self.ca_file.is_none() && self.pin_sha256.is_none()
    }
}

/// A client certificate. Consumers read both files themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClientCert {
    /// PEM file of the certificate, with those between it and its authority.
    pub cert: PathBuf,
    /// PEM file of its private key.
    pub key: PathBuf,
}

/// The mailbox's reading side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Imap {
    /// Host name or address.
    pub host: Host,
    /// TCP port.
    pub port: Port,
    /// How the connection is protected.
    pub security: Security,
    /// The login name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<TextLine>,
}

/// The last test of the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// When, RFC 3339, UTC.
    pub when: String,
    /// `ok`, or the cause of the failure.
    pub result: String,
    /// Where TLS was last established. A server that once offered STARTTLS is never taken for one that has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secured: Option<Endpoint>,
}

/// A target that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// The target's name.
    pub name: String,
    /// A path of the person's own, when it is not the target's usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// The file holds the password itself, though the target could fetch it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inline_secret: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "schema = 1\nenabled = true\n\n[sender]\naddress = \"a@example.com\"\n\n[smtp]\nhost = \"mail.example.com\"\n\
        port = 465\nsecurity = \"tls\"\nauth = \"none\"\nehlo = \"w.example.com\"\n";

    #[test]
    fn a_profile_is_written_as_it_was_read() {
        let profile = Profile::parse(TEXT).unwrap();
        assert_eq!((profile.schema, profile.smtp.port.get()), (1, 465));
        assert_eq!(toml::to_string(&profile).unwrap(), TEXT);
    }

    #[test]
    fn what_is_wrong_is_named_by_line_field_and_the_nearest_word() {
        for (good, bad, line, field, nearest) in [
            ("\"none\"", "\"bogus\"", 11, "smtp.auth", None),
            ("\"none\"", "\"nonee\"", 11, "smtp.auth", Some("none")),
            ("\"tls\"", "\"startls\"", 10, "smtp.security", Some("starttls")),
            ("a@example.com", "ops", 5, "sender.address", None),
            ("= 465", "= 70000", 9, "smtp.port", None),
            ("= 465", "= \"465\"", 9, "smtp.port", None),
            ("\"mail.example.com\"", "\"smtp://x\"", 8, "smtp.host", None),
            ("host = \"mail.example.com\"\n", "", 7, "smtp.host", None),
            ("port = 465", "prot = 465", 9, "smtp.prot", Some("port")),
            ("= 465", "= [465]", 9, "smtp.port", None),
            ("= true", "= \"yes\"", 2, "enabled", None),
            ("enabled", "enabeld", 2, "enabeld", Some("enabled")),
            ("\"a@example.com\"", "5", 5, "sender.address", None),
            ("[sender]\n", "[sender]\nnmae = \"x\"\n", 5, "sender.nmae", Some("name")),
        ] {
            let ProfileFault::Field(fault) = Profile::parse(TEXT.replace(good, bad)).unwrap_err() else { panic!("{bad}") };
            assert_eq!((fault.line, fault.field.as_str()), (Some(line), field), "{bad}");
            assert_eq!(fault.nearest.as_deref(), nearest, "{bad}");
        }
        let secret = format!("{TEXT}\n[secret]\nstore = \"env\"\nvariable = \"A B\"\n");
        let ProfileFault::Field(fault) = Profile::parse(&secret).unwrap_err() else { panic!("{secret}") };
        assert_eq!((fault.line, fault.field.as_str()), (Some(16), "secret.variable"));
        let ProfileFault::Field(fault) = Profile::parse(TEXT.replace("schema = 1\n", "")).unwrap_err() else {
            panic!("text")
        };
        assert_eq!((fault.field.as_str(), fault.why.id), ("schema", "profile-missing"));
    }

    #[test]
    fn what_is_no_toml_is_named_by_line_in_our_words() {
        for (good, bad, line, id) in [
            ("= 465", "465", 9, "toml-line"),
            ("\"tls\"", "\"tls", 10, "toml-quotes"),
            ("\"tls\"", "tls", 10, "toml-quotes"),
            ("port = 465", "port = 465\nport = 465", 10, "toml-twice"),
            ("[smtp]", "[smtp", 7, "toml-brackets"),
        ] {
            let ProfileFault::Text { line: found, why } = Profile::parse(TEXT.replace(good, bad)).unwrap_err() else {
                panic!("{bad}")
            };
            assert_eq!((found, why.id), (Some(line), id), "{bad}");
        }
        let bytes = [TEXT.replace("a@example.com", "a@b.c\"\nname = \"").as_bytes(), b"\xe9"].concat();
        let ProfileFault::Text { line, why } = Profile::parse(bytes).unwrap_err() else { panic!("text") };
        assert_eq!((line, why.id), (Some(14), "toml-not-text"));
    }

    #[test]
    fn a_newer_schema_is_seen_in_a_damaged_file() {
        let next = SCHEMA + 1;
        for schema in [format!("{next}"), format!("\"{next}\""), format!("{next}.0"), format!("{next} = 3")] {
            let text = TEXT.replace("schema = 1", &format!("schema = {schema}"));
            for damage in [&b""[..], b"x = = 2\n", b"name = \"\xe9\"\n"] {
                let bytes = [text.as_bytes(), damage].concat();
                assert_eq!(Profile::parse(&bytes), Err(ProfileFault::Newer(u64::from(next))), "{schema}");
                assert_eq!(ProfileSecret::parse(&bytes), Err(ProfileFault::Newer(u64::from(next))), "{schema}");
            }
        }
    }

    #[test]
    fn the_secret_is_found_whatever_else_is_wrong() {
        let text = TEXT.replace("\"none\"", "\"bogus\"").replace("a@example.com", "ops").replace("465", "\"x\"");
        let text = format!("{text}color = 1\nbroken line\n[secret]\nstore = \"file\"\n");
        assert!(Profile::parse(&text).is_err());
        let bytes = [text.as_bytes(), b"[x]\nname = '\xe9'\n"].concat();
        assert_eq!(ProfileSecret::parse(bytes).unwrap().secret, Some(SecretPlace::File));
        assert_eq!(ProfileSecret::parse(&text).unwrap().secret, Some(SecretPlace::File));
        for (users, read) in [
            ("3", ""),
            ("\"\"", ""),
            ("[]", ""),
            ("true", ""),
            ("\"a b\"", ""),
            ("[3, \"ann\", \"a:b\"]", "ann"),
            ("\"bob\"", "bob"),
        ] {
            let text = text.replace("schema = 1", &format!("schema = 1\nrun_as = {users}"));
            let secret = ProfileSecret::parse(&text).unwrap();
            assert_eq!((secret.secret, secret.run_as.to_string().as_str()), (Some(SecretPlace::File), read), "{users}");
        }
        let newer = text.replace("schema = 1", &format!("schema = {}", SCHEMA + 1));
        assert_eq!(ProfileSecret::parse(&newer), Err(ProfileFault::Newer(u64::from(SCHEMA) + 1)));
    }
}
