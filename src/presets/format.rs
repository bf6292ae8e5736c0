//! The kinds of file that consumers read, and how ours gets into one that exists.

use serde::Deserialize;

/// How a target's text is merged into a file that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MergeKind {
    /// A block between two marker comments; all else is left alone.
    Block,
    /// Key by key: the value of a key that exists is replaced in place, others are added where the format wants them.
    Keys,
    /// A file of our own, with a line on top that says so.
    Whole,
    /// A file of our own that holds the text and nothing else, such as a password that a consumer reads whole.
    Exact,
    /// Another target's file, which is only read.
    Read,
}

/// The rules by which a consumer reads a file, and so by which values are quoted in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// msmtprc: the rest of the line, one pair of double quotes taken off, no escapes.
    Msmtprc,
    /// An environment file that every common reader reads alike.
    Dotenv,
    /// An environment file for a POSIX shell.
    DotenvSh,
    /// Postfix main.cf: `key = value`, continued by lines that begin with a blank.
    MainCf,
    /// A Postfix lookup table in text form: key, blank, the rest of the line.
    PostfixTable,
    /// INI as go-ini reads it (Gitea, Forgejo): sections, backticks, `%(name)s`.
    Ini,
    /// The same with Grafana's expansions: `${VAR}`, `$__env{VAR}`, `$__file{PATH}`.
    IniGrafana,
    /// git's configuration.
    GitConfig,
    /// YAML; what is written is in block style.
    Yaml,
    /// JSON; comments and trailing commas that are there stay.
    Json,
    /// TOML.
    Toml,
    /// A file that is one value, read without the blanks at its ends.
    Plain,
    /// Java's .properties (Spring Boot, Keycloak).
    Properties,
    /// PHP: an array of settings, as Nextcloud's config.php, or one that the file returns.
    PhpArray,
    /// PHP: constants, as WordPress's wp-config.php.
    PhpDefine,
    /// Ruby: `gitlab_rails['key'] = value`.
    #[serde(rename = "ruby-gitlab")]
    Ruby,
    /// Python: assignments, as Django's settings.py.
    #[serde(rename = "python-settings")]
    Python,
    /// mutt and NeoMutt.
    Muttrc,
    /// S-nail's .mailrc.
    Mailrc,
    /// nullmailer's remotes: the first server is `first`, the setting that is replaced.
    Nullmailer,
    /// dma.conf of the DragonFly Mail Agent.
    DmaConf,
    /// Its auth.conf: the whole line by host.
    DmaAuth,
    /// monit's control file: the first mail server is `mailserver`.
    Monit,
    /// An OpenSMTPD table, such as its secrets: key, blank, the rest of the line.
    OpensmtpdTable,
    /// OpenSMTPD's smtpd.conf: what outgoing mail of this machine takes is `relay`.
    SmtpdConf,
    /// ssmtp.conf.
    Ssmtp,
    /// Macros of Exim, as Debian's localmacros: `NAME = value`.
    EximMacros,
    /// Debian's passwd.client for Exim: `HOST:USER:PASSWORD`, of which the first line that fits the host counts.
    EximPasswd,
    /// An environment file for `docker run --env-file`.
    DockerEnv,
    /// An environment file for systemd's `EnvironmentFile=`.
    SystemdEnv,
    /// An environment file for `node --env-file`.
    NodeEnv,
    /// An environment file for python-dotenv.
    PythonDotenv,
    /// A Laravel application's .env.
    LaravelEnv,
    /// An environment file for Rust's dotenvy.
    Dotenvy,
    /// An environment file for Docker Compose.
    ComposeEnv,
    /// YAML whose values Discourse's launcher hands on as variables.
    YamlDiscourse,
    /// INI as go-ini reads it by itself (aerc): with continued lines.
    IniAerc,
    /// Apprise's text configuration: a URL a line, ours by the name of its account.
    Apprise,
    /// php.ini and what is beside it.
    PhpIni,
    /// A systemd unit or its drop-in.
    SystemdUnit,
    /// `/etc/aliases`, as Postfix, Exim and OpenSMTPD read it.
    Aliases,
    /// The same, as msmtp reads it.
    MsmtpAliases,
    /// The same, as dma reads it.
    DmaAliases,
}

impl Format {
    /// Every one.
    pub const ALL: [Self; 43] = [
        Self::Msmtprc,
        Self::Dotenv,
        Self::DotenvSh,
        Self::MainCf,
        Self::PostfixTable,
        Self::Ini,
        Self::IniGrafana,
        Self::GitConfig,
        Self::Yaml,
        Self::Json,
        Self::Toml,
        Self::Plain,
        Self::Properties,
        Self::PhpArray,
        Self::PhpDefine,
        Self::Ruby,
        Self::Python,
        Self::Muttrc,
        Self::Mailrc,
        Self::Nullmailer,
        Self::DmaConf,
        Self::DmaAuth,
        Self::Monit,
        Self::OpensmtpdTable,
        Self::SmtpdConf,
        Self::Ssmtp,
        Self::EximMacros,
        Self::EximPasswd,
        Self::DockerEnv,
        Self::SystemdEnv,
        Self::NodeEnv,
        Self::PythonDotenv,
        Self::LaravelEnv,
        Self::Dotenvy,
        Self::ComposeEnv,
        Self::YamlDiscourse,
        Self::IniAerc,
        Self::Apprise,
        Self::PhpIni,
        Self::SystemdUnit,
        Self::Aliases,
        Self::MsmtpAliases,
        Self::DmaAliases,
    ];

    /// What begins a comment line; a format without comments has none to begin.
    pub const fn comment(self) -> &'static str {
        match self {
            Self::Ini | Self::IniGrafana | Self::PhpIni => ";",
            Self::Json | Self::PhpArray | Self::PhpDefine => "//",
            _ => "#",
        }
    }
}
