//! `--stale`: presets whose facts were last checked longer ago than a number of months, oldest first.

use std::time::SystemTime;

use super::{context::Context, layout};
use crate::{error::Error, host, mail::reply::escape, phrase};

/// A preset whose facts may have changed.
pub(super) struct Stale<'a> {
    /// Year and month of the last check, as `2026-11`.
    pub(super) checked: &'a str,
    /// The preset's key.
    pub(super) key: &'a str,
    /// The name that people know.
    pub(super) name: &'a str,
}

/// The months from `checked` (`2026-11`) to today; `None` where it is no such date.
pub(super) fn age(checked: &str) -> Option<u32> {
    months_between(checked, &host::clock::rfc3339(SystemTime::now()))
}

/// Only the presets that were checked more than `months` ago, oldest first. A date that is none comes before all others.
pub(super) fn oldest_first<T>(mut presets: Vec<&T>, months: u32, checked: impl Fn(&T) -> &str) -> Vec<&T> {
    presets.retain(|preset| age(checked(preset)).is_none_or(|age| age > months));
    presets.sort_by_key(|preset| std::cmp::Reverse(age(checked(preset)).unwrap_or(u32::MAX)));
    presets
}

/// Prints a line for each, or says that there is none.
pub(super) fn list<'a>(context: &Context, months: u32, stale: &[Stale<'a>]) -> Result<(), Error> {
    if stale.is_empty() {
        context.say_phrase(&phrase!("stale-none", months = months));
    }
    let date = |preset: &Stale<'a>| escape(preset.checked);
    let left = layout::left(stale.iter().map(date).collect::<Vec<_>>().iter());
    for preset in stale {
        for line in layout::row(&date(preset), &[format!("{}: {}", escape(preset.key), escape(preset.name))], left) {
            context.out(&line)?;
        }
    }
    Ok(())
}

fn months_between(checked: &str, now: &str) -> Option<u32> {
    let months = |date: &str| {
        let (year, month) = (date.get(..4)?.parse::<u32>().ok()?, date.get(5..7)?.parse::<u32>().ok()?);
        Some(year * 12 + month)
    };
    Some(months(now)?.saturating_sub(months(checked)?))
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
        assert_eq!(since("2027-01"), Some(0));
        assert_eq!(since("soon"), None);
        assert_eq!(since("20é6-11"), None);
    }
}
