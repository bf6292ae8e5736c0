//! YAML: in single quotes nothing has a meaning but the single quote itself, which is doubled (YAML 1.2.2, 7.3.2), and
//! nothing in them is taken for a number or a switch.

pub(super) fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_quotes() {
        assert_eq!(quote("it's \\ \"#1\": {x}"), "'it''s \\ \"#1\": {x}'");
        assert_eq!(quote("no"), "'no'");
    }
}
