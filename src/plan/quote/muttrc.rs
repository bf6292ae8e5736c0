//! mutt: in single quotes nothing has a meaning but the single quote; in double quotes a backslash escapes what would.

pub(super) fn quote(value: &str) -> String {
    if !value.contains('\'') {
        return format!("'{value}'");
    }
    let escaped: String = value
        .chars()
        .flat_map(|character| {
            let escape = matches!(character, '\\' | '"' | '$' | '`').then_some('\\');
            escape.into_iter().chain([character])
        })
        .collect();
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_or_double() {
        assert_eq!(quote("a \"b\\#$"), "'a \"b\\#$'");
        assert_eq!(quote("it's $5\\"), "\"it's \\$5\\\\\"");
    }
}
