//! What a parser of answers looks at beside the typed text.

use crate::{
    mail::yes_no::YesNoWords,
    presets::{Catalog, Lang},
};

/// What a parser looks at beside the typed text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parsing<'a> {
    /// The providers and targets there are.
    pub(super) catalog: &'a Catalog,
    /// The person's language.
    pub(super) lang: Lang,
    /// Its words for yes and no.
    pub(super) yes_no: YesNoWords<'a>,
}
