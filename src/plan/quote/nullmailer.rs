//! nullmailer: single quotes keep all; a single quote itself stands in double quotes beside them, since an escape within
//! double quotes also hides the character behind it (`parse_arg` in `lib/argparse.cc`).

pub(super) fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\'', "'\"'\"'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces() {
        assert_eq!(quote("it's \\\"#"), "'it'\"'\"'s \\\"#'");
    }
}
