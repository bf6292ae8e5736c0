//! The date of a check: year and month, as `2026-11`.

/// A clock that says an earlier month than this is wrong: the program was not yet written.
const WRITTEN: &str = "2026-11";

/// The months from `checked` to the month of `today` (both begin as `2026-11`), negative where it is to come; `None` where one
/// of them is no such date.
pub(crate) fn months_between(checked: &str, today: &str) -> Option<i32> {
    Some(month_of(today.get(..7)?)? - month_of(checked)?)
}

/// The days from a day to another (both begin as `2026-11-05`), negative where it is past; `None` where one of them is no such date.
pub(crate) fn days_between(from: &str, to: &str) -> Option<i64> {
    Some(day_of(to)? - day_of(from)?)
}

/// A day by its number (days from civil, proleptic Gregorian, years counted from March).
fn day_of(date: &str) -> Option<i64> {
    let (month, day) = (month_of(date.get(..7)?)?, date.get(7..10)?.strip_prefix('-')?);
    let day: i64 = day.parse().ok().filter(|day| (1..=31).contains(day))?;
    let months = i64::from(month) - 3;
    let (year, from_march) = (months.div_euclid(12), months.rem_euclid(12));
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leaps + (153 * from_march + 2) / 5 + day)
}

/// What is wrong with a date.
pub(super) fn fault(checked: &str, today: &str) -> Option<String> {
    match months_between(checked, today.max(WRITTEN)) {
        None => Some(format!("`{checked}` is not a year and a month, such as `2026-11`")),
        Some(months) if months < 0 && today >= WRITTEN => Some(format!("`{checked}` is in the future")),
        Some(_) => None,
    }
}

/// A month by its number, from the year 0 on.
fn month_of(date: &str) -> Option<i32> {
    let (year, month) = date.split_once('-').filter(|(year, month)| year.len() == 4 && month.len() == 2)?;
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (year, month) = (year.parse::<i32>().ok()?, month.parse::<i32>().ok().filter(|month| (1..=12).contains(month))?);
    date.split('-').all(is_number).then_some(year * 12 + month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_over_years() {
        let since = |checked| months_between(checked, "2026-11-25T23:05:53Z");
        assert_eq!(since("2026-11"), Some(0));
        assert_eq!(since("2025-05"), Some(18));
        assert_eq!(since("2024-12"), Some(23));
        assert_eq!(since("2027-01"), Some(-2));
        for wrong in ["soon", "20é6-11", "2026-13", "2026-00", "2026-1", "2026-11-05", "+026-11", ""] {
            assert_eq!(since(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_are_counted_over_months_and_leap_years() {
        assert_eq!(days_between("2026-11-30T12:00:00Z", "2026-12-31"), Some(31));
        assert_eq!(days_between("2027-01-01", "2026-12-31"), Some(-1));
        assert_eq!(days_between("2028-02-28", "2028-03-01"), Some(2));
        assert_eq!(days_between("2027-02-28", "2027-03-01"), Some(1));
        for wrong in ["soon", "2026-12", "2026-12-32", "2026-13-01", "2026-12-00", "2026/12/31"] {
            assert_eq!(days_between("2026-01-01", wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_date_to_come_is_wrong_unless_the_clock_is() {
        assert_eq!(fault("2026-12", "2026-12-01"), None);
        assert!(fault("2027-01", "2026-12-01").unwrap().contains("future"));
        assert_eq!(fault("2027-01", "1970-01-01"), None);
        assert!(fault("November", "1970-01-01").unwrap().contains("2026-11"));
    }
}
