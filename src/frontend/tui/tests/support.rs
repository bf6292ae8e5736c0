//! A wizard without a terminal and without work: effects are noted, their results are told by the test.

mod attempts;

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, LazyLock},
};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::{
    Terminal,
    backend::TestBackend,
    layout::{Position, Size},
    style::{Color, Style},
};

pub(super) use attempts::{connected, passed, refused, running, steps};

use super::super::{Look, TuiOptions, app::App, theme::Theme};
use crate::{
    dns::{DnsKind, DnsLookup, DnsRecord, DomainQuestion, LookupFault, judge},
    plan::{Change, Disclosure, Plan},
    presets::{Catalog, Lang, Text},
    probe::{Cancel, Report, StageReport},
    setup::{
        self, AttemptKind, ConnectSpec, DomainFinding, Effect, Msg, Outcome, Proof, Setup, SetupFacts, Work, WorkFault,
        WriteResult, WrittenFile,
    },
};

static CATALOG: LazyLock<Arc<Catalog>> = LazyLock::new(|| Arc::new(Catalog::builtin()));

/// A wizard under test.
pub(super) struct Wizard {
    pub(super) app: App,
    pub(super) effects: Rc<RefCell<Vec<Effect>>>,
    pub(super) cancels: Rc<RefCell<Vec<Cancel>>>,
    pub(super) size: Size,
}

impl Wizard {
    pub(super) fn new(lang: Lang, width: u16, height: u16) -> Self {
        Self::with(lang, width, height, None)
    }

    pub(super) fn with(lang: Lang, width: u16, height: u16, sidecar: Option<Box<dyn crate::frontend::Sidecar>>) -> Self {
        let facts = SetupFacts {
            sign_in_seed: None,
            proxy: None,
            host_name: "web1".into(),
            full_name: Some("web1.example.com".into()),
            is_root: false,
            suggested_targets: Vec::new(),
            suggested_address: None,
            known_domains: Vec::new(),
            root_mail: None,
            command: vec!["mailsetup".into()],
            program: vec!["/usr/bin/mailsetup".into()],
            cwd: "/home/ops".into(),
            key_slot: crate::mail::KeySlot::default(),
        };
        let options = setup::SetupOptions { looks_at_domain: true, ..setup::SetupOptions::default() };
        let setup = Setup::new(Arc::clone(&CATALOG), Rc::new(Text::new(lang)), facts, options);
        let effects = Rc::new(RefCell::new(Vec::new()));
        let noted = Rc::clone(&effects);
        let cancels: Rc<RefCell<Vec<Cancel>>> = Rc::default();
        let handed = Rc::clone(&cancels);
        let starter = Box::new(move |effect: Effect| {
            noted.borrow_mut().push(effect);
            let cancel = Cancel::default();
            handed.borrow_mut().push(cancel.clone());
            cancel
        });
        let options = TuiOptions {
            look: Look { colour: true, utf8: true, glyphs: true },
            diff,
            report: |_| Ok("/tmp/report.txt".into()),
        };
        let mut app = App::new(setup, starter, options, sidecar);
        let size = Size::new(width, height);
        app.resize(size);
        Self { app, effects, cancels, size }
    }

    /// The same without colours and beyond ASCII.
    pub(super) fn plain(mut self) -> Self {
        self.app.theme = Theme::new(Look { colour: false, utf8: false, glyphs: false });
        self
    }

    pub(super) fn press(&mut self, code: KeyCode) -> &mut Self {
        self.app.handle(&Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        self
    }

    pub(super) fn ctrl(&mut self, letter: char) -> &mut Self {
        self.app.handle(&Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL)));
        self
    }

    pub(super) fn enter(&mut self) -> &mut Self {
        self.press(KeyCode::Enter)
    }

    pub(super) fn type_in(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            self.press(KeyCode::Char(character));
        }
        self
    }

    pub(super) fn paste(&mut self, text: &str) -> &mut Self {
        self.app.handle(&Event::Paste(text.to_owned()));
        self
    }

    /// The last effect of a kind.
    pub(super) fn effect(&self, kind: fn(&Work) -> bool) -> Option<Effect> {
        self.effects.borrow().iter().rev().find(|effect| kind(&effect.work)).cloned()
    }

    pub(super) fn tell(&mut self, generation: u64, outcome: Outcome) -> &mut Self {
        self.app.told(Msg::Finished(generation, outcome));
        self
    }

    /// What the screen shows, without blanks at the ends of lines.
    pub(super) fn screen(&self) -> String {
        self.look().0
    }

    /// The style of every cell.
    pub(super) fn styles(&self) -> Vec<Style> {
        let mut terminal = Terminal::new(TestBackend::new(self.size.width, self.size.height)).unwrap();
        terminal.draw(|frame| self.app.draw(frame)).unwrap();
        let plain = |colour: Option<Color>| colour.filter(|colour| *colour != Color::Reset);
        let style = |cell: &ratatui::buffer::Cell| {
            let style = cell.style();
            Style { fg: plain(style.fg), bg: plain(style.bg), ..style }
        };
        terminal.backend().buffer().content.iter().map(style).collect()
    }

    /// What the screen shows, and where the cursor stands.
    pub(super) fn look(&self) -> (String, Option<Position>) {
        let mut terminal = Terminal::new(TestBackend::new(self.size.width, self.size.height)).unwrap();
        terminal.draw(|frame| self.app.draw(frame)).unwrap();
        let cursor = terminal.backend().cursor_visible().then(|| terminal.backend().cursor_position());
        let buffer = terminal.backend().buffer();
        let mut text = String::new();
        for y in 0..self.size.height {
            let mut line = String::new();
            let mut covered = 0;
            for x in 0..self.size.width {
                let symbol = buffer[(x, y)].symbol();
                if covered == 0 {
                    line.push_str(symbol);
                    covered = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
                } else {
                    covered -= 1;
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        (text, cursor)
    }

    /// A look at it while writing tests.
    pub(super) fn show(&self, name: &str) -> String {
        let screen = self.screen();
        if std::env::var_os("MAILSETUP_SHOW_SCREENS").is_some() {
            let rule = "-".repeat(usize::from(self.size.width));
            let framed: String = screen.lines().flat_map(|line| ["|", line, "\n"]).collect();
            let shown = format!("{name} {}x{}\n+{rule}\n{framed}+{rule}\n", self.size.width, self.size.height);
            std::io::Write::write_all(&mut std::io::stderr(), shown.as_bytes()).unwrap();
        }
        screen
    }

    // Ways to the pages.

    /// To the list of providers, for an address of which nothing is known.
    pub(super) fn up_to_provider(&mut self) -> &mut Self {
        self.type_in("ops@example.com").enter()
    }

    /// To the password of Gmail.
    pub(super) fn up_to_password(&mut self) -> &mut Self {
        self.type_in("ops@gmail.com").enter()
    }

    /// To a field, as from the list of all answers.
    pub(super) fn go(&mut self, field: setup::Field) -> &mut Self {
        self.app.told(Msg::Go(field));
        self
    }

    /// To the running test.
    pub(super) fn up_to_test(&mut self) -> &mut Self {
        self.up_to_password().type_in("abcdefghijklmnop").enter()
    }

    /// The test ends as `report` says.
    pub(super) fn tested(&mut self, report: impl FnOnce(&ConnectSpec) -> Report) -> &mut Self {
        let effect = self.effect(|work| matches!(work, Work::Test(_))).unwrap();
        let Work::Test(spec) = &effect.work else { unreachable!() };
        let report = report(spec);
        self.tell(effect.generation, Outcome::Tested(report, "2026-11-21T03:00:00Z".into()))
    }

    pub(super) fn probed(&mut self, report: Report) -> &mut Self {
        let effect = self.effect(|work| matches!(work, Work::Probe(_))).unwrap();
        self.tell(effect.generation, Outcome::Probed(report))
    }

    pub(super) fn progress(&mut self, step: StageReport) -> &mut Self {
        let effect = self.effect(|work| matches!(work, Work::Test(_))).unwrap();
        self.tell(effect.generation, Outcome::Progress(AttemptKind::Test, step))
    }

    /// To the review page, with a plan.
    pub(super) fn up_to_review(&mut self) -> &mut Self {
        self.up_to_plan().planned(Ok(plan()))
    }

    /// To the planning.
    pub(super) fn up_to_plan(&mut self) -> &mut Self {
        self.up_to_test().tested(|_| passed()).enter()
    }

    pub(super) fn planned(&mut self, plan: Result<Plan, WorkFault>) -> &mut Self {
        let effect = self.effect(|work| matches!(work, Work::Plan(_))).unwrap();
        self.tell(effect.generation, Outcome::Planned(plan))
    }

    /// The sender's domain was looked at: it lacks all that it should have.
    pub(super) fn looked_at(&mut self) -> &mut Self {
        let effect = self.effect(|work| matches!(work, Work::Domain(_))).unwrap();
        let provider = CATALOG.provider("brevo");
        let question = DomainQuestion { domain: "bücher.example", provider, catalog: &CATALOG, now: 0 };
        let finding = DomainFinding {
            provider: provider.map(|provider| provider.name.clone()),
            host: CATALOG.dns_hosts().next().cloned(),
            report: judge(&question, &NoRecords),
        };
        self.tell(effect.generation, Outcome::Domain(Some(Box::new(finding))))
    }

    pub(super) fn applied(&mut self, written: Result<WriteResult, WorkFault>) -> &mut Self {
        let effect = self.effect(|work| matches!(work, Work::Apply(_))).unwrap();
        self.tell(effect.generation, Outcome::Applied(written))
    }
}

/// A world without names.
struct NoRecords;

impl DnsLookup for NoRecords {
    fn records(&self, _: &str, _: DnsKind) -> Result<Vec<DnsRecord>, LookupFault> {
        Err(LookupFault::NoSuchName)
    }
}

pub(super) fn plan() -> Plan {
    let change = |owner: &str, path: &str, before: Option<&str>, after: &str| Change {
        owner: owner.into(),
        path: path.into(),
        before: before.map(|text| text.as_bytes().to_vec()),
        after: Some(after.as_bytes().to_vec()),
        mode_before: before.map(|_| 0o600),
        mode: 0o600,
        user: None,
        group: None,
        disclosure: Disclosure::all(before.map(str::as_bytes), after.as_bytes()),
    };
    Plan {
        changes: vec![
            change("profile", "/home/ops/.config/mailsetup/profiles/default.toml", None, "schema = 1\n"),
            change("msmtp", "/home/ops/.msmtprc", Some("account old\n"), "account old\naccount default\n"),
        ],
        ..Plan::new("default".into())
    }
}

pub(super) fn written() -> WriteResult {
    WriteResult {
        root: None,
        is_unproven: false,
        lacks: Vec::new(),
        files: vec![
            WrittenFile {
                path: "/home/ops/.config/mailsetup/profiles/default.toml".into(),
                action: "created",
                backup: None,
            },
            WrittenFile {
                path: "/home/ops/.msmtprc".into(),
                action: "changed",
                backup: Some("/home/ops/.local/state/mailsetup/backup/msmtprc".into()),
            },
        ],
        changed: true,
        sent: true,
        notes: Vec::new(),
        mailers: Vec::new(),
        proofs: vec![Proof {
            target: "msmtp".into(),
            report: Some(passed()),
            to: "ops@gmail.com".parse().ok(),
            try_it: Some("echo hello | msmtp ops@gmail.com".into()),
            ..Proof::default()
        }],
    }
}

fn diff(change: &Change, _: Option<&crate::mail::Secret>) -> Vec<String> {
    let text = |bytes: &Option<Vec<u8>>| bytes.clone().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let (before, after) = (text(&change.before), text(&change.after));
    let kept = before.lines().map(|line| format!(" {line}"));
    let added = after.lines().filter(|line| !before.contains(line)).map(|line| format!("+{line}"));
    kept.chain(added).collect()
}
