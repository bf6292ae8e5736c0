//! The wizard as a whole: driven by keys and by results, looked at through a test screen and through recorded bytes.

mod bytes;
mod pages;
mod support;
mod walks;
