//! The times that log lines begin with, and the time from which on they count.

use std::fmt;

/// Months as syslog writes them (RFC 3164, section 4.1.2).
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// What stands before the time in logs of `key=value` and in brackets.
const FRONTS: [&str; 5] = ["[", "time=\"", "time=", "ts=", "t="];

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// What time it is here: logs leave out the year and the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogClock {
    /// Now, in seconds since 1970 (UTC).
    pub now: i64,
    /// How far local time is ahead of UTC, in seconds.
    pub offset: i64,
}

/// A time as a log says it, to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogTime {
    date: [i64; 3],
    time: [i64; 3],
    /// Seconds east of UTC, where the line says so.
    zone: Option<i64>,
}

impl LogTime {
    /// Seconds since 1970 (UTC).
    pub(super) fn seconds(self, clock: LogClock) -> i64 {
        let [hour, minute, second] = self.time;
        days(self.date) * DAY + hour * HOUR + minute * MINUTE + second - self.zone.unwrap_or(clock.offset)
    }
}

impl fmt::Display for LogTime {
    /// RFC 3339; without the zone where the log does not say it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([year, month, day], [hour, minute, second]) = (self.date, self.time);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        match self.zone {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(zone) => {
                let sign = if zone < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", zone.abs() / HOUR, zone.abs() % HOUR / MINUTE)
            }
        }
    }
}

/// The moment that a person means by `2026-11-30`, `2026-11-30 03:00`, `today`, `yesterday`, `90min`, `2h` or `3d`, in seconds since
/// 1970 (UTC). What has no zone is local time.
pub fn log_since(typed: &str, clock: LogClock) -> Option<i64> {
    let typed = typed.trim();
    let midnight = (clock.now + clock.offset).div_euclid(DAY) * DAY - clock.offset;
    match typed {
        "today" => return Some(midnight),
        "yesterday" => return Some(midnight - DAY),
        _ => {}
    }
    let whole = match typed.len() {
        10 => format!("{typed} 00:00:00"),
        16 => format!("{typed}:00"),
        _ => typed.to_owned(),
    };
    if let Some((time, "")) = iso(&whole) {
        return Some(time.seconds(clock));
    }
    let span = typed.strip_suffix("ago").unwrap_or(typed).trim();
    let unit = span.trim_start_matches(|c: char| c.is_ascii_digit());
    let number: i64 = span[..span.len() - unit.len()].parse().ok().filter(|number| *number < 1_000_000)?;
    let length = match unit.trim() {
        "s" | "sec" | "second" | "seconds" => 1,
        "m" | "min" | "minute" | "minutes" => MINUTE,
        "h" | "hour" | "hours" => HOUR,
        "d" | "day" | "days" => DAY,
        "w" | "week" | "weeks" => 7 * DAY,
        _ => return None,
    };
    Some(clock.now - number * length)
}

/// Whether a line looks as if it began with a time: cheap, for every line of a log.
pub(super) fn is_dated(line: &[u8]) -> bool {
    let line = FRONTS.iter().find_map(|front| line.strip_prefix(front.as_bytes())).unwrap_or(line);
    match line {
        [a, b, c, d, b'-' | b'/', ..] => [a, b, c, d].iter().all(|byte| byte.is_ascii_digit()),
        [a, _, _, b' ', b' ' | b'0'..=b'9', b'0'..=b'9', ..] => a.is_ascii_uppercase(),
        _ => false,
    }
}

/// The time that a line begins with, and what follows it.
pub(super) fn split(line: &str, clock: LogClock) -> (Option<LogTime>, &str) {
    let start = FRONTS.iter().find_map(|front| line.strip_prefix(front)).unwrap_or(line);
    match iso(start).or_else(|| syslog(start, clock)) {
        Some((time, rest)) => (Some(time), rest.trim_start_matches(['"', ']', ' ', '\t'])),
        None => (None, line),
    }
}

/// `2026-11-30 03:11:13`, with `T`, `/`, a fraction and a zone where they are (RFC 3339, ISO 8601), and what follows.
fn iso(line: &str) -> Option<(LogTime, &str)> {
    let separated = |at: usize, separators: &[u8]| line.as_bytes().get(at).is_some_and(|byte| separators.contains(byte));
    if !(separated(4, b"-/") && separated(7, b"-/") && separated(10, b"T ")) {
        return None;
    }
    let date = [number(line, 0, 4)?, number(line, 5, 2)?, number(line, 8, 2)?];
    let time = clock_time(line.get(11..)?)?;
    let mut rest = line.get(19..)?;
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    let (zone, rest) = zone(rest).map_or((None, rest), |(zone, rest)| (Some(zone), rest));
    is_possible(date, time).then_some((LogTime { date, time, zone }, rest))
}

/// `Nov 30 03:11:13` of the year that makes it the latest that is not to come, and what follows.
fn syslog(line: &str, clock: LogClock) -> Option<(LogTime, &str)> {
    let name = line.get(..3)?;
    let month = i64::try_from(MONTHS.iter().position(|month| *month == name)?).ok()? + 1;
    let day = line.get(4..6)?.trim_start().parse().ok()?;
    let time = clock_time(line.get(7..)?)?;
    let of_year = |year| LogTime { date: [year, month, day], time, zone: None };
    // A log may have been written by a clock that is ahead.
    let latest = clock.now + DAY;
    let guess = 1970 + clock.now / (365 * DAY);
    let year = (guess - 2..=guess + 1).rev().find(|year| of_year(*year).seconds(clock) <= latest)?;
    is_possible([year, month, day], time).then(|| Some((of_year(year), line.get(15..)?)))?
}

/// `03:11:13`.
fn clock_time(text: &str) -> Option<[i64; 3]> {
    let is_separated = text.as_bytes().get(2) == Some(&b':') && text.as_bytes().get(5) == Some(&b':');
    if is_separated { Some([number(text, 0, 2)?, number(text, 3, 2)?, number(text, 6, 2)?]) } else { None }
}

/// `Z`, `+01:00` or `+0100`, behind a space too, in seconds, and what follows.
fn zone(text: &str) -> Option<(i64, &str)> {
    if let Some(rest) = text.strip_prefix('Z') {
        return Some((0, rest));
    }
    let text = text.strip_prefix(' ').unwrap_or(text);
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let minutes = if text.as_bytes().get(3) == Some(&b':') { 4 } else { 3 };
    let zone = sign * (number(text, 1, 2)? * HOUR + number(text, minutes, 2)? * MINUTE);
    Some((zone, text.get(minutes + 2..)?))
}

/// A number of exactly so many digits.
fn number(text: &str, at: usize, length: usize) -> Option<i64> {
    text.get(at..at + length).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

fn is_possible([_, month, day]: [i64; 3], [hour, minute, second]: [i64; 3]) -> bool {
    (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60
}

/// Days since 1970 by the proleptic Gregorian calendar, counting years from March so that leap days come last.
fn days([year, month, day]: [i64; 3]) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-30T12:00:00Z, an hour west of here.
    const CLOCK: LogClock = LogClock { now: 1_796_040_000, offset: 3600 };

    fn read(line: &str) -> (String, &str) {
        let (time, rest) = split(line, CLOCK);
        assert_eq!(time.is_some(), is_dated(line.as_bytes()), "{line}");
        (time.map(|time| time.to_string()).unwrap_or_default(), rest)
    }

    #[test]
    fn times_of_logs() {
        assert_eq!(read("Nov 30 03:11:13 web1 x"), ("2026-11-30T03:11:13".to_owned(), "web1 x"));
        // Of last year: it is not December yet.
        assert_eq!(read("Dec  1 23:59:59 web1 x").0, "2025-12-01T23:59:59");
        assert_eq!(read("2026-11-30T03:11:13.123456+01:00 web1 x"), ("2026-11-30T03:11:13+01:00".to_owned(), "web1 x"));
        assert_eq!(
            read("2026-11-30 03:11:13 1rXyZa-0001Ab-Cd <= a"),
            ("2026-11-30T03:11:13".to_owned(), "1rXyZa-0001Ab-Cd <= a")
        );
        assert_eq!(read("2026-11-30 03:11:13 +0100 [12] x").1, "[12] x");
        assert_eq!(read("t=2026-11-30T03:11:13Z lvl=eror").0, "2026-11-30T03:11:13Z");
        assert_eq!(read("[2026/11/30 03:11:13] x").1, "x");
        for not in ["  at Mailer.send", "550 5.1.1 no such user", "Message-ID: <1@example.org>", ""] {
            assert_eq!(read(not), (String::new(), not));
        }
        assert!(split("2026-13-30 03:11:13 x", CLOCK).0.is_none() && split("Foo 30 03:11:13 x", CLOCK).0.is_none());
    }

    #[test]
    fn a_time_from_which_on_lines_count() {
        let seconds = |line| split(line, CLOCK).0.unwrap().seconds(CLOCK);
        assert_eq!(seconds("2026-11-30T12:00:00Z x"), CLOCK.now);
        assert_eq!(seconds("Nov 30 13:00:00 x"), CLOCK.now);
        for (typed, ago) in [
            ("2h", 2 * HOUR),
            ("90min", 90 * MINUTE),
            ("3 days ago", 3 * DAY),
            ("2026-11-30 12:00", HOUR),
            ("2026-11-30T12:00:00+02:00", 2 * HOUR),
            ("2026-11-30", 13 * HOUR),
            ("today", 13 * HOUR),
            ("yesterday", 37 * HOUR),
        ] {
            assert_eq!(log_since(typed, CLOCK), Some(CLOCK.now - ago), "{typed}");
        }
        for not in ["", "soon", "2 moons", "h", "2026-11-31x", "99999999999999999999h"] {
            assert_eq!(log_since(not, CLOCK), None, "{not}");
        }
    }
}
