//! Mistyped domains: whoever has one that is a slip away from a big provider's can announce servers for it, and would be given
//! the passwords of those who slip. It is asked about before anything of it is looked up.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use crate::presets::{
    Catalog,
    table::{biggest, row_of_domain},
};

/// Shorter names than this are too near to each other: ge.com is no me.com.
const SHORTEST: usize = 5;
/// Endings that no mail is sent to (RFC 2606, RFC 6761, RFC 8375).
const RESERVED: [&str; 9] = ["test", "example", "invalid", "localhost", "local", "internal", "lan", "home", "corp"];
/// Second levels under which countries let anybody register.
const SECOND_LEVELS: [&str; 7] = ["co", "com", "net", "org", "ne", "or", "gob"];
/// Keyboards, row by row; each key touches two of the row above it.
const KEYBOARDS: [[&str; 4]; 3] = [
    ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"],
    ["1234567890", "qwertzuiop", "asdfghjkl", "yxcvbnm"],
    ["1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn"],
];
/// Characters that look alike.
const ALIKE: [(char, char); 4] = [('0', 'o'), ('1', 'l'), ('1', 'i'), ('i', 'l')];

/// Letters of other scripts that are drawn like one of ours, by Unicode's table of confusables (UTS 39), for what a domain's name can
/// have: ours first. A letter with a mark is its letter without it before this is asked.
const CONFUSABLE: [&str; 26] = [
    "aаɑαᴀ",
    "bьƅɓ",
    "cсϲᴄⲥƈ",
    "dԁɗɖđ",
    "eеҽɛєε",
    "fƒք",
    "gɡցɢǥƍ",
    "hһհħɦ",
    "iıіɩιɪɨⲓ",
    "jјϳȷɉ",
    "kкκĸᴋƙⲕ",
    "lӏłɫɭʟǀ",
    "mмɱᴍ",
    "nոηŋɴɲƞռ",
    "oоοᴏօⲟσøɵөჿ",
    "pрρþⲣƥ",
    "qԛգզ",
    "rгᴦⲅɼɽʀ",
    "sѕꜱʂƽ",
    "tтτᴛŧƭⲧ",
    "uυʋսᴜʉ",
    "vνѵᴠ",
    "wԝѡωաᴡɯ",
    "xхχҳ",
    "yуγүɣყʏƴ",
    "zᴢʐƶ",
];

/// The big provider's domain that was probably meant by one that is a slip away from it and that nothing is known of.
pub fn probably_meant(domain: &str, catalog: &Catalog) -> Option<&'static str> {
    let domain = idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase());
    if catalog.provider_of_domain(&domain).is_some() || row_of_domain(&domain).is_some() {
        return None;
    }
    let drawn = as_drawn(&domain);
    biggest().find(|big| is_slip(&domain, big) || looks_like(&drawn, big) || is_slip(&drawn, big))
}

/// A domain in the letters that a person takes its own for.
fn as_drawn(domain: &str) -> String {
    let letters = idna::domain_to_unicode(domain).0.nfkd().filter(|letter| !is_combining_mark(*letter)).collect::<String>();
    let ours = |letter: char| CONFUSABLE.iter().find(|alike| alike.contains(letter))?.chars().next();
    letters.chars().map(|letter| ours(letter).unwrap_or(letter)).collect()
}

/// Whether two domains are drawn alike; two letters beside each other can be one's image.
fn looks_like(drawn: &str, meant: &str) -> bool {
    drawn == meant || drawn.replace("rn", "m").replace("vv", "w") == meant
}

/// The same for a host: its own domain is one of those above it.
pub fn probably_meant_by_host(host: &str, catalog: &Catalog) -> Option<&'static str> {
    let parents = host.match_indices('.').map(|(at, _)| &host[at + 1..]);
    let mut names = std::iter::once(host).chain(parents).filter(|name| name.contains('.'));
    names.find_map(|name| probably_meant(name, catalog))
}

/// Whether `typed` is one slip away from `meant`: in its name, or in its ending.
fn is_slip(typed: &str, meant: &str) -> bool {
    let (Some((name, ending)), Some((meant_name, meant_ending))) = (typed.split_once('.'), meant.split_once('.')) else {
        return false;
    };
    if meant_name.len() < SHORTEST || RESERVED.contains(&ending) {
        return false;
    }
    if name == meant_name {
        return ending != meant_ending && is_ending(ending);
    }
    ending == meant_ending && is_one_slip(name, meant_name)
}

/// Whether a registrant's name stands right before this ending.
fn is_ending(ending: &str) -> bool {
    match ending.split_once('.') {
        None => true,
        Some((second, top)) => top.len() == 2 && SECOND_LEVELS.contains(&second),
    }
}

/// A key beside the right one, two in the wrong order, one too few or one too many.
fn is_one_slip(typed: &str, meant: &str) -> bool {
    let (typed, meant): (Vec<char>, Vec<char>) = (typed.chars().collect(), meant.chars().collect());
    let same = typed.iter().zip(&meant).take_while(|(one, other)| one == other).count();
    let (typed, meant) = (&typed[same..], &meant[same..]);
    match (typed, meant) {
        ([wrong, rest @ ..], [right, behind @ ..]) if rest == behind => is_beside(*wrong, *right),
        ([one, other, rest @ ..], [first, second, behind @ ..]) if (one, other, rest) == (second, first, behind) => true,
        ([_, rest @ ..], behind) if rest == behind => true,
        (rest, [_, behind @ ..]) => rest == behind,
        _ => false,
    }
}

fn is_beside(typed: char, meant: char) -> bool {
    ALIKE.contains(&(typed, meant))
        || ALIKE.contains(&(meant, typed))
        || KEYBOARDS.iter().any(|rows| touch(rows, typed, meant))
}

fn touch(rows: &[&str; 4], one: char, other: char) -> bool {
    let place = |key: char| rows.iter().enumerate().find_map(|(row, keys)| Some((row, keys.find(key)?)));
    match (place(one), place(other)) {
        (Some((row, at)), Some((other_row, other_at))) if row == other_row => at.abs_diff(other_at) == 1,
        (Some(upper), Some(lower)) | (Some(lower), Some(upper)) if upper.0 + 1 == lower.0 => {
            upper.1 == lower.1 || upper.1 == lower.1 + 1
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_slip_names_the_one_that_was_meant() {
        let catalog = Catalog::builtin();
        for (typed, meant) in [
            ("gmial.com", "gmail.com"),
            ("gamil.com", "gmail.com"),
            ("gmai.com", "gmail.com"),
            ("gmaill.com", "gmail.com"),
            ("gmqil.com", "gmail.com"),
            ("gnail.com", "gmail.com"),
            ("gma1l.com", "gmail.com"),
            ("gmsail.com", "gmail.com"),
            ("Gmial.COM", "gmail.com"),
            ("gmail.co", "gmail.com"),
            ("gmail.con", "gmail.com"),
            ("gmail.de", "gmail.com"),
            ("gmail.com.br", "gmail.com"),
            ("hotmial.com", "hotmail.com"),
            ("hotmali.com", "hotmail.com"),
            ("outlok.com", "outlook.com"),
            ("yahooo.com", "yahoo.com"),
            ("iclould.com", "icloud.com"),
            ("t-onlin.de", "t-online.de"),
            ("gmaıl.com", "gmail.com"),
            ("ɡmail.com", "gmail.com"),
            ("xn--gmal-nza.com", "gmail.com"),
            ("gmаil.com", "gmail.com"),
            ("gmáil.com", "gmail.com"),
            ("grnail.com", "gmail.com"),
            ("уаһоо.com", "yahoo.com"),
            ("оutlооk.com", "outlook.com"),
            ("hοtmail.com", "hotmail.com"),
            ("wеb.de", "web.de"),
        ] {
            assert_eq!(probably_meant(typed, &catalog), Some(meant), "{typed}");
        }
    }

    #[test]
    fn other_names_are_left_alone() {
        let catalog = Catalog::builtin();
        for typed in [
            "gmail.com",
            "ge.com",
            "aol.co",
            "gmx.dt",
            "hotmail.de",
            "ymail.com",
            "mail.com",
            "gmail.example.com",
            "gmail.test",
            "outlook.contoso.com",
            "gmiall.com",
            "example.org",
            "localhost",
            "bücher.de",
            "пример.рф",
            "modern.com",
        ] {
            assert_eq!(probably_meant(typed, &catalog), None, "{typed}");
        }
        assert_eq!(probably_meant_by_host("smtp.gmial.com", &catalog), Some("gmail.com"));
        assert_eq!(probably_meant_by_host("smtp.gmail.com", &catalog), None);
    }
}
