//! TOML: a literal string keeps everything but the single quote; a basic string takes the rest, with escapes (TOML 1.0).

pub(super) fn quote(value: &str) -> String {
    if value.contains('\'') {
        format!("\"{}\"", value.replace('\\', r"\\").replace('"', "\\\""))
    } else {
        format!("'{value}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_where_it_can_be() {
        assert_eq!(quote("a\\\"b\t#"), "'a\\\"b\t#'");
        assert_eq!(quote("it's \"\\"), "\"it's \\\"\\\\\"");
    }
}
