//! SPF (RFC 7208): records, macros, and the check of a host.

mod check;
mod expand;
mod macros;
mod merge;
mod record;
mod survey;

pub use check::{SpfOutcome, SpfQuery, SpfResult, SpfTrouble, check_host, record_of};
pub use macros::{DomainSpec, MacroFault};
pub use merge::with_include;
pub use record::{Mechanism, Qualifier, SpfRecord, SpfTerm, TermFault};
pub use survey::{SpfSurvey, survey};
