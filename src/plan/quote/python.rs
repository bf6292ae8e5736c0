//! Python: single quotes with `\\` and `\'`.

pub(super) fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_quotes() {
        assert_eq!(quote("it's \\n {x} \""), "'it\\'s \\\\n {x} \"'");
    }
}
