//! JSON strings (RFC 8259, 7); letters beyond ASCII stand as they are.

pub(super) fn quote(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings() {
        assert_eq!(quote("é \"\\\t/"), r#""é \"\\\t/""#);
    }
}
