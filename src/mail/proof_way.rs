//! The ways by which mail leaves a machine, as a proof tries them.

use super::word::words;

words! {
    /// How the message of a proof was handed over.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
    pub enum ProofWay {
        /// By the target's consumer, with our own sender.
        #[default]
        Test = "test",
        /// As cron sends what a job has printed.
        Cron = "cron",
        /// As `mail -s` sends.
        Mail = "mail",
        /// As a daemon with an envelope sender of its own.
        Daemon = "daemon",
        /// As a program of the user who sends.
        User = "user",
        /// With an empty envelope sender, as vacation replies.
        Empty = "empty",
    }
}
