//! The order of the conversation: which fields there are now, and which of them a person is asked.

use super::{field::Field, state::Setup};

impl Setup {
    /// Whether a field has any meaning with the answers as they are.
    pub fn applies(&self, field: Field) -> bool {
        (field.spec().applies)(self)
    }

    /// The fields that are still to be asked, in order.
    pub(super) fn open(&self) -> impl Iterator<Item = Field> + '_ {
        Field::ALL.into_iter().filter(|field| self.is_open(*field))
    }

    fn is_open(&self, field: Field) -> bool {
        let spec = field.spec();
        (spec.applies)(self) && (spec.asked)(self) && !(spec.settled)(self, field)
    }
}
