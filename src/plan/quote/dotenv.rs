//! An environment file that a POSIX shell, `node --env-file`, python-dotenv, dotenvy and Docker Compose read alike.
//!
//! Where they differ, measured and from their sources: in single quotes python-dotenv takes `\\` and `\'` as escapes and
//! expands `${NAME}` all the same; dotenvy looks on for the end of a value that ends with a backslash; only the shell has a
//! way to write a single quote there. In double quotes the shell, dotenvy and Compose expand `$`, the shell runs what
//! stands in backticks, and every one has its own list of escapes.

use super::{Unfit, is_plain};

pub(super) fn quote(value: &str) -> Result<String, Unfit> {
    if value.is_empty() || is_plain(value) {
        return Ok(value.to_owned());
    }
    if fits_single(value) {
        return Ok(format!("'{value}'"));
    }
    if !value.contains(['"', '$', '`', '\\']) {
        return Ok(format!("\"{value}\""));
    }
    Err(Unfit::Characters(in_the_way(value)))
}

fn fits_single(value: &str) -> bool {
    !value.contains('\'') && !value.contains(r"\\") && !value.contains("${") && !value.ends_with('\\')
}

/// The characters that, together, leave no common way.
fn in_the_way(value: &str) -> String {
    if value.contains('\'') {
        ['\'', '"', '$', '`', '\\'].into_iter().filter(|character| value.contains(*character)).collect()
    } else if value.contains("${") {
        "${".to_owned()
    } else {
        "\\".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_ground() {
        assert_eq!(quote("smtp.example.com").as_deref(), Ok("smtp.example.com"));
        assert_eq!(quote("").as_deref(), Ok(""));
        assert_eq!(quote("p@ss \"w\\ord#1$x`").as_deref(), Ok("'p@ss \"w\\ord#1$x`'"));
        assert_eq!(quote("it's #1!").as_deref(), Ok("\"it's #1!\""));
    }

    #[test]
    fn beyond_it() {
        assert_eq!(quote("it's $5"), Err(Unfit::Characters("'$".into())));
        assert_eq!(quote("a\\"), Err(Unfit::Characters("\\".into())));
        assert_eq!(quote(r"a\\b"), Err(Unfit::Characters("\\".into())));
        assert_eq!(quote("${a}"), Err(Unfit::Characters("${".into())));
    }
}
