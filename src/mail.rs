//! The field's vocabulary: addresses, endpoints, security, mechanisms, replies, secrets and the saved profile.
//!
//! Everything here is pure: no sockets, no files, no environment.

pub mod address;
pub mod endpoint;
pub mod lock;
pub mod mechanism;
pub mod profile;
pub mod reply;
pub mod secret;
pub mod security;
pub mod setting;
pub mod store;

pub use address::Address;
pub use endpoint::Endpoint;
pub use lock::{Keys, Lock};
pub use mechanism::{Auth, Mechanism};
pub use profile::Profile;
pub use reply::Reply;
pub use secret::Secret;
pub use security::Security;
pub use setting::{Setting, Settings};
pub use store::{SecretPlace, StoreKind};
