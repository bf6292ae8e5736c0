//! Where an answer comes from.

/// Where an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnswerSource {
    /// A flag.
    Flag,
    /// An environment variable.
    Env,
    /// The answers file.
    File,
    /// A saved profile.
    Profile,
    /// The person, in this conversation.
    Asked,
    /// A fix that a diagnosis proposed and the person took.
    Fix,
    /// The provider's preset.
    Preset,
    /// What is known or was found out about the address's domain.
    Discovered,
    /// The settings of a program here that the person starts from.
    Imported,
    /// The other answers, or a default.
    Default,
}

impl AnswerSource {
    /// Every source, with its word in a file.
    const WORDS: [(Self, &'static str); 10] = [
        (Self::Flag, "flag"),
        (Self::Env, "env"),
        (Self::File, "file"),
        (Self::Profile, "profile"),
        (Self::Asked, "asked"),
        (Self::Fix, "fix"),
        (Self::Preset, "preset"),
        (Self::Discovered, "discovered"),
        (Self::Imported, "imported"),
        (Self::Default, "default"),
    ];

    /// Its word in a file.
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(source, _)| *source == self).map_or("", |(_, word)| word)
    }

    /// The source of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(source, _)| *source)
    }

    /// Whether the value was proposed, and at most accepted by the person.
    pub(super) const fn proposes(self) -> bool {
        matches!(self, Self::Preset | Self::Discovered | Self::Default)
    }
}
