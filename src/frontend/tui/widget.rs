//! What the views are made of: wrapped text, a scrolled document, the line editor for secrets.

pub(super) mod doc;
pub(super) mod qr;
pub(super) mod secret;
pub(super) mod wrap;

pub(super) use doc::Doc;
