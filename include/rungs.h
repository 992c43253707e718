/*
 * rungs: upgrade paths, the shortest sequence of deployable steps, every one exact and jointly
 * resolvable. MIT OR Apache-2.0.
 *
 * This file is written by a test of the library (tests/abi/header.rs); do not edit it.
 *
 * Conventions
 *
 * Names. Functions are rungs_<noun>_<verb>, types rungs_<noun>, constants RUNGS_<...>. Functions
 * take inputs first, then outputs, then the error.
 *
 * Handles. rungs_catalog, rungs_snapshot, rungs_index, rungs_plan, rungs_lint, rungs_error and
 * rungs_text are opaque. What a function hands over through an output is the caller's and ends with the
 * rungs_<noun>_free() of its type, never with free(); each of those takes NULL and does nothing then.
 * Handles need no other handle to stay: free them in any order, each once.
 *
 * Inputs. A text is a pointer and a length in bytes. It is read during the call and not kept. With
 * length 0 the pointer does not count and may be NULL. RUNGS_LITERAL("text") and RUNGS_STRING(text)
 * write both arguments of a string. Texts are UTF-8; one that is not is a status,
 * and rungs_error_offset() names the byte. No length above SIZE_MAX / 2 is taken.
 *
 * Outputs. On success they are written. On failure they stay as they were, all of them.
 *
 * Errors. Functions that can fail return a rungs_status. If that is not RUNGS_STATUS_OK and `error`
 * is not NULL, *error receives a new error, to be ended with rungs_error_free(). If the call
 * succeeds *error stays as it was: set it to NULL before. With `error` NULL there is the status
 * alone. No error is kept in a thread or in a global. That a question has no answer is no error: it
 * is a plan with an outcome and an explanation.
 *
 * Documents. Whatever has a structure comes as JSON with a member `schema`, as `rungs.plan/1`;
 * rungs_schema() gives its JSON Schema. The same call gives the same bytes on every machine.
 * Readers must take members that they do not know. The documents that callers send are read
 * strictly: a member that the library does not know is refused by its name.
 *
 * Threads. Handles never change, but for an index, to which gems are added. Any number of threads may use one at the same time; only the
 * function that ends it needs it alone. The library starts no thread, calls nobody back, and has no
 * state beside the embedded catalog, which is opened once. After fork() a child may use and end the
 * handles of its copy.
 *
 * The world outside. The library opens no file or socket, asks no clock, no environment and no
 * locale, and writes no output. One exception: a bug of it (a panic) prints to standard error before
 * it becomes RUNGS_STATUS_PANIC. Handles stay valid then.
 *
 * Scanner. A library for WebAssembly (feature `abi`) has no rungs_scan_source(). Every other build
 * has it.
 *
 * Versions. rungs_version() is the library's, RUNGS_VERSION the header's. Each 0.y keeps its ABI.
 * RUNGS_ABI_VERSION rises when a signature, a number or an ownership changes;
 * rungs_abi_is_compatible(RUNGS_ABI_VERSION) tells at run time whether the library that was found
 * serves this header. Enumerations may gain numbers: give every switch a default.
 */

#ifndef RUNGS_H
#define RUNGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The version of this header. */
#define RUNGS_VERSION "0.1.0"
#define RUNGS_VERSION_MAJOR 0
#define RUNGS_VERSION_MINOR 1
#define RUNGS_VERSION_PATCH 0

/* A string literal as the two arguments of an input:
 *   rungs_version_is_valid(RUNGS_SCHEME_SEMVER, RUNGS_LITERAL("1.0.0"), &is_valid, &error); */
#define RUNGS_LITERAL(text) ((const uint8_t *)("" text)), (sizeof(text) - 1)
/* The same for a string that ends with a NUL; needs <string.h>. */
#define RUNGS_STRING(text) ((const uint8_t *)(text)), strlen(text)


/**
 * The version of this ABI: raised when a signature, a number or an ownership changes. What is
 * only added leaves it as it is.
 */
#define RUNGS_ABI_VERSION 1

/**
 * The oldest version of this ABI whose callers this library still serves.
 */
#define RUNGS_ABI_VERSION_MIN 1

/**
 * How a call ended. A number is never given to another meaning; later versions may add some.
 * What exactly is wrong is reported by rungs_error_code().
 */
enum rungs_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * It is done, and the outputs are written.
   */
  RUNGS_STATUS_OK = 0,
  /**
   * A pointer that must not be NULL is NULL; the message names the parameter.
   */
  RUNGS_STATUS_NULL_ARGUMENT = 1,
  /**
   * A text is not UTF-8; rungs_error_offset() says where.
   */
  RUNGS_STATUS_INVALID_UTF8 = 2,
  /**
   * An input is not what it should be: a damaged lockfile, an unknown package.
   */
  RUNGS_STATUS_INVALID_INPUT = 3,
  /**
   * An input is larger than this library reads.
   */
  RUNGS_STATUS_LIMIT = 4,
  /**
   * A number that this library does not know: a format, a scheme.
   */
  RUNGS_STATUS_UNSUPPORTED = 5,
  /**
   * An index is beyond the last element.
   */
  RUNGS_STATUS_OUT_OF_RANGE = 6,
  /**
   * A bug of this library, please report it. All handles stay valid.
   */
  RUNGS_STATUS_PANIC = 7,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum rungs_status rungs_status;
#else
typedef uint32_t rungs_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How a question ended. None of these is an error.
 */
enum rungs_outcome
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * There is no plan to ask: the handle is NULL.
   */
  RUNGS_OUTCOME_NONE = 0,
  /**
   * There are steps to take.
   */
  RUNGS_OUTCOME_PLANNED = 1,
  /**
   * Nothing moves: the target is met on the newest versions.
   */
  RUNGS_OUTCOME_ALREADY_THERE = 2,
  /**
   * No sequence of steps leads there; the report says why.
   */
  RUNGS_OUTCOME_IMPOSSIBLE = 3,
  /**
   * Something installed or asked for is beyond the catalog.
   */
  RUNGS_OUTCOME_UNKNOWN = 4,
  /**
   * The search limit was reached.
   */
  RUNGS_OUTCOME_GAVE_UP = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum rungs_outcome rungs_outcome;
#else
typedef uint32_t rungs_outcome;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What lint says of a change. None of these is an error.
 */
enum rungs_verdict
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * There is nothing to ask: the handle is NULL, or the severity is none.
   */
  RUNGS_VERDICT_NONE = 0,
  /**
   * The rules allow it.
   */
  RUNGS_VERDICT_ALLOWED = 1,
  /**
   * A finding of the severity asked for, or worse.
   */
  RUNGS_VERDICT_REFUSED = 2,
  /**
   * Not refused, but something is involved that the catalog cannot know.
   */
  RUNGS_VERDICT_UNKNOWN = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum rungs_verdict rungs_verdict;
#else
typedef uint32_t rungs_verdict;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How a report is written. Passed as a number, so that one that is not known is a status. Each
 * function says which it knows.
 */
enum rungs_format
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Plain text of 80 columns.
   */
  RUNGS_FORMAT_TEXT = 1,
  /**
   * The same with the escapes of ANSI terminals.
   */
  RUNGS_FORMAT_ANSI = 2,
  /**
   * The document, as the function for documents gives it.
   */
  RUNGS_FORMAT_JSON = 3,
  /**
   * A checklist in GitHub's flavour of Markdown; plans and their steps only.
   */
  RUNGS_FORMAT_MARKDOWN = 4,
  /**
   * A page that needs no network; plans and their steps only.
   */
  RUNGS_FORMAT_HTML = 5,
  /**
   * SARIF 2.1.0; lint only.
   */
  RUNGS_FORMAT_SARIF = 6,
  /**
   * Annotations of GitHub Actions; lint only.
   */
  RUNGS_FORMAT_GITHUB = 7,
  /**
   * A line for each fact, with tabs between its fields; plans and their steps only. The first field names
   * what the row is:
   *   outcome  OUTCOME  STEPS
   *   step     NUMBER  KIND  COMMAND
   *   change   NUMBER  PACKAGE  FROM  TO  KIND  WHY
   *   gemfile  NUMBER  GEM  REQUIREMENT  temporary or nothing
   *   cause    SENTENCE
   *   fix      CHANGE  STEPS
   *   warning  SENTENCE
   * A field may be empty; none has a tab or an end of line. Later versions may add rows, and
   * fields at the end.
   */
  RUNGS_FORMAT_ROWS = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum rungs_format rungs_format;
#else
typedef uint32_t rungs_format;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How versions are read and ordered. Passed as a number.
 */
enum rungs_scheme
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * As Gem::Version of RubyGems: 2.5.0.rc1.
   */
  RUNGS_SCHEME_RUBYGEMS = 1,
  /**
   * Semantic Versioning 2.0 as Cargo reads it: 2.5.0-rc.1.
   */
  RUNGS_SCHEME_SEMVER = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum rungs_scheme rungs_scheme;
#else
typedef uint32_t rungs_scheme;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How much a finding weighs. Passed as a number.
 */
enum rungs_severity
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The rules do not allow it.
   */
  RUNGS_SEVERITY_ERROR = 1,
  /**
   * Allowed, and better otherwise.
   */
  RUNGS_SEVERITY_WARNING = 2,
  /**
   * Worth knowing.
   */
  RUNGS_SEVERITY_NOTE = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum rungs_severity rungs_severity;
#else
typedef uint32_t rungs_severity;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Packages, releases and the rules between them. Immutable.
 */
typedef struct rungs_catalog rungs_catalog;

/**
 * Why a call failed. Immutable.
 */
typedef struct rungs_error rungs_error;

/**
 * What a gem server says of gems outside the catalog, as far as it was added. Gems may be added by
 * any thread, also while plans are computed.
 */
typedef struct rungs_index rungs_index;

/**
 * What is wrong with a change. Immutable; it needs no other handle to stay.
 */
typedef struct rungs_lint rungs_lint;

/**
 * The answer to a question. Immutable; it needs no other handle to stay.
 */
typedef struct rungs_plan rungs_plan;

/**
 * What is installed. Immutable.
 */
typedef struct rungs_snapshot rungs_snapshot;

/**
 * Bytes of UTF-8 that the library wrote. Immutable.
 */
typedef struct rungs_text rungs_text;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library that runs, as `0.1.0`; `RUNGS_VERSION` is the one of the header.
 *
 * Returns a NUL-terminated text.
 * Ownership: static, never freed.
 * Threads: any.
 */
const char *rungs_version(void);

/**
 * The version of the ABI of the library that runs; `RUNGS_ABI_VERSION` is the one of the header.
 *
 * Returns the number.
 * Ownership: nothing is handed over.
 * Threads: any.
 */
uint32_t rungs_abi_version(void);

/**
 * The oldest version of the ABI whose callers the library that runs still serves.
 *
 * Returns the number.
 * Ownership: nothing is handed over.
 * Threads: any.
 */
uint32_t rungs_abi_version_min(void);

/**
 * Whether the library that runs serves a caller that was built with a header of another time.
 *
 * - `abi`: the caller's `RUNGS_ABI_VERSION`.
 *
 * Returns whether it lies between rungs_abi_version_min() and rungs_abi_version().
 * Ownership: nothing is handed over.
 * Threads: any.
 */
bool rungs_abi_is_compatible(uint32_t abi);

/**
 * Whether the library that runs can stand for another version of it, by Semantic Versioning as
 * Cargo reads it: the same 0.y before 1.0, the same major version after, and not older.
 *
 * - `version`: the version that the caller was written for, as `0.1.0`; UTF-8.
 * - `version_len`: its length in bytes.
 * - `out`: receives the answer; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8; or
 * RUNGS_STATUS_INVALID_INPUT for a text that is no semantic version.
 * Ownership: an error is the caller's, see rungs_error_free().
 * Threads: any.
 */
rungs_status rungs_version_is_compatible(const uint8_t *version,
                                         size_t version_len,
                                         bool *out,
                                         rungs_error **error);

/**
 * The version of a document that this library reads or writes: 1 for `plan`, that is
 * `rungs.plan/1`. There are plan, why, status, fleet, fleet-summary, lint, scan, snapshot, catalog,
 * actions, smoke, error, request, snapshot-request.
 *
 * - `name`: the name, as `plan`; UTF-8.
 * - `name_len`: its length in bytes.
 *
 * Returns the version; 0 for a name that is not known, NULL or not UTF-8.
 * Ownership: nothing is handed over.
 * Threads: any.
 */
uint32_t rungs_schema_version(const uint8_t *name, size_t name_len);

/**
 * The JSON Schema (draft 2020-12) of a document.
 *
 * - `name`: the name, as `rungs.plan/1` or `plan`; UTF-8.
 * - `name_len`: its length in bytes.
 * - `out`: receives the text; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8; or
 * RUNGS_STATUS_UNSUPPORTED for a document that is not known, or not in that version.
 * Ownership: the text is the caller's, see rungs_text_free(); so is an error.
 * Threads: any.
 */
rungs_status rungs_schema(const uint8_t *name,
                          size_t name_len,
                          rungs_text **out,
                          rungs_error **error);

/**
 * The version of the format of catalogs that this library reads (`format = 1`).
 *
 * Returns the number.
 * Ownership: nothing is handed over.
 * Threads: any.
 */
uint32_t rungs_catalog_format_version(void);

/**
 * A status in words, as `invalid input`.
 *
 * - `status`: a rungs_status.
 *
 * Returns a NUL-terminated text; `unknown status` for a number that is none.
 * Ownership: static, never freed.
 * Threads: any.
 */
const char *rungs_status_name(uint32_t status);

/**
 * The status that came with an error.
 *
 * - `error`: the error; may be NULL.
 *
 * Returns the status; RUNGS_STATUS_OK for NULL.
 * Ownership: nothing is handed over.
 * Threads: any, at the same time.
 */
rungs_status rungs_error_status(const rungs_error *error);

/**
 * The number of the kind of an error, the same in all languages: 402 is an unknown line.
 *
 * - `error`: the error; may be NULL.
 *
 * Returns the number, from 100 to 999; 0 for NULL.
 * Ownership: nothing is handed over.
 * Threads: any, at the same time.
 */
uint32_t rungs_error_code(const rungs_error *error);

/**
 * What is wrong, in one sentence with file and place where they are known; UTF-8.
 *
 * - `error`: the error; may be NULL.
 *
 * Returns a NUL-terminated text; NULL for NULL.
 * Ownership: the text is the error's and ends with it.
 * Threads: any, at the same time.
 */
const char *rungs_error_message(const rungs_error *error);

/**
 * What to do next; UTF-8.
 *
 * - `error`: the error; may be NULL.
 *
 * Returns a NUL-terminated text; NULL where there is nothing to say, and for NULL.
 * Ownership: the text is the error's and ends with it.
 * Threads: any, at the same time.
 */
const char *rungs_error_help(const rungs_error *error);

/**
 * The first byte of the input that is not UTF-8.
 *
 * - `error`: the error; may be NULL.
 *
 * Returns the offset in bytes, from 0; SIZE_MAX where the error has none, and for NULL.
 * Ownership: nothing is handed over.
 * Threads: any, at the same time.
 */
size_t rungs_error_offset(const rungs_error *error);

/**
 * The line of the input that is wrong.
 *
 * - `error`: the error; may be NULL.
 *
 * Returns the line, from 1; 0 where the error has none, and for NULL.
 * Ownership: nothing is handed over.
 * Threads: any, at the same time.
 */
uint32_t rungs_error_line(const rungs_error *error);

/**
 * The column of the input that is wrong.
 *
 * - `error`: the error; may be NULL.
 *
 * Returns the column in characters, from 1; 0 where the error has none, and for NULL.
 * Ownership: nothing is handed over.
 * Threads: any, at the same time.
 */
uint32_t rungs_error_column(const rungs_error *error);

/**
 * All problems of the input as the document `rungs.error/1`.
 *
 * - `failed`: the error to write; not NULL.
 * - `out`: receives the text; not NULL.
 * - `error`: receives the reason of a failure of this call; may be NULL.
 *
 * Returns RUNGS_STATUS_OK or RUNGS_STATUS_NULL_ARGUMENT.
 * Ownership: the text is the caller's, see rungs_text_free(); so is a new error.
 * Threads: any, at the same time.
 */
rungs_status rungs_error_document(const rungs_error *failed, rungs_text **out, rungs_error **error);

/**
 * Ends an error.
 *
 * - `error`: the error; NULL is nothing to do.
 *
 * Returns nothing.
 * Ownership: the handle is gone afterwards.
 * Threads: nobody else may use the handle.
 */
void rungs_error_free(rungs_error *error);

/**
 * The bytes of a text; UTF-8, not NUL-terminated.
 *
 * - `text`: the text; may be NULL.
 *
 * Returns rungs_text_len() bytes, never NULL unless `text` is.
 * Ownership: the bytes are the text's and end with it.
 * Threads: any, at the same time.
 */
const uint8_t *rungs_text_data(const rungs_text *text);

/**
 * The length of a text.
 *
 * - `text`: the text; may be NULL.
 *
 * Returns the number of bytes; 0 for NULL.
 * Ownership: nothing is handed over.
 * Threads: any, at the same time.
 */
size_t rungs_text_len(const rungs_text *text);

/**
 * Ends a text.
 *
 * - `text`: the text; NULL is nothing to do.
 *
 * Returns nothing.
 * Ownership: the handle is gone afterwards.
 * Threads: nobody else may use the handle.
 */
void rungs_text_free(rungs_text *text);

/**
 * Opens the embedded catalog of the Karafka family; cheap after the first time.
 *
 * - `out`: receives the catalog; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK or RUNGS_STATUS_NULL_ARGUMENT.
 * Ownership: the catalog is the caller's, see rungs_catalog_free(); so is an error.
 * Threads: any.
 */
rungs_status rungs_catalog_karafka(rungs_catalog **out, rungs_error **error);

/**
 * Opens a catalog that ships, by its name, such as `karafka` or `gitlab`; or several as one, with commas
 * between their names: `karafka,rails,kafka`. Spaces around a name and empty names are skipped: a text
 * without a name, such as an empty one or `,`, opens the embedded catalog of the Karafka family, as
 * rungs_catalog_karafka() does.
 *
 * - `name`: the name or names; UTF-8.
 * - `name_len`: its length in bytes.
 * - `out`: receives the catalog; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8; or
 * RUNGS_STATUS_INVALID_INPUT for a name that is not empty and that no catalog has.
 * Ownership: the catalog is the caller's, see rungs_catalog_free(); so is an error.
 * Threads: any.
 */
rungs_status rungs_catalog_open(const uint8_t *name,
                                size_t name_len,
                                rungs_catalog **out,
                                rungs_error **error);

/**
 * Opens the catalogs that a question is about: those that the member `catalogs` of the request names, else
 * those that what is installed and what the request asks for show.
 *
 * - `snapshot`: what is installed; not NULL.
 * - `request`: a document `rungs.request/1`, JSON in UTF-8.
 * - `request_len`: its length in bytes; 0 asks by what is installed alone.
 * - `out`: receives the catalog; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
 * RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for a request that contradicts its schema, and for
 * names of catalogs that do not ship or do not go together.
 * Ownership: the catalog is the caller's, see rungs_catalog_free(); so is an error. It does not need the
 * snapshot to stay.
 * Threads: any, at the same time.
 */
rungs_status rungs_catalog_for(const rungs_snapshot *snapshot,
                               const uint8_t *request,
                               size_t request_len,
                               rungs_catalog **out,
                               rungs_error **error);

/**
 * Reads a catalog that is complete by itself; docs/catalog.md explains the format. All problems of a
 * text are reported at once, see rungs_error_document().
 *
 * - `name`: the name of the file that messages use; UTF-8.
 * - `name_len`: its length in bytes.
 * - `toml`: the text, TOML in UTF-8.
 * - `toml_len`: its length in bytes.
 * - `out`: receives the catalog; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
 * RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for a catalog that is wrong.
 * Ownership: the catalog is the caller's, see rungs_catalog_free(); so is an error.
 * Threads: any.
 */
rungs_status rungs_catalog_parse(const uint8_t *name,
                                 size_t name_len,
                                 const uint8_t *toml,
                                 size_t toml_len,
                                 rungs_catalog **out,
                                 rungs_error **error);

/**
 * Lays a text over a catalog and gives a new one; the one below stays as it is.
 *
 * - `below`: the catalog below; not NULL.
 * - `name`: the name of the file that messages use; UTF-8.
 * - `name_len`: its length in bytes.
 * - `toml`: the text, TOML in UTF-8.
 * - `toml_len`: its length in bytes.
 * - `out`: receives the new catalog; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
 * RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for an overlay that is wrong.
 * Ownership: the catalog is the caller's, see rungs_catalog_free(); so is an error. It needs the
 * one below no more.
 * Threads: any, at the same time.
 */
rungs_status rungs_catalog_overlay(const rungs_catalog *below,
                                   const uint8_t *name,
                                   size_t name_len,
                                   const uint8_t *toml,
                                   size_t toml_len,
                                   rungs_catalog **out,
                                   rungs_error **error);

/**
 * A catalog as the document `rungs.catalog/1`: packages, lines, releases and all rules.
 *
 * - `catalog`: the catalog; not NULL.
 * - `out`: receives the text; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK or RUNGS_STATUS_NULL_ARGUMENT.
 * Ownership: the text is the caller's, see rungs_text_free(); so is an error.
 * Threads: any, at the same time.
 */
rungs_status rungs_catalog_document(const rungs_catalog *catalog,
                                    rungs_text **out,
                                    rungs_error **error);

/**
 * What the guides of a catalog ask for, as the document `rungs.actions/1`.
 *
 * - `catalog`: the catalog; not NULL.
 * - `out`: receives the text; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT; or RUNGS_STATUS_INVALID_INPUT for a catalog
 * whose actions do not read: they are read here for the first time.
 * Ownership: the text is the caller's, see rungs_text_free(); so is an error.
 * Threads: any, at the same time.
 */
rungs_status rungs_catalog_actions_document(const rungs_catalog *catalog,
                                            rungs_text **out,
                                            rungs_error **error);

/**
 * Ends a catalog. Plans and overlays made from it stay.
 *
 * - `catalog`: the catalog; NULL is nothing to do.
 *
 * Returns nothing.
 * Ownership: the handle is gone afterwards.
 * Threads: nobody else may use the handle.
 */
void rungs_catalog_free(rungs_catalog *catalog);

/**
 * Reads what is installed from a `Gemfile.lock`.
 *
 * - `lockfile`: the bytes of the file.
 * - `lockfile_len`: their number.
 * - `out`: receives the snapshot; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
 * RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for a lockfile that is empty or damaged.
 * Ownership: the snapshot is the caller's, see rungs_snapshot_free(); so is an error.
 * Threads: any.
 */
rungs_status rungs_snapshot_from_lockfile(const uint8_t *lockfile,
                                          size_t lockfile_len,
                                          rungs_snapshot **out,
                                          rungs_error **error);

/**
 * Reads what is installed from a document `rungs.snapshot-request/1`, as
 * `{"packages": {"karafka": "2.3.0"}, "direct": ["karafka"], "runtimes": {"ruby": "3.2"}}`; where `direct` is left
 * out or empty, all packages are.
 *
 * - `document`: the document, JSON in UTF-8.
 * - `document_len`: its length in bytes; 0 means a document without fields.
 * - `out`: receives the snapshot; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
 * RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for what the schema does not allow.
 * Ownership: the snapshot is the caller's, see rungs_snapshot_free(); so is an error.
 * Threads: any.
 */
rungs_status rungs_snapshot_from_document(const uint8_t *document,
                                          size_t document_len,
                                          rungs_snapshot **out,
                                          rungs_error **error);

/**
 * Says which runtime is installed, whatever the lockfile says, and gives a new snapshot.
 *
 * - `snapshot`: the snapshot; not NULL. It stays as it is.
 * - `name`: the runtime, as `ruby`; UTF-8.
 * - `name_len`: its length in bytes.
 * - `version`: a line (`3.2`, its newest patch) or a version (`3.2.2`); UTF-8.
 * - `version_len`: its length in bytes.
 * - `out`: receives the new snapshot; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8; or
 * RUNGS_STATUS_INVALID_INPUT for a name that is none. The version is judged by the catalog.
 * Ownership: the new snapshot is the caller's, see rungs_snapshot_free(); so is an error.
 * Threads: any, at the same time.
 */
rungs_status rungs_snapshot_with_runtime(const rungs_snapshot *snapshot,
                                         const uint8_t *name,
                                         size_t name_len,
                                         const uint8_t *version,
                                         size_t version_len,
                                         rungs_snapshot **out,
                                         rungs_error **error);

/**
 * Adds what the Gemfile beside the lockfile says, and gives a new snapshot: the Ruby that it names, where the
 * lockfile names none, and for the state what it requires. Plans and reasons take the Gemfile in their request.
 *
 * - `snapshot`: the snapshot; not NULL. It stays as it is.
 * - `gemfile`: the text of the Gemfile. One that is not Ruby adds nothing.
 * - `gemfile_len`: its length in bytes.
 * - `out`: receives the new snapshot; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_LIMIT; or
 * RUNGS_STATUS_INVALID_INPUT for a Gemfile that is not Ruby and has a temporary line.
 * Ownership: the new snapshot is the caller's, see rungs_snapshot_free(); so is an error.
 * Threads: any, at the same time.
 */
rungs_status rungs_snapshot_with_gemfile(const rungs_snapshot *snapshot,
                                         const uint8_t *gemfile,
                                         size_t gemfile_len,
                                         rungs_snapshot **out,
                                         rungs_error **error);

/**
 * The state of an installation, as the document `rungs.status/1`: what its lines offer, their
 * support on a day, what is wrong, and how many steps lie ahead.
 *
 * - `snapshot`: what is installed; not NULL.
 * - `catalog`: the catalog that judges; not NULL.
 * - `as_of`: the day, as `2026-01-31`; UTF-8. The library asks no clock.
 * - `as_of_len`: its length in bytes; 0 to leave the day open.
 * - `out`: receives the text; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8; or
 * RUNGS_STATUS_INVALID_INPUT for a day that is none.
 * Ownership: the text is the caller's, see rungs_text_free(); so is an error.
 * Threads: any, at the same time.
 */
rungs_status rungs_snapshot_status_document(const rungs_snapshot *snapshot,
                                            const rungs_catalog *catalog,
                                            const uint8_t *as_of,
                                            size_t as_of_len,
                                            rungs_text **out,
                                            rungs_error **error);

/**
 * The state of an installation, in words or as its document.
 *
 * - `snapshot`: what is installed; not NULL.
 * - `catalog`: the catalog that judges; not NULL.
 * - `as_of`: the day, as `2026-01-31`; UTF-8. The library asks no clock.
 * - `as_of_len`: its length in bytes; 0 to leave the day open.
 * - `format`: a rungs_format: text, ansi or json.
 * - `out`: receives the text; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
 * RUNGS_STATUS_UNSUPPORTED for a format that is not known; or RUNGS_STATUS_INVALID_INPUT for a
 * day that is none.
 * Ownership: the text is the caller's, see rungs_text_free(); so is an error.
 * Threads: any, at the same time.
 */
rungs_status rungs_snapshot_status_report(const rungs_snapshot *snapshot,
                                          const rungs_catalog *catalog,
                                          const uint8_t *as_of,
                                          size_t as_of_len,
                                          uint32_t format,
                                          rungs_text **out,
                                          rungs_error **error);

/**
 * All that was read in a `Gemfile.lock`, as the document `rungs.snapshot/1`.
 *
 * - `lockfile`: the bytes of the file.
 * - `lockfile_len`: their number.
 * - `out`: receives the text; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
 * RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for a lockfile that is empty or damaged.
 * Ownership: the text is the caller's, see rungs_text_free(); so is an error.
 * Threads: any.
 */
rungs_status rungs_lockfile_document(const uint8_t *lockfile,
                                     size_t lockfile_len,
                                     rungs_text **out,
                                     rungs_error **error);

/**
 * Ends a snapshot.
 *
 * - `snapshot`: the snapshot; NULL is nothing to do.
 *
 * Returns nothing.
 * Ownership: the handle is gone afterwards.
 * Threads: nobody else may use the handle.
 */
void rungs_snapshot_free(rungs_snapshot *snapshot);

/**
 * Makes an empty index of the gems outside the catalog.
 *
 * A plan asks for few gems of an index, and which ones is known only while it is computed. So give
 * the index to a snapshot with rungs_snapshot_with_index(), compute the plan, add what
 * rungs_index_missing() names, and compute the plan again until nothing is missing. Until then
 * missing gems stay at their installed versions.
 *
 * - `out`: receives the index; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK or RUNGS_STATUS_NULL_ARGUMENT.
 * Ownership: the index is the caller's, see rungs_index_free(); so is an error.
 * Threads: any.
 */
rungs_status rungs_index_new(rungs_index **out, rungs_error **error);

/**
 * Adds what a gem server says of a gem. Replaces what was added for this name before. Lines that are
 * no release become warnings of the plans that ask for the gem.
 *
 * - `index`: the index; not NULL.
 * - `name`: the gem; UTF-8.
 * - `name_len`: its length in bytes.
 * - `info`: the bytes of `info/NAME` of the compact index.
 * - `info_len`: their number; 0 says that the server has no such gem.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_LIMIT; or
 * RUNGS_STATUS_INVALID_UTF8 for a name that is not UTF-8.
 * Ownership: nothing is handed over; an error is the caller's.
 * Threads: any, at the same time. Plans that are being computed do not see it.
 */
rungs_status rungs_index_add(rungs_index *index,
                             const uint8_t *name,
                             size_t name_len,
                             const uint8_t *info,
                             size_t info_len,
                             rungs_error **error);

/**
 * The gems that were asked for and not added, by any computation with this index: one name a line,
 * sorted; empty where nothing is missing.
 *
 * - `index`: the index; not NULL.
 * - `out`: receives the text; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK or RUNGS_STATUS_NULL_ARGUMENT.
 * Ownership: the text is the caller's, see rungs_text_free(); so is an error.
 * Threads: any, at the same time.
 */
rungs_status rungs_index_missing(const rungs_index *index, rungs_text **out, rungs_error **error);

/**
 * Plans from this snapshot resolve every state together with the gems outside the catalog: gives a
 * new snapshot whose plans, status and reasons use an index.
 *
 * - `snapshot`: the snapshot; not NULL. It stays as it is.
 * - `index`: the index; not NULL. What is added later is used by later computations.
 * - `out`: receives the new snapshot; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK or RUNGS_STATUS_NULL_ARGUMENT.
 * Ownership: the new snapshot is the caller's, see rungs_snapshot_free(); so is an error. The handle
 * of the index may be freed before it.
 * Threads: any, at the same time.
 */
rungs_status rungs_snapshot_with_index(const rungs_snapshot *snapshot,
                                       const rungs_index *index,
                                       rungs_snapshot **out,
                                       rungs_error **error);

/**
 * Ends an index.
 *
 * - `index`: the index; NULL is nothing to do.
 *
 * Returns nothing.
 * Ownership: the handle is gone afterwards; snapshots that use it keep what they need.
 * Threads: nobody else may use the handle.
 */
void rungs_index_free(rungs_index *index);

/**
 * Computes the one best plan. That there is none is no failure: look at rungs_plan_outcome().
 *
 * - `catalog`: the catalog; not NULL.
 * - `snapshot`: what is installed; not NULL.
 * - `request`: a document `rungs.request/1`, JSON in UTF-8, as `{"to": ["karafka=2.6"]}`.
 * - `request_len`: its length in bytes; 0 asks for the newest lines that can be reached.
 * - `out`: receives the plan; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
 * RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for a request that contradicts its schema,
 * the catalog or itself.
 * Ownership: the plan is the caller's, see rungs_plan_free(); so is an error. It needs neither the
 * catalog nor the snapshot to stay.
 * Threads: any, at the same time.
 */
rungs_status rungs_plan_compute(const rungs_catalog *catalog,
                                const rungs_snapshot *snapshot,
                                const uint8_t *request,
                                size_t request_len,
                                rungs_plan **out,
                                rungs_error **error);

/**
 * How the question ended.
 *
 * - `plan`: the plan; may be NULL.
 *
 * Returns the outcome; RUNGS_OUTCOME_NONE for NULL.
 * Ownership: nothing is handed over.
 * Threads: any, at the same time.
 */
rungs_outcome rungs_plan_outcome(const rungs_plan *plan);

/**
 * The number of steps.
 *
 * - `plan`: the plan; may be NULL.
 *
 * Returns the number; 0 for NULL.
 * Ownership: nothing is handed over.
 * Threads: any, at the same time.
 */
size_t rungs_plan_step_count(const rungs_plan *plan);

/**
 * A plan as the document `rungs.plan/1`, byte for byte what `rungs plan --format json` prints.
 *
 * - `plan`: the plan; not NULL.
 * - `out`: receives the text; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK or RUNGS_STATUS_NULL_ARGUMENT.
 * Ownership: the text is the caller's, see rungs_text_free(); so is an error.
 * Threads: any, at the same time.
 */
rungs_status rungs_plan_document(const rungs_plan *plan, rungs_text **out, rungs_error **error);

/**
 * A plan in words, as a page, or as its document.
 *
 * - `plan`: the plan; not NULL.
 * - `format`: a rungs_format: text, ansi, json, markdown, html or rows.
 * - `out`: receives the text; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT; or RUNGS_STATUS_UNSUPPORTED for a format
 * that is not known.
 * Ownership: the text is the caller's, see rungs_text_free(); so is an error.
 * Threads: any, at the same time.
 */
rungs_status rungs_plan_report(const rungs_plan *plan,
                               uint32_t format,
                               rungs_text **out,
                               rungs_error **error);

/**
 * One step as a document: what is at this place among the `steps` of `rungs.plan/1`.
 *
 * - `plan`: the plan; not NULL.
 * - `index`: which step, from 0.
 * - `out`: receives the text; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT; or RUNGS_STATUS_OUT_OF_RANGE beyond the
 * last step.
 * Ownership: the text is the caller's, see rungs_text_free(); so is an error.
 * Threads: any, at the same time.
 */
rungs_status rungs_plan_step_document(const rungs_plan *plan,
                                      size_t index,
                                      rungs_text **out,
                                      rungs_error **error);

/**
 * One step in words, as a page, or as its document. As Markdown and HTML step 0 is what `rungs next`
 * prints; where there is no step it prints what rungs_plan_report() gives.
 *
 * - `plan`: the plan; not NULL.
 * - `index`: which step, from 0.
 * - `format`: a rungs_format: text, ansi, json, markdown, html or rows.
 * - `out`: receives the text; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT; RUNGS_STATUS_UNSUPPORTED for a format that
 * is not known; or RUNGS_STATUS_OUT_OF_RANGE beyond the last step.
 * Ownership: the text is the caller's, see rungs_text_free(); so is an error.
 * Threads: any, at the same time.
 */
rungs_status rungs_plan_step_report(const rungs_plan *plan,
                                    size_t index,
                                    uint32_t format,
                                    rungs_text **out,
                                    rungs_error **error);

/**
 * Ends a plan.
 *
 * - `plan`: the plan; NULL is nothing to do.
 *
 * Returns nothing.
 * Ownership: the handle is gone afterwards.
 * Threads: nobody else may use the handle.
 */
void rungs_plan_free(rungs_plan *plan);

/**
 * Why a package is where it is along a plan, or why it cannot be elsewhere, as the document
 * `rungs.why/1`.
 *
 * - `catalog`: the catalog; not NULL.
 * - `snapshot`: what is installed; not NULL.
 * - `request`: a document `rungs.request/1`, JSON in UTF-8: the plan to look at.
 * - `request_len`: its length in bytes; 0 means a document without fields.
 * - `question`: `karafka` for its place along that plan, `karafka@2.5` or `karafka@2.5.1` for the
 *   way to just that; UTF-8.
 * - `question_len`: its length in bytes.
 * - `out`: receives the text; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
 * RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for a request that rungs_plan_compute()
 * refuses and for a question about what the catalog does not have.
 * Ownership: the text is the caller's, see rungs_text_free(); so is an error.
 * Threads: any, at the same time.
 */
rungs_status rungs_why_document(const rungs_catalog *catalog,
                                const rungs_snapshot *snapshot,
                                const uint8_t *request,
                                size_t request_len,
                                const uint8_t *question,
                                size_t question_len,
                                rungs_text **out,
                                rungs_error **error);

/**
 * Why a package is where it is along a plan, or why it cannot be elsewhere, in words.
 *
 * - `catalog`: the catalog; not NULL.
 * - `snapshot`: what is installed; not NULL.
 * - `request`: a document `rungs.request/1`, JSON in UTF-8: the plan to look at.
 * - `request_len`: its length in bytes; 0 means a document without fields.
 * - `question`: `karafka` for its place along that plan, `karafka@2.5` or `karafka@2.5.1` for the
 *   way to just that; UTF-8.
 * - `question_len`: its length in bytes.
 * - `format`: a rungs_format: text, ansi (the same here) or json.
 * - `out`: receives the text; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
 * RUNGS_STATUS_LIMIT, RUNGS_STATUS_UNSUPPORTED for a format that is not known here; or
 * RUNGS_STATUS_INVALID_INPUT for a request that rungs_plan_compute() refuses and for a question
 * about what the catalog does not have.
 * Ownership: the text is the caller's, see rungs_text_free(); so is an error.
 * Threads: any, at the same time.
 */
rungs_status rungs_why_report(const rungs_catalog *catalog,
                              const rungs_snapshot *snapshot,
                              const uint8_t *request,
                              size_t request_len,
                              const uint8_t *question,
                              size_t question_len,
                              uint32_t format,
                              rungs_text **out,
                              rungs_error **error);

/**
 * Judges the change from one snapshot to another. Findings are no failure: look at
 * rungs_lint_verdict().
 *
 * - `catalog`: the catalog that judges; not NULL.
 * - `before`: what was installed; not NULL.
 * - `after`: what is installed now; not NULL. Findings have lines where it was read in a lockfile.
 * - `request`: a document `rungs.request/1`, JSON in UTF-8, as
 *   `{"as_of": "2026-01-31", "policy": "<text of a rungs.toml>"}`.
 * - `request_len`: its length in bytes; 0 means a document without fields.
 * - `out`: receives the findings; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
 * RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for a request that contradicts its schema,
 * the catalog or itself, and for an acceptance of its policy that is over or accepts nothing.
 * Ownership: the lint is the caller's, see rungs_lint_free(); so is an error. It needs no other
 * handle to stay.
 * Threads: any, at the same time.
 */
rungs_status rungs_lint_compute(const rungs_catalog *catalog,
                                const rungs_snapshot *before,
                                const rungs_snapshot *after,
                                const uint8_t *request,
                                size_t request_len,
                                rungs_lint **out,
                                rungs_error **error);

/**
 * What is to be done about a change.
 *
 * - `lint`: the findings; may be NULL.
 * - `severity`: a rungs_severity: from which on a finding refuses. `rungs lint` takes
 *   RUNGS_SEVERITY_ERROR, and RUNGS_SEVERITY_WARNING with `--strict`.
 *
 * Returns the verdict; RUNGS_VERDICT_NONE for NULL and for a number that is no severity.
 * Ownership: nothing is handed over.
 * Threads: any, at the same time.
 */
rungs_verdict rungs_lint_verdict(const rungs_lint *lint, uint32_t severity);

/**
 * The number of findings of one severity.
 *
 * - `lint`: the findings; may be NULL.
 * - `severity`: a rungs_severity.
 *
 * Returns the number; 0 for NULL and for a number that is no severity.
 * Ownership: nothing is handed over.
 * Threads: any, at the same time.
 */
size_t rungs_lint_count(const rungs_lint *lint, uint32_t severity);

/**
 * The findings as the document `rungs.lint/1`, byte for byte what `rungs lint --format json`
 * prints.
 *
 * - `lint`: the findings; not NULL.
 * - `file`: the name of the new lockfile, as it is to be shown; UTF-8.
 * - `file_len`: its length in bytes.
 * - `out`: receives the text; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT or RUNGS_STATUS_INVALID_UTF8.
 * Ownership: the text is the caller's, see rungs_text_free(); so is an error.
 * Threads: any, at the same time.
 */
rungs_status rungs_lint_document(const rungs_lint *lint,
                                 const uint8_t *file,
                                 size_t file_len,
                                 rungs_text **out,
                                 rungs_error **error);

/**
 * The findings in words, as their document, as SARIF or as annotations.
 *
 * - `lint`: the findings; not NULL.
 * - `file`: the name of the new lockfile, as it is to be shown; UTF-8.
 * - `file_len`: its length in bytes.
 * - `format`: a rungs_format: text, ansi, json, sarif or github.
 * - `out`: receives the text; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8; or
 * RUNGS_STATUS_UNSUPPORTED for a format that is not known here.
 * Ownership: the text is the caller's, see rungs_text_free(); so is an error.
 * Threads: any, at the same time.
 */
rungs_status rungs_lint_report(const rungs_lint *lint,
                               const uint8_t *file,
                               size_t file_len,
                               uint32_t format,
                               rungs_text **out,
                               rungs_error **error);

/**
 * Ends a lint.
 *
 * - `lint`: the findings; NULL is nothing to do.
 *
 * Returns nothing.
 * Ownership: the handle is gone afterwards.
 * Threads: nobody else may use the handle.
 */
void rungs_lint_free(rungs_lint *lint);

/**
 * Looks in one source text for what actions of the catalog speak about, and gives the document
 * `rungs.scan/1`, as `rungs scan --format json` prints it for a folder with this one file and no
 * lockfile. What is in other files is not known: a superclass that is not there counts by its
 * name.
 *
 * - `catalog`: the catalog; not NULL.
 * - `path`: the path of the text in its application, with `/`; UTF-8. It says what kind of text it
 *   is: `karafka.rb`, `Procfile`, `app/views/a.html.erb`.
 * - `path_len`: its length in bytes.
 * - `source`: the text. It need not be UTF-8: what cannot be read is reported in the document.
 * - `source_len`: its length in bytes.
 * - `out`: receives the text; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
 * RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT where the catalog's actions cannot be read.
 * Ownership: the text is the caller's, see rungs_text_free(); so is an error.
 * Threads: any, at the same time.
 */
rungs_status rungs_scan_source(const rungs_catalog *catalog,
                               const uint8_t *path,
                               size_t path_len,
                               const uint8_t *source,
                               size_t source_len,
                               rungs_text **out,
                               rungs_error **error);

/**
 * Compares two versions as their scheme orders them: 1.0 equals 1, and 1.0.rc1 comes before it.
 *
 * - `scheme`: a rungs_scheme.
 * - `a`: the first version; UTF-8.
 * - `a_len`: its length in bytes.
 * - `b`: the second version; UTF-8.
 * - `b_len`: its length in bytes.
 * - `out`: receives -1 if a is older than b, 0 if they are equal, 1 if a is newer; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
 * RUNGS_STATUS_UNSUPPORTED for a scheme that is not known; or RUNGS_STATUS_INVALID_INPUT for a
 * text that is no version.
 * Ownership: an error is the caller's, see rungs_error_free().
 * Threads: any.
 */
rungs_status rungs_version_compare(uint32_t scheme,
                                   const uint8_t *a,
                                   size_t a_len,
                                   const uint8_t *b,
                                   size_t b_len,
                                   int32_t *out,
                                   rungs_error **error);

/**
 * Whether a text is a version of its scheme.
 *
 * - `scheme`: a rungs_scheme.
 * - `version`: the text; UTF-8.
 * - `version_len`: its length in bytes.
 * - `out`: receives the answer; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8; or
 * RUNGS_STATUS_UNSUPPORTED for a scheme that is not known.
 * Ownership: an error is the caller's, see rungs_error_free().
 * Threads: any.
 */
rungs_status rungs_version_is_valid(uint32_t scheme,
                                    const uint8_t *version,
                                    size_t version_len,
                                    bool *out,
                                    rungs_error **error);

/**
 * Whether a version meets a requirement.
 *
 * - `scheme`: a rungs_scheme.
 * - `requirement`: comparisons with commas between them, as `~> 2.3, >= 2.3.4`; UTF-8.
 * - `requirement_len`: its length in bytes.
 * - `version`: the version; UTF-8.
 * - `version_len`: its length in bytes.
 * - `out`: receives the answer; not NULL.
 * - `error`: receives the reason of a failure; may be NULL.
 *
 * Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
 * RUNGS_STATUS_UNSUPPORTED for a scheme that is not known; or RUNGS_STATUS_INVALID_INPUT for a
 * text that is no requirement or no version.
 * Ownership: an error is the caller's, see rungs_error_free().
 * Threads: any.
 */
rungs_status rungs_requirement_matches(uint32_t scheme,
                                       const uint8_t *requirement,
                                       size_t requirement_len,
                                       const uint8_t *version,
                                       size_t version_len,
                                       bool *out,
                                       rungs_error **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* RUNGS_H */
