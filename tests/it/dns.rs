//! The sender's domain.

mod spf;
mod zone;
