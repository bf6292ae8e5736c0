//! Postfix main.cf: the rest of the line without blanks at its ends; `$name` is expanded and `$$` is a dollar sign
//! (postconf(5), "The general format of the main.cf file").

use super::Unfit;

pub(super) fn quote(value: &str) -> Result<String, Unfit> {
    if value.starts_with([' ', '\t']) || value.ends_with([' ', '\t']) {
        return Err(Unfit::EdgeBlank);
    }
    Ok(value.replace('$', "$$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_doubled() {
        assert_eq!(quote("/a b/$c").as_deref(), Ok("/a b/$$c"));
        assert_eq!(quote("a "), Err(Unfit::EdgeBlank));
    }
}
