//! The field's vocabulary: one type and one parser for each kind of value, replies, secrets and the saved profile.
//!
//! What a person types, what a file says and what a server is found to have all become these types by the same parsers. What
//! a parser refuses becomes a sentence that says how to fix it: [`value::ValueFault`].
//!
//! Everything here is pure: no sockets, no files, no environment.

pub mod address;
pub mod binding;
pub mod endpoint;
pub mod grant_kind;
pub mod helo_name;
pub mod host;
pub mod https_url;
pub mod initial_response;
pub mod kept_binding;
pub mod line;
pub mod mailbox;
pub mod mechanism;
pub mod organization;
pub mod pass_entry;
pub mod pin;
pub mod port;
pub mod profile;
pub mod profile_fault;
pub mod profile_name;
mod profile_oauth;
mod profile_secret;
pub mod proof_way;
pub mod protocol;
pub mod proxy;
pub mod public_suffix;
pub mod reply;
pub mod run_as;
pub mod schema;
pub mod scope;
pub mod secret;
pub mod security;
pub mod senders;
pub mod setting;
pub mod store;
pub mod test_depth;
pub mod toml_fault;
pub mod toml_read;
pub mod user_name;
pub mod value;
pub mod variable_name;
pub mod vault_key;
pub mod word;
pub mod yes_no;

pub use address::Address;
pub use binding::{BoundSecret, SecretBinding};
pub use endpoint::Endpoint;
pub use grant_kind::GrantKind;
pub use helo_name::HeloName;
pub use host::Host;
pub use https_url::HttpsUrl;
pub use line::TextLine;
pub use mechanism::{Auth, Mechanism};
pub use organization::Organization;
pub use pass_entry::PassEntry;
pub use pin::Pin;
pub use port::Port;
pub use profile::{Profile, ProfileSecret};
pub use profile_fault::ProfileFault;
pub use profile_name::ProfileName;
pub use profile_oauth::ProfileOauth;
pub use proof_way::ProofWay;
pub use protocol::Protocol;
pub use proxy::Proxy;
pub use reply::Reply;
pub use run_as::{GroupName, RunAs};
pub use scope::Scope;
pub use secret::Secret;
pub use security::Security;
pub use senders::Senders;
pub use setting::{Setting, Settings};
pub use store::{SecretPlace, StoreKind};
pub use test_depth::TestDepth;
pub use user_name::UserName;
pub use variable_name::VariableName;
pub use vault_key::{KeySlot, Keys};
