//! Which stores can be used here.

use std::collections::BTreeMap;

use super::Runner;
use crate::{
    host,
    mail::{KeySlot, StoreKind},
    phrase,
    presets::Phrase,
    setup::{SecretReader, UsableStores},
};

impl Runner {
    /// Which stores can be used here, and why not the others.
    pub(super) fn stores(&self, reader: &SecretReader) -> UsableStores {
        let Ok(places) = (self.places)(reader.scope) else { return UsableStores::default() };
        let text = self.catalog.text(self.lang);
        let mut offer = host::stores::offer(reader.run_as.listed().as_deref(), &places);
        if self.own_stores_only {
            let machines = StoreKind::ALL.iter().filter(|kind| host::stores::is_machines(**kind, &places));
            offer.barred.extend(machines.map(|kind| (kind.as_str(), phrase!("store-demo"))));
            offer.slots.insert(KeySlot::Systemd.as_str(), phrase!("store-demo"));
        }
        let said = |why: BTreeMap<&'static str, Phrase>| why.into_iter().map(|(word, why)| (word, text.say(&why))).collect();
        UsableStores { barred: said(offer.barred), locks: said(offer.slots), has_vault: offer.has_vault }
    }
}
