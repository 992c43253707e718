//! Files that a scan could not read.

use crate::scan::ScanFault;
use std::fmt;

impl fmt::Display for ScanFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScanFault::TooLong { limit } => write!(f, "longer than {limit} bytes: not read"),
            ScanFault::TooDeep => f.write_str("nested too deeply: not read"),
            ScanFault::NotRuby { first, more: 0 } => {
                write!(f, "not Ruby: {first}; the rest was read")
            }
            ScanFault::NotRuby { first, more } => {
                write!(f, "not Ruby: {first} (and {more} more); the rest was read")
            }
            ScanFault::UnknownEncoding => f.write_str(
                "not UTF-8, and no comment names another encoding; it was read all the same",
            ),
            ScanFault::NotUtf8 => f.write_str("not UTF-8: not read"),
            ScanFault::Unreadable(reason) => f.write_str(reason),
        }
    }
}
