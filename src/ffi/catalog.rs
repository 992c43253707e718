//! Catalogs: the embedded one, others, overlays.

use super::guard;
use super::memory::{free, handle, out, text};
use super::types::{RungsCatalog, RungsError, RungsSnapshot, RungsStatus, RungsText};
use crate::catalog::{Catalog, Source};
use crate::wire;

/// Opens the embedded catalog of the Karafka family; cheap after the first time.
///
/// - `out`: receives the catalog; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK or RUNGS_STATUS_NULL_ARGUMENT.
/// Ownership: the catalog is the caller's, see rungs_catalog_free(); so is an error.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_catalog_karafka(
    out: *mut *mut RungsCatalog,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let out = self::out(out, "out")?;
            out.give(RungsCatalog(Catalog::karafka()?))
        })
    }
}

/// Opens a catalog that ships, by its name, such as `karafka` or `gitlab`; or several as one, with commas
/// between their names: `karafka,rails,kafka`. Spaces around a name and empty names are skipped: a text
/// without a name, such as an empty one or `,`, opens the embedded catalog of the Karafka family, as
/// rungs_catalog_karafka() does.
///
/// - `name`: the name or names; UTF-8.
/// - `name_len`: its length in bytes.
/// - `out`: receives the catalog; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8; or
/// RUNGS_STATUS_INVALID_INPUT for a name that is not empty and that no catalog has.
/// Ownership: the catalog is the caller's, see rungs_catalog_free(); so is an error.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_catalog_open(
    name: *const u8,
    name_len: usize,
    out: *mut *mut RungsCatalog,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let name = text(name, name_len, "name")?;
            let out = self::out(out, "out")?;
            let names: Vec<&str> = name.split(',').map(str::trim).collect();
            out.give(RungsCatalog(Catalog::joined(&names)?))
        })
    }
}

/// Opens the catalogs that a question is about: those that the member `catalogs` of the request names, else
/// those that what is installed and what the request asks for show.
///
/// - `snapshot`: what is installed; not NULL.
/// - `request`: a document `rungs.request/1`, JSON in UTF-8.
/// - `request_len`: its length in bytes; 0 asks by what is installed alone.
/// - `out`: receives the catalog; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
/// RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for a request that contradicts its schema, and for
/// names of catalogs that do not ship or do not go together.
/// Ownership: the catalog is the caller's, see rungs_catalog_free(); so is an error. It does not need the
/// snapshot to stay.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_catalog_for(
    snapshot: *const RungsSnapshot,
    request: *const u8,
    request_len: usize,
    out: *mut *mut RungsCatalog,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let snapshot = handle(snapshot, "snapshot")?;
            let request = text(request, request_len, "request")?;
            let out = self::out(out, "out")?;
            let catalog = wire::open_catalog(&[&snapshot.snapshot], request)?;
            out.give(RungsCatalog(catalog))
        })
    }
}

/// Reads a catalog that is complete by itself; docs/catalog.md explains the format. All problems of a
/// text are reported at once, see rungs_error_document().
///
/// - `name`: the name of the file that messages use; UTF-8.
/// - `name_len`: its length in bytes.
/// - `toml`: the text, TOML in UTF-8.
/// - `toml_len`: its length in bytes.
/// - `out`: receives the catalog; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
/// RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for a catalog that is wrong.
/// Ownership: the catalog is the caller's, see rungs_catalog_free(); so is an error.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_catalog_parse(
    name: *const u8,
    name_len: usize,
    toml: *const u8,
    toml_len: usize,
    out: *mut *mut RungsCatalog,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let name = text(name, name_len, "name")?;
            let toml = text(toml, toml_len, "toml")?;
            let out = self::out(out, "out")?;
            out.give(RungsCatalog(Catalog::parse(vec![Source::new(
                name,
                toml.to_owned(),
            )])?))
        })
    }
}

/// Lays a text over a catalog and gives a new one; the one below stays as it is.
///
/// - `below`: the catalog below; not NULL.
/// - `name`: the name of the file that messages use; UTF-8.
/// - `name_len`: its length in bytes.
/// - `toml`: the text, TOML in UTF-8.
/// - `toml_len`: its length in bytes.
/// - `out`: receives the new catalog; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
/// RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for an overlay that is wrong.
/// Ownership: the catalog is the caller's, see rungs_catalog_free(); so is an error. It needs the
/// one below no more.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_catalog_overlay(
    below: *const RungsCatalog,
    name: *const u8,
    name_len: usize,
    toml: *const u8,
    toml_len: usize,
    out: *mut *mut RungsCatalog,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let below = handle(below, "below")?;
            let name = text(name, name_len, "name")?;
            let toml = text(toml, toml_len, "toml")?;
            let out = self::out(out, "out")?;
            let over = vec![Source::new(name, toml.to_owned())];
            out.give(RungsCatalog(below.0.overlay(over)?))
        })
    }
}

/// A catalog as the document `rungs.catalog/1`: packages, lines, releases and all rules.
///
/// - `catalog`: the catalog; not NULL.
/// - `out`: receives the text; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK or RUNGS_STATUS_NULL_ARGUMENT.
/// Ownership: the text is the caller's, see rungs_text_free(); so is an error.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_catalog_document(
    catalog: *const RungsCatalog,
    out: *mut *mut RungsText,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let catalog = handle(catalog, "catalog")?;
            self::out(out, "out")?.give_text(wire::catalog_document(&catalog.0))
        })
    }
}

/// What the guides of a catalog ask for, as the document `rungs.actions/1`.
///
/// - `catalog`: the catalog; not NULL.
/// - `out`: receives the text; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT; or RUNGS_STATUS_INVALID_INPUT for a catalog
/// whose actions do not read: they are read here for the first time.
/// Ownership: the text is the caller's, see rungs_text_free(); so is an error.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_catalog_actions_document(
    catalog: *const RungsCatalog,
    out: *mut *mut RungsText,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let catalog = handle(catalog, "catalog")?;
            self::out(out, "out")?.give_text(wire::actions_document(&catalog.0)?)
        })
    }
}

/// Ends a catalog. Plans and overlays made from it stay.
///
/// - `catalog`: the catalog; NULL is nothing to do.
///
/// Returns nothing.
/// Ownership: the handle is gone afterwards.
/// Threads: nobody else may use the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_catalog_free(catalog: *mut RungsCatalog) {
    guard::end(|| unsafe { free(catalog) });
}
