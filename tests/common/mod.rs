//! What several tests need.

#![allow(dead_code, unreachable_pub)]

use std::io::Write as _;
use std::path::PathBuf;

/// The folder of facts and real lockfiles that is not part of the repository: `RUNGS_SHARED`, or
/// `../shared` beside the repository. `None`, and a word on stderr, where there is none.
pub fn shared() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("RUNGS_SHARED").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    // Past the capture of the test harness, which would hide a word printed in the usual way.
    let _ = writeln!(
        std::io::stderr(),
        "NOT RUN: no shared folder at {}; name it with RUNGS_SHARED",
        folder.display()
    );
    None
}
