//! The ways by which programs of this machine hand their mail over, as each of them does.

use crate::{
    host::{CronKind, MailPrograms, ProgramSender},
    mail::ProofWay,
    plan::SENDMAIL,
    presets::target::SendInput,
    probe::OtherSender,
};

/// Which ways of programs are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Cron's, which sends what nobody waits for.
    Cron,
    /// All.
    All,
}

/// A message as a program sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HandedOver {
    pub(super) way: ProofWay,
    /// Who sends so, as people know it.
    pub(super) program: String,
    /// Program and arguments.
    pub(super) command: Vec<String>,
    pub(super) input: SendInput,
    /// Its From; `None` where the program leaves that to the mailer.
    pub(super) from: Option<String>,
    /// The recipient as the program names it.
    pub(super) to: String,
    /// The envelope's sender as the program, or the mailer for it, names it.
    pub(super) sender: String,
    /// The user who runs it, if that is not root.
    pub(super) user: Option<String>,
}

/// Who gets the messages.
pub(super) struct Recipients<'a> {
    /// What is addressed to root.
    pub(super) root: &'a str,
    /// All else.
    pub(super) others: &'a str,
}

/// As cron sends what root's job has printed.
pub(super) fn of_cron(kind: CronKind, to: &Recipients<'_>) -> HandedOver {
    let (words, from): (&[&str], _) = match kind {
        CronKind::Debian => (&["-i", "-FCronDaemon", "-B8BITMIME", "-oem", to.root], Some("root (Cron Daemon)")),
        CronKind::Cronie => {
            (&["-FCronDaemon", "-i", "-odi", "-oem", "-oi", "-t", "-f", "root"], Some("\"(Cron Daemon)\" <root>"))
        }
        CronKind::Busybox => (&["-ti"], None),
    };
    handed_over(ProofWay::Cron, "cron", words, to.root).with(from, "root")
}

/// The address of a program as the server is asked about it. Root's is what the mailer puts on the envelope for cron.
pub(super) fn offered(program: ProgramSender) -> OtherSender {
    let own_envelope = program.own_envelope || program.program == ProofWay::Cron.as_str();
    OtherSender { program: program.program, from: program.from, to: program.to, own_envelope }
}

/// As a daemon sends that names its own address.
pub(super) fn of_daemon(daemon: &ProgramSender, to: &Recipients<'_>) -> HandedOver {
    let (from, program) = (daemon.from.to_string(), &daemon.program);
    let way = handed_over(ProofWay::Daemon, program, &["-f", &from, "--", to.root], to.root);
    way.with(Some(&format!("{program} <{from}>")), &from)
}

/// What is sent by hand and by applications, as far as the programs are here; each user of `users` sends as well.
pub(super) fn of_others<'a>(
    programs: &MailPrograms,
    subject: &str,
    users: impl Iterator<Item = &'a str>,
    to: &Recipients<'_>,
) -> Vec<HandedOver> {
    let mut ways = Vec::new();
    // It would be an option.
    if let Some(mail) = programs.mail.as_ref().filter(|_| !to.root.starts_with('-')) {
        let way = handed_over(ProofWay::Mail, "mail", &[], to.root).with(None, "root");
        let command = [&mail.to_string_lossy(), "-s", subject, to.root].map(str::to_owned).to_vec();
        ways.push(HandedOver { command, input: SendInput::Body, ..way });
    }
    // As PHP's mail() does.
    ways.extend(users.map(|user| {
        let way = handed_over(ProofWay::User, "sendmail", &["-t", "-i"], to.others).with(None, user);
        HandedOver { user: Some(user.to_owned()), ..way }
    }));
    let empty = ["-i", "-f", "<>", "--", to.others];
    ways.push(handed_over(ProofWay::Empty, "sendmail", &empty, to.others).with(Some("MAILER-DAEMON"), "<>"));
    ways
}

fn handed_over(way: ProofWay, program: &str, words: &[&str], to: &str) -> HandedOver {
    HandedOver {
        way,
        program: program.to_owned(),
        command: [SENDMAIL].iter().chain(words).map(|word| (*word).to_owned()).collect(),
        input: SendInput::Message,
        from: None,
        to: to.to_owned(),
        sender: String::new(),
        user: None,
    }
}

impl HandedOver {
    fn with(self, from: Option<&str>, sender: &str) -> Self {
        Self { from: from.map(str::to_owned), sender: sender.to_owned(), ..self }
    }

    /// A message of ours, with lines as this machine ends them, under the header that the program gives it.
    pub(super) fn message(&self, ours: &str) -> String {
        let (head, body) = ours.split_once("\n\n").unwrap_or((ours, ""));
        let from = self.from.as_ref().map(|from| format!("From: {from}\n"));
        let mut message = from.unwrap_or_default() + "To: " + &self.to + "\n";
        let mut is_replaced = false;
        for line in head.lines() {
            if !line.starts_with([' ', '\t']) {
                is_replaced = ["From:", "To:", "Reply-To:"].iter().any(|name| line.starts_with(name));
            }
            if !is_replaced {
                message += line;
                message.push('\n');
            }
        }
        message.push('\n');
        message + body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TO: Recipients<'_> = Recipients { root: "root", others: "bob@example.test" };

    #[test]
    fn each_cron_has_its_own_words() {
        let debian = of_cron(CronKind::Debian, &TO);
        assert_eq!(debian.command.join(" "), "/usr/sbin/sendmail -i -FCronDaemon -B8BITMIME -oem root");
        assert_eq!((debian.from.as_deref(), debian.sender.as_str()), (Some("root (Cron Daemon)"), "root"));
        assert!(of_cron(CronKind::Cronie, &TO).command.ends_with(&["-t".into(), "-f".into(), "root".into()]));
        assert_eq!(of_cron(CronKind::Busybox, &TO).command[1..], ["-ti"]);
    }

    #[test]
    fn only_programs_that_are_here_send() {
        let none = MailPrograms { cron: None, mail: None };
        let ways = |programs: &MailPrograms, users: &[&str]| {
            let all = of_others(programs, "s", users.iter().copied(), &TO);
            all.into_iter().map(|it| (it.way.as_str(), it.user, it.command.join(" "))).collect::<Vec<_>>()
        };
        let empty = ("empty", None, "/usr/sbin/sendmail -i -f <> -- bob@example.test".to_owned());
        assert_eq!(ways(&none, &[]), std::slice::from_ref(&empty));
        let mail = MailPrograms { mail: Some("/usr/bin/mail".into()), ..none };
        let user = ("user", Some("www-data".to_owned()), "/usr/sbin/sendmail -t -i".to_owned());
        assert_eq!(ways(&mail, &["www-data"]), [("mail", None, "/usr/bin/mail -s s root".to_owned()), user, empty]);
    }

    #[test]
    fn a_message_has_the_programs_own_header() {
        let ours = "From: =?utf-8?b?w7w=?=\n <ops@example.com>\nTo: a@b.test\nSubject: s\n\ttwo\nReply-To: x@y.test\n\nFrom: text\n";
        let message = of_cron(CronKind::Debian, &TO).message(ours);
        assert_eq!(message, "From: root (Cron Daemon)\nTo: root\nSubject: s\n\ttwo\n\nFrom: text\n");
        assert!(of_cron(CronKind::Busybox, &TO).message(ours).starts_with("To: root\nSubject"));
    }
}
