//! The one table of fields: each field's row, by the group of questions that it belongs to.

mod client;
pub(super) mod home;
mod imap;
mod login;
mod oauth;
mod provider;
mod proxy;
mod sender;
mod senders;
mod server;
mod start;
mod store;
mod targets;
mod test;

use super::{
    field::{Field, each_field},
    spec::Spec,
};

/// Leads each field to its row.
macro_rules! table {
    ($($(#[$doc:meta])* $name:ident = $group:ident::$row:ident,)*) => {
        impl Field {
            /// Its row.
            pub fn spec(self) -> &'static Spec {
                match self {
                    $(Self::$name => &$group::$row,)*
                }
            }
        }
    };
}

each_field!(table);
