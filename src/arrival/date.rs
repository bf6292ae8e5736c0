//! Dates of mail headers (RFC 5322, 3.3 and 4.3).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Zones by name and their hours (RFC 5322, 4.3).
const ZONES: [(&str, i64); 8] =
    [("edt", -4), ("est", -5), ("cdt", -5), ("cst", -6), ("mdt", -6), ("mst", -7), ("pdt", -7), ("pst", -8)];

/// Reads `Mon, 30 Nov 2026 06:12:04.5 +0100 (CET)`. `None` for what is no date since 1970.
pub(super) fn read(text: &str) -> Option<SystemTime> {
    let text = text.split_once(',').map_or(text, |(_, rest)| rest);
    let mut words = text.split_whitespace().peekable();
    // A day of the week without its comma.
    words.next_if(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let day: i64 = words.next()?.parse().ok().filter(|day| (1..=31).contains(day))?;
    let month = words.next()?.get(..3)?.to_ascii_lowercase();
    let month = i64::try_from(MONTHS.iter().position(|name| *name == month)?).ok()? + 1;
    let year: i64 = words.next()?.parse().ok().filter(|year| (0..=9999).contains(year))?;
    let year = match year {
        0..=49 => year + 2000,
        50..=999 => year + 1900,
        _ => year,
    };
    let mut time = words.next()?.split(':').map(|part| part.split('.').next().unwrap_or_default().parse::<i64>());
    let hour = time.next()?.ok().filter(|hour| (0..24).contains(hour))?;
    let minute = time.next()?.ok().filter(|minute| (0..60).contains(minute))?;
    // A leap second is 60.
    let second = time.next().unwrap_or(Ok(0)).ok().filter(|second| (0..=60).contains(second))?;
    let seconds =
        days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - zone(words.next().unwrap_or("+0000"));
    Some(UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).ok()?))
}

/// Seconds east of Greenwich; an unknown name is UTC (RFC 5322, 4.3).
fn zone(word: &str) -> i64 {
    let signed = word.strip_prefix('+').map(|digits| (1, digits)).or_else(|| Some((-1, word.strip_prefix('-')?)));
    if let Some((sign, 4, Ok(number))) = signed.map(|(sign, digits)| (sign, digits.len(), digits.parse::<i64>())) {
        return sign * (number / 100 * 3600 + number % 100 * 60);
    }
    let name = word.to_ascii_lowercase();
    ZONES.iter().find(|(zone, _)| *zone == name).map_or(0, |(_, hours)| hours * 3600)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar: years are counted from March, so that leap days come last.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let month_from_march = (month + 9) % 12;
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_servers_write_them() {
        let seconds = |text| read(text).and_then(|when| Some(when.duration_since(UNIX_EPOCH).ok()?.as_secs()));
        for (text, wanted) in [
            ("Thu, 1 Jan 1970 00:00:00 +0000", Some(0)),
            ("Tue, 29 Feb 2000 01:00:00 +0100 (CET)", Some(951_782_400)),
            ("29 Feb 2024 18:59:59.123 -0500", Some(1_709_251_199)),
            ("Thu Feb 29 2024 x", None),
            ("Thu 29 Feb 2024 15:59:59 PST", Some(1_709_251_199)),
            ("Thu, 29 Feb 24 23:59:59 GMT", Some(1_709_251_199)),
            ("Mon, 1 Jan 2100 00:00 +0000", Some(4_102_444_800)),
            ("Mon, 99 Jan 2100 00:00 +0000", None),
            ("Mon, 1 Jan 1960 00:00 +0000", None),
            ("", None),
        ] {
            assert_eq!(seconds(text), wanted, "{text}");
        }
    }
}
