//! Hands and eyes: starts a front end in a terminal, waits for a question, answers it.

use std::path::PathBuf;

use mailsetup::{
    phrase,
    presets::{Lang, Phrase, Text},
    setup::Field,
};

use crate::support::{
    files::files_below,
    pty::{Key, Terminal},
    sandbox::{Run, Sandbox},
    screen::Screen,
};

/// Who the demo sends as.
pub(crate) const DEMO_USER: &str = "demo@mailsetup.example";
/// What its server takes; its screens say so.
pub(crate) const DEMO_PASSWORD: &str = "open sesame #1";

/// What the demo asks, in order.
pub(crate) const ASKED: [Field; 4] = [Field::Address, Field::Password, Field::Targets, Field::Apply];

/// What a person talks with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Front {
    /// The full-screen wizard.
    Wizard,
    /// Prompts, `--plain`.
    Prompts,
    /// Plain lines, `TERM=dumb`.
    Lines,
}

impl Front {
    pub(crate) const ALL: [Self; 3] = [Self::Wizard, Self::Prompts, Self::Lines];
}

/// A running demo.
pub(crate) struct Session {
    pub(crate) sandbox: Sandbox,
    pub(crate) terminal: Terminal,
    front: Front,
    is_demo: bool,
    text: Text,
}

impl Session {
    /// The demo in a terminal of 80 by 24, in English.
    pub(crate) fn new(front: Front) -> Self {
        Self::with(front, Lang::EN, (80, 24), &["--demo"], |run| run)
    }

    /// The program with these arguments; `prepare` may change how it runs.
    pub(crate) fn with(
        front: Front,
        lang: Lang,
        (columns, rows): (u16, u16),
        args: &[&str],
        prepare: impl FnOnce(Run) -> Run,
    ) -> Self {
        Self::within(Sandbox::new(), front, lang, (columns, rows), args, prepare)
    }

    /// The same in a sandbox in which something was before.
    pub(crate) fn within(
        sandbox: Sandbox,
        front: Front,
        lang: Lang,
        (columns, rows): (u16, u16),
        args: &[&str],
        prepare: impl FnOnce(Run) -> Run,
    ) -> Self {
        let is_demo = args.contains(&"--demo");
        let mut args = args.to_vec();
        if front == Front::Prompts {
            args.push("--plain");
        }
        let mut run = sandbox.mailsetup(args);
        if front == Front::Lines {
            run = run.env("TERM", "dumb");
        }
        if lang != Lang::EN {
            run = run.env("LANG", format!("{lang}.UTF-8"));
        }
        let terminal = prepare(run).terminal(columns, rows);
        Self { sandbox, terminal, front, is_demo, text: Text::new(lang) }
    }

    /// A program that was started in a terminal in another way.
    pub(crate) fn of(front: Front, sandbox: Sandbox, terminal: Terminal) -> Self {
        Self { sandbox, terminal, front, is_demo: true, text: Text::new(Lang::EN) }
    }

    /// Waits until a field is asked.
    #[track_caller]
    pub(crate) fn expect(&self, field: Field) {
        self.terminal.wait_until(&format!("the question for {field}"), |screen| self.asks(screen, field));
    }

    fn asks(&self, screen: &Screen, field: Field) -> bool {
        let screen = flat(&screen.text());
        let label = match (field, self.front) {
            (Field::Provider, Front::Wizard) => return screen.contains(&flat(&self.text.get("tui-page-provider"))),
            // A question between the pages has its label on top.
            (Field::Resume, Front::Wizard) => return screen.contains(&flat(&self.text.get("field-resume"))),
            (Field::Home, Front::Wizard) => return screen.contains(&flat(&self.text.get("tui-home"))),
            (Field::Import, Front::Wizard) => return screen.contains(&flat(&self.text.get("field-import"))),
            (Field::Apply, Front::Wizard) => return screen.contains(&flat(&self.text.get("field-yes"))),
            // The demo has a name for its password.
            (Field::Password, _) if self.is_demo && self.text.lang().as_str() == "fr" => {
                "Mot de passe d’application".to_owned()
            }
            (Field::Password, _) if self.is_demo => "App password".to_owned(),
            _ => flat(&self.text.get(&format!("field-{}", field.key().replace('_', "-")))),
        };
        match self.front {
            Front::Wizard => screen.contains(&format!("▸ {label}")),
            Front::Prompts => screen.contains(&format!("? {label}")),
            Front::Lines => screen.rfind(&label).is_some_and(|at| {
                let behind = &screen[at + label.len()..];
                behind == ":" || (behind.starts_with(" [") && behind.ends_with("]:") && behind.matches("]:").count() == 1)
            }),
        }
    }

    /// Waits for words, however they are wrapped.
    #[track_caller]
    pub(crate) fn read(&self, words: &str) {
        let words = flat(words);
        self.terminal.wait_until(&format!("{words:?}"), |screen| flat(&screen.text()).contains(&words));
    }

    /// Waits for a sentence of the text files.
    #[track_caller]
    pub(crate) fn read_phrase(&self, phrase: &Phrase) {
        self.read(&self.text.say(phrase));
    }

    /// Types text and presses Enter.
    pub(crate) fn enter(&self, text: &str) {
        self.terminal.send(text);
        self.terminal.key(Key::Enter);
    }

    /// Waits for a field and takes what is proposed; the password is typed.
    #[track_caller]
    pub(crate) fn accept(&self, field: Field) {
        self.expect(field);
        match field {
            Field::Password => self.enter(DEMO_PASSWORD),
            _ => self.terminal.key(Key::Enter),
        }
    }

    /// Through the questions of a set-up whose server is given, up to its live test, with the password typed or pasted.
    #[track_caller]
    pub(crate) fn to_the_test(&self, password: &str, is_pasted: bool) {
        self.expect(Field::Password);
        if is_pasted {
            self.terminal.paste(password);
        } else {
            self.terminal.send(password);
        }
        self.terminal.key(Key::Enter);
    }

    /// In the wizard: chooses an answer in the list of all answers, by its label.
    #[track_caller]
    pub(crate) fn change(&self, label: &str) {
        self.terminal.send("\x1bOS");
        self.read("All answers");
        let row = |screen: &Screen, start: &str| {
            let text = screen.text();
            text.lines().position(|line| line.trim_start().trim_start_matches("▸ ").starts_with(start))
        };
        self.terminal.wait_until(label, |screen| row(screen, label).is_some() && row(screen, "Sender address").is_some());
        let text = self.terminal.screen();
        let at = |start: &str| text.lines().position(|line| line.trim_start().trim_start_matches("▸ ").starts_with(start));
        for _ in at("Sender address").unwrap()..at(label).unwrap() {
            self.terminal.key(Key::Down);
        }
        self.terminal.key(Key::Enter);
    }

    /// Waits for a test that passed.
    #[track_caller]
    pub(crate) fn passed(&self) {
        self.read_phrase(&phrase!("render-success-sent", to = DEMO_USER));
    }

    /// Goes through the questions of the demo up to a field, which is asked then.
    #[track_caller]
    pub(crate) fn walk_to(&self, field: Field) {
        for before in ASKED.into_iter().take_while(|before| *before != field) {
            self.accept(before);
        }
        self.expect(field);
    }

    /// From the last question to the end of the program.
    #[track_caller]
    pub(crate) fn finish(&self) {
        self.accept(Field::Apply);
        if self.front == Front::Wizard {
            self.read_phrase(&phrase!("render-written"));
            self.terminal.key(Key::Enter);
        }
        assert_eq!((self.terminal.wait_exit(), self.terminal.left_behind()), (0, vec![]), "{}", self.terminal.screen());
    }

    /// The demo's folders: one once it runs, none when nothing was written.
    pub(crate) fn folders(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.sandbox.path("tmp")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// Fails unless every file of a whole demo is there.
    #[track_caller]
    pub(crate) fn assert_written(&self) {
        let folders = self.folders();
        let [folder] = folders.as_slice() else { panic!("{folders:?}") };
        for file in
            [".config/mailsetup/profiles/default.toml", ".config/mailsetup/profiles/default.secret", ".msmtprc", ".env"]
        {
            assert!(folder.join(file).is_file(), "{file} in {}", folder.display());
        }
        self.assert_home_is_empty();
    }

    /// Fails when anything was left in the demo's folder, or in the home.
    #[track_caller]
    pub(crate) fn assert_nothing_written(&self) {
        assert_eq!(self.folders(), Vec::<PathBuf>::new());
        self.assert_home_is_empty();
    }

    fn assert_home_is_empty(&self) {
        assert_eq!(files_below(&self.sandbox.path("home")), Vec::<PathBuf>::new());
    }

    /// Fails unless the program ends as a cancelled one does: status, terminal, no files.
    #[track_caller]
    pub(crate) fn assert_cancelled(&self) {
        assert_eq!(self.terminal.wait_exit(), 130, "{}", self.terminal.screen());
        assert_eq!(self.terminal.left_behind(), Vec::<&str>::new(), "{}", self.terminal.screen());
        self.assert_nothing_written();
    }
}

/// Text in one line, so that wrapping does not matter, nor which blanks a language has, nor the marks for more lines.
pub(crate) fn flat(text: &str) -> String {
    text.replace(['▲', '▼'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}
