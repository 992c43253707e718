//! Which rules touch a source text?

use super::guard;
use super::memory::{bytes, handle, out, text};
use super::types::{RungsCatalog, RungsError, RungsStatus, RungsText};
use crate::planner::{self, PlacesRequest};
use crate::scan::Scanner;
use crate::wire;

/// Looks in one source text for what actions of the catalog speak about, and gives the document
/// `rungs.scan/1`, as `rungs scan --format json` prints it for a folder with this one file and no
/// lockfile. What is in other files is not known: a superclass that is not there counts by its
/// name.
///
/// - `catalog`: the catalog; not NULL.
/// - `path`: the path of the text in its application, with `/`; UTF-8. It says what kind of text it
///   is: `karafka.rb`, `Procfile`, `app/views/a.html.erb`.
/// - `path_len`: its length in bytes.
/// - `source`: the text. It need not be UTF-8: what cannot be read is reported in the document.
/// - `source_len`: its length in bytes.
/// - `out`: receives the text; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
/// RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT where the catalog's actions cannot be read.
/// Ownership: the text is the caller's, see rungs_text_free(); so is an error.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_scan_source(
    catalog: *const RungsCatalog,
    path: *const u8,
    path_len: usize,
    source: *const u8,
    source_len: usize,
    out: *mut *mut RungsText,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let catalog = &handle(catalog, "catalog")?.0;
            let path = text(path, path_len, "path")?;
            let source = bytes(source, source_len, "source")?;
            let out = self::out(out, "out")?;
            let actions = catalog.actions()?;
            let scanner = Scanner::new(actions.iter());
            let scan = scanner.finish([scanner.scan(path, source)]);
            let places = planner::places(&scan, actions, None, &PlacesRequest::default());
            out.give_text(wire::scan_document(catalog, &places, None))
        })
    }
}
