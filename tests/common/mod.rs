//! What several test files share.

use std::path::{Path, PathBuf};

/// The folder of test data that is not part of the repository: `RUNGS_SHARED` where that is set,
/// else `shared` beside the repository; `None` where there is neither.
pub(crate) fn shared() -> Option<PathBuf> {
    let beside = || {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
        repository.parent().map(|parent| parent.join("shared"))
    };
    std::env::var_os("RUNGS_SHARED")
        .map(PathBuf::from)
        .or_else(beside)
        .filter(|folder| folder.is_dir())
}
