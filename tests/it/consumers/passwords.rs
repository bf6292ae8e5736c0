//! Passwords that quoting is known to eat.

/// Every printable ASCII character alone and beside quotes and backslashes, blanks at the ends, what shells, templates and
/// files of settings give a meaning to, UTF-8, and lengths up to 256 characters.
pub(crate) fn passwords() -> Vec<String> {
    let mut all = Vec::new();
    for character in ' '..='~' {
        all.push(format!("a{character}b"));
        all.push(format!("{character}{character}x"));
    }
    for sign in "\"'\\#$%`!{}[]=:;|&~*?<>()".chars() {
        all.push(sign.to_string());
        all.push(format!("x{sign}"));
        all.push(format!("'{sign}\""));
        all.push(format!("\\{sign}\\"));
    }
    all.extend(
        [
            "p@ss \"w\\ord#1",
            " lead",
            "trail ",
            " both ",
            "\ttab",
            "tab\t",
            "a\tb",
            "$HOME",
            "${HOME}",
            "$(id)",
            "`id`",
            "a$b$$c",
            "\"quoted\"",
            "'quoted'",
            "\"open",
            "close\"",
            "it's",
            "it's \"it\"",
            "it's $5",
            "\\n",
            "\\\\",
            "\\'",
            "\\\"",
            "a\\",
            "# no comment",
            "a #b",
            "a#b",
            "=",
            "==",
            "a=b",
            "export X=1",
            "{{ x }}",
            "{% x %}",
            "{#",
            "[[x]]",
            "%(x)s",
            "%s",
            "%%",
            "!history",
            "!!",
            "~",
            "~root",
            "a:b",
            ":a",
            "a:",
            "a|b",
            "||",
            "a;b",
            "a&&b",
            "* ?",
            "<x>",
            "password x",
            "é",
            "pässwörd",
            "пароль",
            "密码",
            "🔑 key",
            "a\u{a0}b",
            "\u{a0}",
            "null",
            "true",
            "0",
            "0x1f",
            "1e3",
            "abcd efgh ijkl mnop",
            "-",
            "--x",
            "@a",
        ]
        .map(str::to_owned),
    );
    for length in [1, 2, 31, 63, 64, 127, 128, 255, 256] {
        all.push("x".repeat(length));
        all.push("\"\\# $'".chars().cycle().take(length - 1).chain(['x']).collect());
    }
    all.push("é".repeat(256));
    all
}
