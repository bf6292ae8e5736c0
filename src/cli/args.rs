//! What can be typed: commands and flags, made from the table of fields, with help in the person's language.

use clap::{Arg, ArgAction, Command};

use super::{color::Color, dns::RecordFormat, schemas::KINDS};
use crate::{
    mail::{KeySlot, Security},
    presets::{Languages, Text},
    setup::{Field, FieldShape, FieldTrait},
};

/// Facts that were checked more than this many months ago may have changed.
pub(super) const STALE_MONTHS: u32 = 18;

/// A flag that is not a field: its name, its short form, the name of its value (empty for a switch), and whether every command
/// takes it.
pub(super) struct Extra {
    pub(super) name: &'static str,
    short: Option<char>,
    pub(super) value: &'static str,
    global: bool,
}

const fn extra(name: &'static str, short: Option<char>, value: &'static str, global: bool) -> Extra {
    Extra { name, short, value, global }
}

/// What the value of `--lang` is called until the languages are known.
const LANGUAGES: &str = "LANGUAGE";

/// Flags that are not fields.
pub(super) const EXTRAS: &[Extra] = &[
    extra("password-stdin", None, "", false),
    extra("password-file", None, "FILE", false),
    extra("password-fd", None, "N", false),
    extra("no-imap", None, "", false),
    extra("imap-password-stdin", None, "", false),
    extra("imap-password-file", None, "FILE", false),
    extra("imap-password-fd", None, "N", false),
    extra("imap-password-env", None, "NAME", false),
    extra("imap-password-command", None, "COMMAND", false),
    extra("no-arrival", None, "", false),
    extra("arrival-delete", None, "", false),
    extra("offline", None, "", false),
    #[cfg(feature = "discover")]
    extra("database", None, "", false),
    #[cfg(feature = "discover")]
    extra("nameserver", None, "ADDRESS", false),
    extra("answers", None, "FILE", false),
    extra("through", None, "TARGET", false),
    extra("take-over", None, "", false),
    extra("unproven", None, "", false),
    extra("image-program", None, "PATH", false),
    extra("dry-run", None, "", false),
    extra("diff", None, "", false),
    extra("report", None, "FILE", false),
    extra("plain", None, "", false),
    #[cfg(feature = "demo")]
    extra("demo", None, "", false),
    extra("vault-passphrase-file", None, "FILE", true),
    extra("vault-passphrase-fd", None, "N", true),
    extra("vault-passphrase-env", None, "NAME", true),
    extra("vault-key-file", None, "FILE", true),
    extra("root", None, "DIR", true),
    extra("timeout", None, "SECONDS", true),
    extra("lock-timeout", None, "SECONDS", true),
    extra("lang", None, LANGUAGES, true),
    extra("color", None, Color::USAGE, true),
    extra("json", None, "", true),
    extra("no-input", None, "", true),
    extra("quiet", Some('q'), "", true),
    extra("verbose", Some('v'), "", true),
];

/// The ways by which the password of the mailbox is given, each with the name of its value.
fn imap_passwords() -> impl Iterator<Item = (&'static str, &'static str)> {
    EXTRAS.iter().filter(|flag| flag.name.starts_with("imap-password-")).map(|flag| (flag.name, flag.value))
}

/// Fields that commands other than set-up take as well.
const SHARED: [Field; 1] = [Field::Scope];

/// What help is written with.
#[derive(Clone, Copy)]
pub(super) enum Help<'a> {
    /// The sentences of a language.
    In(&'a Text),
    /// None is: what is typed is understood without it.
    Unwritten,
}

impl Help<'_> {
    fn get(self, id: &str) -> String {
        match self {
            Self::In(text) => text.get(id),
            Self::Unwritten => String::new(),
        }
    }
}

/// The commands, in the order in which help lists them.
const COMMANDS: [&str; 21] = [
    "check",
    "apply",
    "detect",
    "dns",
    "probe",
    "explain",
    "arrival",
    "export",
    "list",
    "show",
    "edit",
    "remove",
    "purge",
    "undo",
    "secret",
    "token",
    "vault",
    "providers",
    "targets",
    "help",
    "generate",
];

/// The whole command line.
pub(super) fn command(text: Help<'_>, languages: &Languages) -> Command {
    let tags = languages.iter().map(|lang| lang.to_string()).collect::<Vec<_>>().join("|");
    let named = |arg: Arg| if arg.get_id() == "lang" { arg.value_name(tags.clone()) } else { arg };
    let command = bare(text).args(answers(text).into_iter().map(named));
    let command = command.subcommands(COMMANDS.map(|name| subcommand(name, text)));
    if let Help::In(text) = text { in_language(command, text) } else { command }
}

/// As much of the command line as these words need: where a command comes first, nothing but that one and what every command takes.
pub(super) fn command_for(words: &[String], languages: &Languages) -> Command {
    let first = words.get(1).and_then(|word| COMMANDS.into_iter().find(|name| name == word));
    // `help` is about another one.
    let Some(name) = first.filter(|name| *name != "help") else { return command(Help::Unwritten, languages) };
    let shared = answers(Help::Unwritten).into_iter().filter(Arg::is_global_set);
    bare(Help::Unwritten).args(shared).subcommand(subcommand(name, Help::Unwritten))
}

/// The command line without the flags of the set-up and without commands.
fn bare(text: Help<'_>) -> Command {
    Command::new("mailsetup")
        .version(env!("CARGO_PKG_VERSION"))
        .about(text.get("cli-about"))
        .override_usage(text.get("cli-usage"))
        .after_help(text.get("cli-after-help"))
        .args_conflicts_with_subcommands(true)
        .subcommand_precedence_over_arg(true)
        .disable_help_subcommand(true)
        .subcommand_help_heading(text.get("cli-heading-commands"))
        .subcommand_value_name("COMMAND")
        .next_help_heading(text.get("cli-heading-options"))
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(Arg::new("help").long("help").short('h').action(ArgAction::Help).global(true).help(text.get("flag-help")))
        .arg(Arg::new("version").long("version").short('V').action(ArgAction::Version).help(text.get("flag-version")))
}

/// The headings of the help in the person's language: the parser's own are English.
fn in_language(command: Command, text: &Text) -> Command {
    let template = format!(
        "{{before-help}}{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}{{after-help}}",
        text.get("cli-heading-usage")
    );
    let heading = |arg: Arg| {
        if arg.get_help_heading().is_some() {
            return arg;
        }
        let name = if arg.is_positional() { "cli-heading-arguments" } else { "cli-heading-options" };
        arg.help_heading(text.get(name))
    };
    command.help_template(template).mut_args(heading).mut_subcommands(|inner| in_language(inner, text))
}

/// The flags that answer questions, and those that control a set-up.
fn answers(text: Help<'_>) -> Vec<Arg> {
    let mut args = Vec::new();
    for field in Field::ALL.into_iter().filter(|field| !field.spec().flag.is_empty()) {
        let spec = field.spec();
        let help = match field {
            // Where the words of the question say little beside a flag.
            Field::Apply
            | Field::Recover
            | Field::Plaintext
            | Field::Imap
            | Field::Arrival
            | Field::ArrivalTo
            | Field::Import
            | Field::ThisDomain
            | Field::Scope
            | Field::Targets
            | Field::Test
            | Field::CaFile
            | Field::Pin
            | Field::Ehlo => text.get(&format!("flag-{}", spec.flag)),
            _ => text.get(&format!("field-{}", spec.key.replace('_', "-"))),
        };
        let arg = Arg::new(spec.flag).help(help).global(SHARED.contains(&field));
        args.push(match field {
            Field::Address => arg.value_name(spec.value),
            _ if spec.has(FieldTrait::Repeatable) => arg.long(spec.flag).value_name(spec.value).action(ArgAction::Append),
            _ if spec.shape == FieldShape::Confirm || spec.value.is_empty() => {
                arg.long(spec.flag).action(ArgAction::SetTrue)
            }
            _ => arg.long(spec.flag).value_name(spec.value).allow_hyphen_values(true),
        });
    }
    for flag in EXTRAS {
        let arg = Arg::new(flag.name).long(flag.name).global(flag.global).help(text.get(&format!("flag-{}", flag.name)));
        let arg = if let Some(short) = flag.short { arg.short(short) } else { arg };
        args.push(if flag.value.is_empty() {
            arg.action(ArgAction::SetTrue)
        } else {
            arg.value_name(flag.value).action(ArgAction::Set)
        });
    }
    args
}

/// `edit` takes everything that a set-up takes, for a named profile.
fn changes(text: Help<'_>) -> impl Iterator<Item = Arg> {
    let wanted =
        |arg: &Arg| !arg.is_global_set() && !matches!(arg.get_id().as_str(), "profile" | "demo" | "import" | "through");
    let by_flag = |arg: Arg| if arg.get_id() == "address" { arg.long("address") } else { arg };
    answers(text).into_iter().filter(wanted).map(by_flag)
}

/// The commands of the vault.
fn vault(command: Command, text: Help<'_>) -> Command {
    let sub = |name: &'static str| Command::new(name).about(text.get(&format!("command-vault-{name}")));
    let value = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).help(text.get(&format!("flag-{name}")))
    };
    let passphrase = || {
        [("new-passphrase-file", "FILE"), ("new-passphrase-fd", "N"), ("new-passphrase-env", "NAME")]
            .map(|(name, word)| value(name, word))
    };
    let lock =
        Arg::new("LOCK").required(true).value_parser(KeySlot::ALL.map(KeySlot::as_str)).help(text.get("field-vault-lock"));
    command.subcommand_required(true).subcommand_help_heading(text.get("cli-heading-commands")).subcommands([
        sub("status"),
        sub("passphrase").args(passphrase()),
        sub("rotate"),
        sub("export"),
        sub("lock-with").arg(lock).args(passphrase()).arg(value("new-key-file", "FILE")),
    ])
}

/// The commands about tokens.
fn token(command: Command, text: Help<'_>) -> Command {
    let profile = || Arg::new("PROFILE").value_name("PROFILE").help(text.get("arg-profile"));
    let sub = |name: &'static str| Command::new(name).about(text.get(&format!("command-token-{name}"))).arg(profile());
    command.subcommand_required(true).subcommand_help_heading(text.get("cli-heading-commands")).subcommands([
        sub("status"),
        sub("renew"),
        sub("revoke"),
        sub("login").args(changes(text)),
    ])
}

/// What is made for packages and other programs.
fn generate(command: Command, text: Help<'_>) -> Command {
    let sub = |name: &'static str| Command::new(name).about(text.get(&format!("command-{name}")));
    let shell = Arg::new("SHELL").value_name("SHELL").help(text.get("arg-shell")).required(true);
    let kind = Arg::new("KIND").value_parser(KINDS).default_value("profile").help(text.get("arg-kind"));
    command.subcommand_required(true).subcommand_help_heading(text.get("cli-heading-commands")).subcommands([
        sub("man"),
        sub("completions").arg(shell.value_parser(["bash", "zsh", "fish", "elvish", "powershell"])),
        sub("schema").arg(kind),
    ])
}

/// One of [`COMMANDS`].
fn subcommand(name: &'static str, text: Help<'_>) -> Command {
    let sub = |name: &'static str| Command::new(name).about(text.get(&format!("command-{name}")));
    let arg = |name: &'static str| Arg::new(name).value_name(name).help(text.get(&format!("arg-{}", name.to_lowercase())));
    let switch =
        |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(text.get(&format!("flag-{name}")));
    let value = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).help(text.get(&format!("flag-{name}")))
    };
    let field = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).help(text.get(&format!("field-{name}"))).requires("arrival")
    };
    // A build without discovery asks the system's resolver alone.
    let name_server = || cfg!(feature = "discover").then(|| value("nameserver", "ADDRESS"));
    let rehearsal = || switch("dry-run").help(text.get("flag-dry-run-command"));
    let stale = || {
        value("stale", "MONTHS")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value(STALE_MONTHS.to_string())
            .value_parser(clap::value_parser!(u32))
    };
    let command = sub(name);
    match name {
        "check" => command
            .arg(arg("PROFILE"))
            .arg(switch("all").conflicts_with("PROFILE"))
            .arg(switch("send"))
            .arg(switch("arrival"))
            .arg(value("arrival-to", "ADDRESS").requires("arrival"))
            .arg(switch("arrival-delete").requires("arrival"))
            .args([
                field("imap-host", "HOST"),
                field("imap-port", "PORT"),
                field("imap-security", Security::USAGE),
                field("imap-username", "NAME"),
            ])
            .args(imap_passwords().map(|(name, word)| if word.is_empty() { switch(name) } else { value(name, word) }))
            .arg(switch("drift").conflicts_with_all(["send", "arrival"]))
            .arg(switch("dns").conflicts_with_all(["send", "arrival", "drift"]))
            .arg(value("report", "FILE").conflicts_with("drift"))
            .args(name_server()),
        "apply" => command
            .arg(arg("PROFILE"))
            .arg(switch("all").conflicts_with("PROFILE"))
            .arg(switch("take-over"))
            .arg(switch("unproven"))
            .arg(rehearsal()),
        "detect" => command
            .arg(arg("ADDRESS").required(true).num_args(1..))
            .arg(switch("offline"))
            .arg(switch("database").conflicts_with("offline"))
            .arg(value("proxy", "URL"))
            .arg(switch("this-domain"))
            .args(name_server()),
        "dns" => command
            .arg(arg("WHOSE"))
            .arg(value("provider", "KEY"))
            .args(name_server())
            .arg(switch("wait"))
            .arg(value("format", RecordFormat::USAGE).value_parser(RecordFormat::WORDS)),
        "probe" => command
            .arg(arg("HOST").required(true))
            .arg(value("ca-file", "FILE"))
            .arg(value("proxy", "URL"))
            .arg(switch("this-domain"))
            .args(name_server()),
        "explain" => command
            .arg(arg("REPLY").num_args(0..))
            .arg(switch("jsonl").conflicts_with("REPLY"))
            .arg(value("file", "FILE").short('f').conflicts_with_all(["REPLY", "jsonl"]))
            .arg(switch("journal").conflicts_with_all(["REPLY", "jsonl", "file"]))
            .arg(value("since", "TIME").conflicts_with("jsonl"))
            .arg(value("provider", "KEY"))
            .arg(value("host", "HOST"))
            .arg(value("port", "PORT"))
            .arg(value("stage", "STAGE")),
        "arrival" => command.arg(value("eml", "FILE").required(true)),
        "export" => command
            .arg(arg("TARGET").required(true).num_args(1..))
            .arg(value("profile", "NAME"))
            .arg(switch("print"))
            .arg(switch("take-over"))
            .arg(rehearsal()),
        "show" => command.arg(arg("PROFILE")),
        "edit" => command.arg(arg("PROFILE")).args(changes(text)),
        "remove" => command.arg(arg("PROFILE")).arg(switch("purge")).arg(switch("if-exists")).arg(rehearsal()),
        "undo" => command.arg(rehearsal()),
        "secret" => {
            command.arg(arg("PROFILE")).arg(value("for", "HOST")).arg(switch("git-credential")).arg(switch("drop-in"))
        }
        "token" => token(command, text),
        "vault" => vault(command, text),
        "providers" | "targets" => command.arg(arg("QUERY")).arg(stale()),
        "help" => command.arg(arg("COMMAND").num_args(0..)),
        "generate" => generate(command, text),
        _ => command,
    }
}
