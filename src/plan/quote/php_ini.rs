//! php.ini: double quotes; `$` would name a variable there, and what a backslash does hangs on what follows.

use super::Unfit;

pub(super) fn quote(value: &str) -> Result<String, Unfit> {
    let found: String = ['"', '\\', '$'].into_iter().filter(|sign| value.contains(*sign)).collect();
    if found.is_empty() { Ok(format!("\"{value}\"")) } else { Err(Unfit::Characters(found)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn double_quotes() {
        assert_eq!(quote("/usr/bin/msmtp -t; x").as_deref(), Ok("\"/usr/bin/msmtp -t; x\""));
        assert_eq!(quote("a\"$b"), Err(Unfit::Characters("\"$".into())));
    }
}
