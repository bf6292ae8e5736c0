//! git's configuration: in double quotes, with `\"` and `\\` (git-config(1), "Values").

pub(super) fn quote(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', r"\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn double_quotes() {
        assert_eq!(quote(""), "\"\"");
        assert_eq!(quote("p@ss \"w\\ord#1"), r#""p@ss \"w\\ord#1""#);
    }
}
