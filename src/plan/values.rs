//! What a consumer knows after reading a file, as the expressions of a target's `read` see it.

use minijinja::{Value, value::Serde};

use crate::format::{Fault, FileFormat};

/// The settings of a file.
pub(super) fn values(format: &dyn FileFormat, text: &str) -> Result<Value, Fault> {
    Ok(Value::from(Serde(format.tree(text)?)))
}
