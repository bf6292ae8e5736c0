//! Java's .properties: a backslash before a backslash and before blanks at the beginning; letters beyond ASCII as `\\uXXXX`,
//! which every version reads. Spring and Keycloak expand `${NAME}`, and there is no common way to write that.

use std::fmt::Write as _;

use super::Unfit;

pub(super) fn quote(value: &str) -> Result<String, Unfit> {
    if value.contains("${") {
        return Err(Unfit::Characters("${".into()));
    }
    let mut quoted = String::with_capacity(value.len());
    for (at, character) in value.char_indices() {
        match character {
            '\\' => quoted.push_str(r"\\"),
            '\t' => quoted.push_str(r"\t"),
            ' ' if at == 0 => quoted.push_str(r"\ "),
            ' '..='~' => quoted.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(quoted, "\\u{unit:04x}");
                }
            }
        }
    }
    Ok(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        assert_eq!(quote("  a\\b#=: é🔑").as_deref(), Ok("\\  a\\\\b#=: \\u00e9\\ud83d\\udd11"));
        assert_eq!(quote("${x}"), Err(Unfit::Characters("${".into())));
    }
}
