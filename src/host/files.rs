//! Files: how they are looked at, written whole or not at all, and where a path leads. Knows no profile and no secret.

pub(crate) mod accounts;
pub(crate) mod disk;
pub(crate) mod error;
pub(crate) mod extended;
pub(crate) mod folder;
pub(crate) mod found;
pub(crate) mod location;
pub(crate) mod lock;
mod name_service;
pub(crate) mod own;
pub(crate) mod owned;
pub(crate) mod stamp;
pub(crate) mod tree;
pub(crate) mod volume;
pub(crate) mod write;
