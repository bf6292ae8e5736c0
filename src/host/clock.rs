//! Points in time as text, UTC.

use std::{
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{environment, process};

/// How long `date` may take.
const LIMIT: Duration = Duration::from_secs(2);

/// RFC 3339 in UTC, to the second: `2026-11-05T10:11:12Z`. A clock before 1970 reads as 1970.
pub fn rfc3339(when: SystemTime) -> String {
    let (year, month, day, hour, minute, second) = civil(when);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Seconds since 1970; a clock before that reads as 0.
pub fn seconds(when: SystemTime) -> u64 {
    when.duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}

/// How long ago a time was that [`rfc3339`] made; `None` for another text, and for one to come.
pub fn age(when: &str, now: SystemTime) -> Option<Duration> {
    let part = |at: std::ops::Range<usize>| when.get(at)?.parse::<u64>().ok();
    let (year, month, day) = (part(0..4)?, part(5..7)?, part(8..10)?);
    let (hour, minute, second) = (part(11..13)?, part(14..16)?, part(17..19)?);
    // The reverse of `civil`.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * month + 2) / 5 + day.checked_sub(1)?;
    let days = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let seconds = days.checked_sub(719_468)? * 86_400 + hour * 3_600 + minute * 60 + second;
    now.duration_since(UNIX_EPOCH + Duration::from_secs(seconds)).ok()
}

/// The same without separators, for file names: `20261105T101112Z`.
pub(super) fn stamp(when: SystemTime) -> String {
    rfc3339(when).replace(['-', ':'], "")
}

/// How far local time is ahead of UTC now, in seconds, as date(1) says; 0 where it does not.
pub fn utc_offset() -> i64 {
    let mut command = Command::new("date");
    command.arg("+%z").env_clear().env("PATH", environment::path()).current_dir("/");
    command.envs(std::env::var_os("TZ").map(|zone| ("TZ", zone)));
    let said = process::run(command, None, LIMIT, 64).unwrap_or_default();
    std::str::from_utf8(&said).ok().and_then(offset).unwrap_or_default()
}

/// `+0130` in seconds.
fn offset(said: &str) -> Option<i64> {
    let number: i64 = said.trim().parse().ok()?;
    Some((number / 100 * 60 + number % 100) * 60)
}

/// Days to date by the proleptic Gregorian calendar, counting years from March so that leap days come last.
fn civil(when: SystemTime) -> (u64, u64, u64, u64, u64, u64) {
    let seconds = seconds(when);
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day, rest / 3_600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_of_zones() {
        assert_eq!((offset("+0130\n"), offset("-0330"), offset("UTC")), (Some(5400), Some(-12_600), None));
    }

    #[test]
    fn ages_of_times() {
        let now = UNIX_EPOCH + Duration::from_secs(1_709_251_200);
        for ago in [0, 59, 86_400, 86_400 * 400, 1_709_251_200] {
            let ago = Duration::from_secs(ago);
            assert_eq!(age(&rfc3339(now - ago), now), Some(ago));
        }
        for other in ["", "yesterday", "2024-03-01", "2024-03-01T00:00:01Z", "1969-12-31T00:00:00Z"] {
            assert_eq!(age(other, now), None, "{other}");
        }
    }

    #[test]
    fn dates_around_leap_days() {
        let at = |seconds| rfc3339(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(1_709_251_199), "2024-02-29T23:59:59Z");
        assert_eq!(at(1_709_251_200), "2024-03-01T00:00:00Z");
        assert_eq!(at(4_107_542_400), "2100-03-01T00:00:00Z");
        assert_eq!(stamp(UNIX_EPOCH), "19700101T000000Z");
    }
}
