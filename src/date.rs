//! Calendar dates as catalogs write them.

use crate::error::{Error, ErrorCode, Result};
use std::fmt;

/// A day of the Gregorian calendar, `YYYY-MM-DD`, from year 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Reads `2026-08-19`.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidDate`] for another form and for a day that no calendar has:
    /// `2026-02-30`.
    ///
    /// ```
    /// use rungs::Date;
    /// assert!(Date::parse("2026-02-28")? < Date::parse("2026-03-01")?);
    /// assert!(Date::parse("2026-02-30").is_err());
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        Self::read(text).ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            Error::new(
                ErrorCode::InvalidDate,
                format!("{shown:?} is not a date: expected YYYY-MM-DD"),
            )
        })
    }

    fn read(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let number = |range: std::ops::Range<usize>| {
            bytes[range].iter().try_fold(0u16, |n, byte| {
                byte.is_ascii_digit()
                    .then(|| n * 10 + u16::from(byte - b'0'))
            })
        };
        Self::of_parts(number(0..4)?, number(5..7)?, number(8..10)?)
    }

    /// The day in one number, for stored catalogs.
    pub(crate) fn packed(self) -> u32 {
        u32::from(self.year) << 16 | u32::from(self.month) << 8 | u32::from(self.day)
    }

    /// The day that was [packed](Date::packed).
    pub(crate) fn of_packed(number: u32) -> Option<Self> {
        let [year @ .., month, day] = number.to_be_bytes();
        Self::of_parts(u16::from_be_bytes(year), month.into(), day.into())
    }

    fn of_parts(year: u16, month: u16, day: u16) -> Option<Self> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 31,
        };
        if year == 0 || !(1..=12).contains(&month) || !(1..=last).contains(&day) {
            return None;
        }
        Some(Date {
            year,
            month: u8::try_from(month).ok()?,
            day: u8::try_from(day).ok()?,
        })
    }

    /// Days since 1970-01-01, negative before.
    ///
    /// ```
    /// use rungs::Date;
    /// assert_eq!(Date::parse("1970-01-02")?.days(), 1);
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn days(self) -> i32 {
        // Years are counted from March, so that the leap day is the last of its year; 146,097 days
        // are 400 years.
        let month = i32::from(self.month);
        let year = i32::from(self.year) - i32::from(month <= 2);
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + i32::from(self.day) - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// The day that is so many days after 1970-01-01.
    ///
    /// `None` outside the years 1 to 9999.
    ///
    /// ```
    /// use rungs::Date;
    /// assert_eq!(Date::from_days(31).unwrap().to_string(), "1970-02-01");
    /// ```
    #[must_use]
    pub fn from_days(days: i32) -> Option<Self> {
        let z = days.checked_add(719_468)?;
        let (era, of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let shifted = (5 * of_year + 2) / 153;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        let year = year + era * 400 + i32::from(month <= 2);
        if !(1..=9999).contains(&year) {
            return None;
        }
        Some(Date {
            year: u16::try_from(year).ok()?,
            month: u8::try_from(month).ok()?,
            day: u8::try_from(of_year - (153 * shifted + 2) / 5 + 1).ok()?,
        })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_counts_days() {
        for (text, days) in [
            ("1970-01-01", 0),
            ("1969-12-31", -1),
            ("2000-02-29", 11_016),
            ("2026-08-19", 20_684),
            ("0001-01-01", -719_162),
            ("9999-12-31", 2_932_896),
        ] {
            let date = Date::parse(text).unwrap();
            assert_eq!(date.days(), days, "{text}");
            assert_eq!(Date::from_days(days), Some(date));
            assert_eq!(date.to_string(), text);
        }
        assert_eq!(Date::from_days(2_932_897), None);
        assert_eq!(Date::from_days(i32::MAX), None);
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut last = Date::from_days(-800_000 + 80_839).unwrap();
        for days in -719_160..100_000 {
            let date = Date::from_days(days).unwrap();
            assert!(date > last && date.days() == days);
            last = date;
        }
    }

    #[test]
    fn refuses_what_no_calendar_has() {
        for text in [
            "2026-02-30",
            "2023-02-29",
            "1900-02-29",
            "2026-13-01",
            "26-1-1",
            "",
            "0000-01-01",
        ] {
            assert_eq!(
                Date::parse(text).unwrap_err().to_string(),
                format!("{text:?} is not a date: expected YYYY-MM-DD")
            );
        }
        assert!(Date::parse("2024-02-29").is_ok());
        assert!(Date::parse("２０２６-0").is_err());
    }
}
