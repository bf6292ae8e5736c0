//! What a consumer knows after reading a file, as the expressions of a target see it.

use std::{fmt, sync::Arc};

use minijinja::{
    Value,
    value::{Enumerator, Object},
};

use crate::format::{
    Fault, FaultKind, FileFormat,
    doc::{FileDoc, Tree, TreeNode},
};

/// The settings of a file.
pub(super) fn values(format: &dyn FileFormat, text: &str) -> Result<Value, Fault> {
    format.read(text).map(|doc| of(format, doc))
}

/// The settings of a file that was read.
pub(super) fn of(format: &dyn FileFormat, doc: FileDoc) -> Value {
    Value::from_object(FileSettings(Arc::new(format.tree(doc))))
}

/// The text of a file.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        Fault { line, kind: FaultKind::NotUtf8 }
    })
}

/// Settings that become values when an expression asks for them.
struct FileSettings(Arc<Tree>);

impl fmt::Debug for FileSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One of them may be the password.
        f.write_str("FileSettings")
    }
}

impl Object for FileSettings {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        Some(match self.0.get(key.as_str()?)? {
            TreeNode::Text(text) => Value::from(text),
            TreeNode::Group(group) => Value::from_object(Self(group)),
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.steps().into_iter().map(Value::from).collect())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !self.0.is_empty()
    }
}
