//! Faults of planning and of the host, as the conversation takes them.

use crate::{
    plan::Refusal,
    setup::{Field, WorkFault},
};

/// A refusal as the conversation takes it, with the answer that would mend it.
pub(super) fn refused(refusal: &Refusal) -> WorkFault {
    WorkFault {
        field: match refusal {
            Refusal::NoUser { .. } | Refusal::NotFollowing { .. } => Some(Field::RunAs),
            Refusal::NoSharedGroup { .. }
            | Refusal::GroupOfOthers { .. }
            | Refusal::OtherGroup { .. }
            | Refusal::GroupInImage { .. } => Some(Field::RunAsGroup),
            Refusal::Store { .. } => Some(Field::SecretStore),
            Refusal::NoSecretProgram { .. } => Some(Field::SecretCommandPath),
            Refusal::SenderMap { .. } | Refusal::NoSenderMap { .. } => Some(Field::SenderMap),
            Refusal::ImageLacks { .. } => Some(Field::Targets),
            refusal => refusal.target().map(|_| Field::Targets),
        },
        phrase: refusal.phrase(),
        hint: refusal.hint(),
        exit: refusal.exit(),
    }
}

/// A host's error as the conversation takes it.
pub(super) fn fault_of(error: crate::error::Error) -> WorkFault {
    WorkFault { phrase: error.phrase, hint: error.hint, field: None, exit: error.exit }
}
