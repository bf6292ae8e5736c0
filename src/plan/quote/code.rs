//! PHP, Ruby and Python: single quotes, in which a backslash and a single quote are escaped by a backslash. That these two are
//! escapes is all that the languages have in common there, and nothing else is written.

pub(super) fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_quotes() {
        assert_eq!(quote("it's \\n $x #{y} \""), "'it\\'s \\\\n $x #{y} \"'");
    }
}
