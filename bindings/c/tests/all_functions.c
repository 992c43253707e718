/* Calls every function: success, NULL for each pointer, empty, not UTF-8, too long, error ignored.
 * It is run plain, with AddressSanitizer and UndefinedBehaviorSanitizer, and in Valgrind. */
#include <rungs.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int checks = 0;

#define CHECK(condition)                                                          \
  do {                                                                            \
    checks++;                                                                     \
    if (!(condition)) {                                                           \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);             \
      exit(1);                                                                    \
    }                                                                             \
  } while (0)

/* A text as pointer and length. */
#define T(text) (const uint8_t *)(text), strlen(text)
#define NOTHING NULL, 0
/* Valid for three bytes, then not. */
#define NOT_UTF8 (const uint8_t *)"abc\xff", 4
#define TOO_LONG (const uint8_t *)"a", SIZE_MAX

/* A call with an error and without one; both must fail alike and leave the output alone. */
#define FAILS(wanted, out, call)                                                  \
  do {                                                                            \
    rungs_error *error = NULL;                                                    \
    rungs_error **failed = &error;                                                \
    CHECK((call) == (wanted));                                                    \
    check_error(error, (wanted));                                                 \
    rungs_error_free(error);                                                      \
    failed = NULL;                                                                \
    CHECK((call) == (wanted));                                                    \
    CHECK((out) == NULL);                                                         \
  } while (0)

/* The same for outputs that are no handles. */
#define REFUSES(wanted, call)                                                     \
  do {                                                                            \
    void *no_handle = NULL;                                                       \
    FAILS(wanted, no_handle, call);                                               \
  } while (0)

#define DONE(call)                                                                \
  do {                                                                            \
    rungs_error *error = NULL;                                                    \
    rungs_error **failed = &error;                                                \
    rungs_status status = (call);                                                 \
    if (status != RUNGS_STATUS_OK)                                                \
      fprintf(stderr, "%s\n", rungs_error_message(error));                        \
    CHECK(status == RUNGS_STATUS_OK);                                             \
    CHECK(error == NULL);                                                         \
  } while (0)

static void check_error(const rungs_error *error, rungs_status wanted) {
  CHECK(error != NULL);
  CHECK(rungs_error_status(error) == wanted);
  CHECK(rungs_error_code(error) >= 100 && rungs_error_code(error) <= 999);
  CHECK(strlen(rungs_error_message(error)) > 5);
  CHECK((rungs_error_offset(error) != SIZE_MAX) == (wanted == RUNGS_STATUS_INVALID_UTF8));
}

/* Ends a text after a look at it. */
static void check_text(rungs_text *text, const char *starts) {
  CHECK(text != NULL);
  CHECK(rungs_text_len(text) > strlen(starts));
  CHECK(memcmp(rungs_text_data(text), starts, strlen(starts)) == 0);
  rungs_text_free(text);
}

static uint8_t *read_file(const char *path, size_t *len) {
  FILE *file = fopen(path, "rb");
  uint8_t *bytes = malloc(1 << 20);
  CHECK(file != NULL && bytes != NULL);
  *len = fread(bytes, 1, 1 << 20, file);
  fclose(file);
  return bytes;
}

static void versions(void) {
  rungs_text *text = NULL;
  bool yes = false;
  CHECK(strcmp(rungs_version(), RUNGS_VERSION) == 0);
  CHECK(rungs_abi_version() == RUNGS_ABI_VERSION);
  CHECK(rungs_abi_version_min() == RUNGS_ABI_VERSION_MIN);
  CHECK(rungs_abi_is_compatible(RUNGS_ABI_VERSION));
  CHECK(!rungs_abi_is_compatible(0) && !rungs_abi_is_compatible(UINT32_MAX));
  CHECK(rungs_catalog_format_version() == 1);
  CHECK(rungs_schema_version(T("plan")) == 1);
  CHECK(rungs_schema_version(T("snapshot-request")) == 1);
  CHECK(rungs_schema_version(T("rungs.plan/1")) == 0);
  CHECK(rungs_schema_version(NOTHING) == 0);
  CHECK(rungs_schema_version(NULL, 4) == 0);
  CHECK(rungs_schema_version(NOT_UTF8) == 0);
  CHECK(rungs_schema_version(TOO_LONG) == 0);
  DONE(rungs_schema(T("rungs.plan/1"), &text, failed));
  check_text(text, "{");
  text = NULL;
  FAILS(RUNGS_STATUS_UNSUPPORTED, text, rungs_schema(T("rungs.plan/2"), &text, failed));
  FAILS(RUNGS_STATUS_UNSUPPORTED, text, rungs_schema(NOTHING, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_schema(NULL, 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_schema(T("plan"), NULL, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, text, rungs_schema(NOT_UTF8, &text, failed));
  FAILS(RUNGS_STATUS_LIMIT, text, rungs_schema(TOO_LONG, &text, failed));
  DONE(rungs_version_is_compatible(T(RUNGS_VERSION), &yes, failed));
  CHECK(yes);
  DONE(rungs_version_is_compatible(T("999.0.0"), &yes, failed));
  CHECK(!yes);
  yes = true;
  REFUSES(RUNGS_STATUS_INVALID_INPUT, rungs_version_is_compatible(T("1"), &yes, failed));
  REFUSES(RUNGS_STATUS_INVALID_INPUT, rungs_version_is_compatible(NOTHING, &yes, failed));
  REFUSES(RUNGS_STATUS_NULL_ARGUMENT, rungs_version_is_compatible(NULL, 1, &yes, failed));
  REFUSES(RUNGS_STATUS_NULL_ARGUMENT, rungs_version_is_compatible(T("1.0.0"), NULL, failed));
  REFUSES(RUNGS_STATUS_INVALID_UTF8, rungs_version_is_compatible(NOT_UTF8, &yes, failed));
  REFUSES(RUNGS_STATUS_LIMIT, rungs_version_is_compatible(TOO_LONG, &yes, failed));
  CHECK(yes);
  CHECK(strcmp(rungs_status_name(RUNGS_STATUS_INVALID_INPUT), "invalid input") == 0);
  CHECK(strcmp(rungs_status_name(12345), "unknown status") == 0);
}

static void small(void) {
  int32_t order = 7;
  bool yes = false;
  DONE(rungs_version_compare(RUNGS_SCHEME_RUBYGEMS, T("1.0.rc1"), T("1"), &order, failed));
  CHECK(order == -1);
  DONE(rungs_version_compare(RUNGS_SCHEME_RUBYGEMS, T("1.0"), T("1"), &order, failed));
  CHECK(order == 0);
  DONE(rungs_version_compare(RUNGS_SCHEME_SEMVER, T("1.10.0"), T("1.9.0"), &order, failed));
  CHECK(order == 1);
  order = 7;
  REFUSES(RUNGS_STATUS_UNSUPPORTED, rungs_version_compare(0, T("1"), T("1"), &order, failed));
  REFUSES(RUNGS_STATUS_INVALID_INPUT, rungs_version_compare(1, T("2..1"), T("1"), &order, failed));
  REFUSES(RUNGS_STATUS_INVALID_INPUT, rungs_version_compare(2, T("1"), NOTHING, &order, failed));
  REFUSES(RUNGS_STATUS_NULL_ARGUMENT, rungs_version_compare(1, NULL, 1, T("1"), &order, failed));
  REFUSES(RUNGS_STATUS_NULL_ARGUMENT, rungs_version_compare(1, T("1"), NULL, 1, &order, failed));
  REFUSES(RUNGS_STATUS_NULL_ARGUMENT, rungs_version_compare(1, T("1"), T("1"), NULL, failed));
  REFUSES(RUNGS_STATUS_INVALID_UTF8, rungs_version_compare(1, NOT_UTF8, T("1"), &order, failed));
  REFUSES(RUNGS_STATUS_INVALID_UTF8, rungs_version_compare(1, T("1"), NOT_UTF8, &order, failed));
  REFUSES(RUNGS_STATUS_LIMIT, rungs_version_compare(1, TOO_LONG, T("1"), &order, failed));
  CHECK(order == 7);

  DONE(rungs_version_is_valid(RUNGS_SCHEME_RUBYGEMS, T("2.5.0.rc1"), &yes, failed));
  CHECK(yes);
  DONE(rungs_version_is_valid(RUNGS_SCHEME_SEMVER, T("2.5"), &yes, failed));
  CHECK(!yes);
  yes = true;
  REFUSES(RUNGS_STATUS_UNSUPPORTED, rungs_version_is_valid(9, T("1"), &yes, failed));
  REFUSES(RUNGS_STATUS_NULL_ARGUMENT, rungs_version_is_valid(1, NULL, 1, &yes, failed));
  REFUSES(RUNGS_STATUS_NULL_ARGUMENT, rungs_version_is_valid(1, T("1"), NULL, failed));
  REFUSES(RUNGS_STATUS_INVALID_UTF8, rungs_version_is_valid(1, NOT_UTF8, &yes, failed));
  REFUSES(RUNGS_STATUS_LIMIT, rungs_version_is_valid(1, TOO_LONG, &yes, failed));
  CHECK(yes);
  DONE(rungs_version_is_valid(1, NOTHING, &yes, failed));

  DONE(rungs_requirement_matches(1, T("~> 2.3, >= 2.3.4"), T("2.4.1"), &yes, failed));
  CHECK(yes);
  DONE(rungs_requirement_matches(2, T("^1.2, <1.5"), T("1.5.0"), &yes, failed));
  CHECK(!yes);
  yes = true;
  REFUSES(RUNGS_STATUS_UNSUPPORTED, rungs_requirement_matches(3, T("> 1"), T("1"), &yes, failed));
  REFUSES(RUNGS_STATUS_INVALID_INPUT, rungs_requirement_matches(1, T("=> 1"), T("1"), &yes, failed));
  REFUSES(RUNGS_STATUS_INVALID_INPUT, rungs_requirement_matches(1, T("> 1"), T("x y"), &yes, failed));
  REFUSES(RUNGS_STATUS_NULL_ARGUMENT, rungs_requirement_matches(1, NULL, 1, T("1"), &yes, failed));
  REFUSES(RUNGS_STATUS_NULL_ARGUMENT, rungs_requirement_matches(1, T("> 1"), NULL, 1, &yes, failed));
  REFUSES(RUNGS_STATUS_NULL_ARGUMENT, rungs_requirement_matches(1, T("> 1"), T("1"), NULL, failed));
  REFUSES(RUNGS_STATUS_INVALID_UTF8, rungs_requirement_matches(1, NOT_UTF8, T("1"), &yes, failed));
  REFUSES(RUNGS_STATUS_INVALID_UTF8, rungs_requirement_matches(1, T("> 1"), NOT_UTF8, &yes, failed));
  REFUSES(RUNGS_STATUS_LIMIT, rungs_requirement_matches(1, T("> 1"), TOO_LONG, &yes, failed));
  CHECK(yes);
}

static const char *const BAKERY =
    "format = 1\nname = \"bakery\"\nhorizon = 2026-01-01\norder = [\"oven\"]\n"
    "[package.oven]\nrole = \"stepped\"\nabout = \"the oven\"\nlines = '''\n"
    "1.x  ?  eol  eol 2024-01-01\n'''\nreleases = '''\n1.0.0  2020-01-01\n'''\n";
static const char *const OVERLAY =
    "format = 1\nextends = \"karafka\"\n"
    "[[conflict]]\nid = \"ours\"\npackage = \"karafka\"\nversions = \"= 2.4.18\"\n"
    "with = \"waterdrop\"\nwith_versions = \"< 2.7\"\nforce = \"must\"\nwhy = \"ours\"\n"
    "source = \"https://example.org\"\n";

static rungs_catalog *catalogs(void) {
  rungs_catalog *karafka = NULL, *other = NULL;
  rungs_text *text = NULL;
  DONE(rungs_catalog_karafka(&karafka, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other, rungs_catalog_karafka(NULL, failed));

  DONE(rungs_catalog_open(T("gitlab"), &other, failed));
  rungs_catalog_free(other);
  other = NULL;
  FAILS(RUNGS_STATUS_INVALID_INPUT, other, rungs_catalog_open(T("none"), &other, failed));
  DONE(rungs_catalog_open(T("karafka,kafka"), &other, failed));
  rungs_catalog_free(other);
  other = NULL;

  DONE(rungs_catalog_parse(T("bakery.toml"), T(BAKERY), &other, failed));
  DONE(rungs_catalog_document(other, &text, failed));
  check_text(text, "{\n  \"schema\": \"rungs.catalog/1\"");
  rungs_catalog_free(other);
  text = NULL;
  other = NULL;
  FAILS(RUNGS_STATUS_INVALID_INPUT, other,
        rungs_catalog_parse(T("a"), T("format = 1\nx = 1\ny = 2\n"), &other, failed));
  FAILS(RUNGS_STATUS_INVALID_INPUT, other, rungs_catalog_parse(NOTHING, NOTHING, &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other, rungs_catalog_parse(NULL, 1, T("a"), &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other, rungs_catalog_parse(T("a"), NULL, 1, &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other, rungs_catalog_parse(T("a"), T("a"), NULL, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, other, rungs_catalog_parse(NOT_UTF8, T("a"), &other, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, other, rungs_catalog_parse(T("a"), NOT_UTF8, &other, failed));
  FAILS(RUNGS_STATUS_LIMIT, other, rungs_catalog_parse(T("a"), TOO_LONG, &other, failed));

  DONE(rungs_catalog_overlay(karafka, T("ours.toml"), T(OVERLAY), &other, failed));
  rungs_catalog_free(other);
  other = NULL;
  FAILS(RUNGS_STATUS_INVALID_INPUT, other,
        rungs_catalog_overlay(karafka, T("a"), T("x"), &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_catalog_overlay(NULL, T("a"), T("a"), &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_catalog_overlay(karafka, NULL, 1, T("a"), &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_catalog_overlay(karafka, T("a"), NULL, 1, &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_catalog_overlay(karafka, T("a"), T("a"), NULL, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, other,
        rungs_catalog_overlay(karafka, NOT_UTF8, T("a"), &other, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, other,
        rungs_catalog_overlay(karafka, T("a"), NOT_UTF8, &other, failed));
  FAILS(RUNGS_STATUS_LIMIT, other,
        rungs_catalog_overlay(karafka, TOO_LONG, T("a"), &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_catalog_document(NULL, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_catalog_document(karafka, NULL, failed));
  DONE(rungs_catalog_actions_document(karafka, &text, failed));
  check_text(text, "{\n  \"schema\": \"rungs.actions/1\"");
  text = NULL;
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_catalog_actions_document(NULL, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_catalog_actions_document(karafka, NULL, failed));
  rungs_catalog_free(NULL);
  return karafka;
}

/* An index in which only ffi is known; the plan asks for more. */
static void indexed(const rungs_snapshot *snapshot) {
  rungs_index *index = NULL;
  rungs_snapshot *with = NULL;
  rungs_catalog *catalog = NULL;
  rungs_plan *plan = NULL;
  rungs_text *text = NULL;
  DONE(rungs_index_new(&index, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, with, rungs_index_new(NULL, failed));
  DONE(rungs_index_add(index, T("ffi"), T("---\n1.17.2 |checksum:a\n"), failed));
  DONE(rungs_index_add(index, T("none"), NOTHING, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, with, rungs_index_add(NULL, T("ffi"), T("---\n"), failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, with, rungs_index_add(index, NULL, 3, T("---\n"), failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, with, rungs_index_add(index, T("ffi"), NULL, 3, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, with, rungs_index_add(index, NOT_UTF8, T("---\n"), failed));
  FAILS(RUNGS_STATUS_LIMIT, with, rungs_index_add(index, T("ffi"), TOO_LONG, failed));
  DONE(rungs_index_missing(index, &text, failed));
  CHECK(rungs_text_len(text) == 0);
  rungs_text_free(text);
  text = NULL;
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_index_missing(NULL, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_index_missing(index, NULL, failed));

  DONE(rungs_snapshot_with_index(snapshot, index, &with, failed));
  DONE(rungs_catalog_karafka(&catalog, failed));
  DONE(rungs_plan_compute(catalog, with, NOTHING, &plan, failed));
  DONE(rungs_index_missing(index, &text, failed));
  CHECK(rungs_text_len(text) > 0);
  rungs_text_free(text);
  text = NULL;
  rungs_index_free(index);
  DONE(rungs_snapshot_status_document(with, catalog, NOTHING, &text, failed));
  check_text(text, "{");
  rungs_plan_free(plan);
  rungs_snapshot_free(with);
  rungs_catalog_free(catalog);
  with = NULL;
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, with, rungs_snapshot_with_index(NULL, NULL, &with, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, with, rungs_snapshot_with_index(snapshot, NULL, &with, failed));
  rungs_index_free(NULL);
}

static rungs_snapshot *snapshots(const uint8_t *lockfile, size_t len) {
  rungs_snapshot *snapshot = NULL, *other = NULL;
  rungs_text *text = NULL;
  rungs_error *wrong = NULL;
  DONE(rungs_snapshot_from_lockfile(lockfile, len, &snapshot, failed));
  FAILS(RUNGS_STATUS_INVALID_INPUT, other, rungs_snapshot_from_lockfile(NOTHING, &other, failed));
  FAILS(RUNGS_STATUS_INVALID_INPUT, other, rungs_snapshot_from_lockfile(T("x\n"), &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other, rungs_snapshot_from_lockfile(NULL, 1, &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_snapshot_from_lockfile(lockfile, len, NULL, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, other, rungs_snapshot_from_lockfile(NOT_UTF8, &other, failed));
  FAILS(RUNGS_STATUS_LIMIT, other, rungs_snapshot_from_lockfile(TOO_LONG, &other, failed));
  CHECK(rungs_snapshot_from_lockfile(NOT_UTF8, &other, &wrong) == RUNGS_STATUS_INVALID_UTF8);
  CHECK(rungs_error_offset(wrong) == 3);
  rungs_error_free(wrong);

  DONE(rungs_snapshot_from_document(
      T("{\"packages\": {\"karafka\": \"2.3.0\"}, \"direct\": [\"karafka\"]}"), &other, failed));
  rungs_catalog *chosen = NULL;
  DONE(rungs_catalog_for(other, T("{\"catalogs\": [\"kafka\"]}"), &chosen, failed));
  rungs_catalog_free(chosen);
  chosen = NULL;
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, chosen, rungs_catalog_for(NULL, NOTHING, &chosen, failed));
  FAILS(RUNGS_STATUS_INVALID_INPUT, chosen,
        rungs_catalog_for(other, T("{\"catalogs\": [\"none\"]}"), &chosen, failed));
  rungs_snapshot_free(other);
  other = NULL;
  DONE(rungs_snapshot_from_document(NOTHING, &other, failed));
  rungs_snapshot_free(other);
  other = NULL;
  FAILS(RUNGS_STATUS_INVALID_INPUT, other,
        rungs_snapshot_from_document(T("{\"package\": {}}"), &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other, rungs_snapshot_from_document(NULL, 1, &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other, rungs_snapshot_from_document(T("{}"), NULL, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, other, rungs_snapshot_from_document(NOT_UTF8, &other, failed));
  FAILS(RUNGS_STATUS_LIMIT, other, rungs_snapshot_from_document(TOO_LONG, &other, failed));

  DONE(rungs_snapshot_with_runtime(snapshot, T("ruby"), T("3.3"), &other, failed));
  rungs_snapshot_free(other);
  other = NULL;
  FAILS(RUNGS_STATUS_INVALID_INPUT, other,
        rungs_snapshot_with_runtime(snapshot, NOTHING, T("3.3"), &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_snapshot_with_runtime(NULL, T("ruby"), T("3.3"), &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_snapshot_with_runtime(snapshot, NULL, 4, T("3.3"), &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_snapshot_with_runtime(snapshot, T("ruby"), NULL, 3, &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_snapshot_with_runtime(snapshot, T("ruby"), T("3.3"), NULL, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, other,
        rungs_snapshot_with_runtime(snapshot, NOT_UTF8, T("3.3"), &other, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, other,
        rungs_snapshot_with_runtime(snapshot, T("ruby"), NOT_UTF8, &other, failed));
  FAILS(RUNGS_STATUS_LIMIT, other,
        rungs_snapshot_with_runtime(snapshot, T("ruby"), TOO_LONG, &other, failed));

  DONE(rungs_snapshot_with_gemfile(snapshot, T("ruby '3.3.1'\n"), &other, failed));
  rungs_snapshot_free(other);
  other = NULL;
  DONE(rungs_snapshot_with_gemfile(snapshot, T("gem 'a',,\n"), &other, failed));
  rungs_snapshot_free(other);
  other = NULL;
  FAILS(RUNGS_STATUS_INVALID_INPUT, other,
        rungs_snapshot_with_gemfile(snapshot, T("gem 'a',, # rungs: temporary\n"), &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_snapshot_with_gemfile(NULL, T("ruby '3.3.1'\n"), &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_snapshot_with_gemfile(snapshot, NULL, 4, &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_snapshot_with_gemfile(snapshot, T("ruby '3.3.1'\n"), NULL, failed));
  FAILS(RUNGS_STATUS_LIMIT, other,
        rungs_snapshot_with_gemfile(snapshot, TOO_LONG, &other, failed));

  indexed(snapshot);

  DONE(rungs_lockfile_document(lockfile, len, &text, failed));
  check_text(text, "{\n  \"schema\": \"rungs.snapshot/1\"");
  text = NULL;
  FAILS(RUNGS_STATUS_INVALID_INPUT, text, rungs_lockfile_document(NOTHING, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_lockfile_document(NULL, 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_lockfile_document(lockfile, len, NULL, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, text, rungs_lockfile_document(NOT_UTF8, &text, failed));
  FAILS(RUNGS_STATUS_LIMIT, text, rungs_lockfile_document(TOO_LONG, &text, failed));
  rungs_snapshot_free(NULL);
  return snapshot;
}

static void stands(const rungs_catalog *catalog, const rungs_snapshot *snapshot) {
  rungs_text *text = NULL;
  DONE(rungs_snapshot_status_document(snapshot, catalog, T("2026-01-31"), &text, failed));
  check_text(text, "{\n  \"schema\": \"rungs.status/1\"");
  text = NULL;
  DONE(rungs_snapshot_status_document(snapshot, catalog, NOTHING, &text, failed));
  check_text(text, "{");
  text = NULL;
  FAILS(RUNGS_STATUS_INVALID_INPUT, text,
        rungs_snapshot_status_document(snapshot, catalog, T("today"), &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_snapshot_status_document(NULL, catalog, NOTHING, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_snapshot_status_document(snapshot, NULL, NOTHING, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_snapshot_status_document(snapshot, catalog, NULL, 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_snapshot_status_document(snapshot, catalog, NOTHING, NULL, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, text,
        rungs_snapshot_status_document(snapshot, catalog, NOT_UTF8, &text, failed));
  FAILS(RUNGS_STATUS_LIMIT, text,
        rungs_snapshot_status_document(snapshot, catalog, TOO_LONG, &text, failed));

  DONE(rungs_snapshot_status_report(snapshot, catalog, NOTHING, RUNGS_FORMAT_TEXT, &text, failed));
  check_text(text, " ");
  text = NULL;
  DONE(rungs_snapshot_status_report(snapshot, catalog, NOTHING, RUNGS_FORMAT_JSON, &text, failed));
  check_text(text, "{\n  \"schema\": \"rungs.status/1\"");
  text = NULL;
  FAILS(RUNGS_STATUS_UNSUPPORTED, text,
        rungs_snapshot_status_report(snapshot, catalog, NOTHING, 77, &text, failed));
  FAILS(RUNGS_STATUS_INVALID_INPUT, text,
        rungs_snapshot_status_report(snapshot, catalog, T("today"), 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_snapshot_status_report(NULL, catalog, NOTHING, 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_snapshot_status_report(snapshot, NULL, NOTHING, 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_snapshot_status_report(snapshot, catalog, NULL, 1, 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_snapshot_status_report(snapshot, catalog, NOTHING, 1, NULL, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, text,
        rungs_snapshot_status_report(snapshot, catalog, NOT_UTF8, 1, &text, failed));
  FAILS(RUNGS_STATUS_LIMIT, text,
        rungs_snapshot_status_report(snapshot, catalog, TOO_LONG, 1, &text, failed));
}

static rungs_plan *plans(const rungs_catalog *catalog, const rungs_snapshot *snapshot) {
  static const char *const TO = "{\"to\": [\"karafka=2.6\"]}";
  rungs_plan *plan = NULL, *other = NULL;
  rungs_text *text = NULL;
  DONE(rungs_plan_compute(catalog, snapshot, T(TO), &plan, failed));
  DONE(rungs_plan_compute(catalog, snapshot, NOTHING, &other, failed));
  rungs_plan_free(other);
  other = NULL;
  FAILS(RUNGS_STATUS_INVALID_INPUT, other,
        rungs_plan_compute(catalog, snapshot, T("{\"too\": []}"), &other, failed));
  FAILS(RUNGS_STATUS_INVALID_INPUT, other,
        rungs_plan_compute(catalog, snapshot, T("{\"to\": [\"rails=7\"]}"), &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_plan_compute(NULL, snapshot, T(TO), &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_plan_compute(catalog, NULL, T(TO), &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_plan_compute(catalog, snapshot, NULL, 1, &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_plan_compute(catalog, snapshot, T(TO), NULL, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, other,
        rungs_plan_compute(catalog, snapshot, NOT_UTF8, &other, failed));
  FAILS(RUNGS_STATUS_LIMIT, other,
        rungs_plan_compute(catalog, snapshot, TOO_LONG, &other, failed));

  CHECK(rungs_plan_outcome(plan) == RUNGS_OUTCOME_PLANNED);
  CHECK(rungs_plan_outcome(NULL) == RUNGS_OUTCOME_NONE);
  CHECK(rungs_plan_step_count(plan) == 5);
  CHECK(rungs_plan_step_count(NULL) == 0);

  DONE(rungs_plan_document(plan, &text, failed));
  check_text(text, "{\n  \"schema\": \"rungs.plan/1\"");
  text = NULL;
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_plan_document(NULL, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_plan_document(plan, NULL, failed));

  DONE(rungs_plan_report(plan, RUNGS_FORMAT_TEXT, &text, failed));
  check_text(text, "5 steps to karafka 2.6");
  text = NULL;
  DONE(rungs_plan_report(plan, RUNGS_FORMAT_ANSI, &text, failed));
  check_text(text, "\x1b[1m5 steps");
  text = NULL;
  DONE(rungs_plan_report(plan, RUNGS_FORMAT_JSON, &text, failed));
  check_text(text, "{\n  \"schema\": \"rungs.plan/1\"");
  text = NULL;
  DONE(rungs_plan_report(plan, RUNGS_FORMAT_MARKDOWN, &text, failed));
  check_text(text, "## karafka 2.3.0 ");
  text = NULL;
  DONE(rungs_plan_report(plan, RUNGS_FORMAT_ROWS, &text, failed));
  check_text(text, "outcome\tplanned\t5\n");
  DONE(rungs_plan_step_report(plan, 4, RUNGS_FORMAT_ROWS, &text, failed));
  check_text(text, "step\t5\tpackages\t");
  DONE(rungs_plan_report(plan, RUNGS_FORMAT_HTML, &text, failed));
  check_text(text, "<!doctype html>");
  text = NULL;
  FAILS(RUNGS_STATUS_UNSUPPORTED, text, rungs_plan_report(plan, 0, &text, failed));
  FAILS(RUNGS_STATUS_UNSUPPORTED, text, rungs_plan_report(plan, RUNGS_FORMAT_SARIF, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_plan_report(NULL, 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_plan_report(plan, 1, NULL, failed));

  DONE(rungs_plan_step_document(plan, 0, &text, failed));
  check_text(text, "{\n  \"number\": 1");
  text = NULL;
  FAILS(RUNGS_STATUS_OUT_OF_RANGE, text, rungs_plan_step_document(plan, 5, &text, failed));
  FAILS(RUNGS_STATUS_OUT_OF_RANGE, text, rungs_plan_step_document(plan, SIZE_MAX, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_plan_step_document(NULL, 0, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_plan_step_document(plan, 0, NULL, failed));

  DONE(rungs_plan_step_report(plan, 4, RUNGS_FORMAT_TEXT, &text, failed));
  check_text(text, "Step 5: karafka 2.6.0");
  text = NULL;
  DONE(rungs_plan_step_report(plan, 4, RUNGS_FORMAT_JSON, &text, failed));
  check_text(text, "{\n  \"number\": 5");
  text = NULL;
  DONE(rungs_plan_step_report(plan, 0, RUNGS_FORMAT_MARKDOWN, &text, failed));
  check_text(text, "## karafka 2.3.0 ");
  text = NULL;
  DONE(rungs_plan_step_report(plan, 4, RUNGS_FORMAT_HTML, &text, failed));
  check_text(text, "<!doctype html>");
  text = NULL;
  FAILS(RUNGS_STATUS_OUT_OF_RANGE, text,
        rungs_plan_step_report(plan, 5, RUNGS_FORMAT_MARKDOWN, &text, failed));
  FAILS(RUNGS_STATUS_OUT_OF_RANGE, text,
        rungs_plan_step_report(plan, SIZE_MAX, RUNGS_FORMAT_HTML, &text, failed));
  FAILS(RUNGS_STATUS_OUT_OF_RANGE, text, rungs_plan_step_report(plan, 5, 3, &text, failed));
  FAILS(RUNGS_STATUS_OUT_OF_RANGE, text, rungs_plan_step_report(plan, 5, 1, &text, failed));
  FAILS(RUNGS_STATUS_UNSUPPORTED, text, rungs_plan_step_report(plan, 0, 9, &text, failed));
  FAILS(RUNGS_STATUS_UNSUPPORTED, text,
        rungs_plan_step_report(plan, 0, RUNGS_FORMAT_SARIF, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_plan_step_report(NULL, 0, 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_plan_step_report(plan, 0, 1, NULL, failed));
  rungs_plan_free(NULL);
  return plan;
}

static void questions(const rungs_catalog *catalog, const rungs_snapshot *snapshot) {
  static const char *const TO = "{\"to\": [\"karafka=2.6\"]}";
  rungs_text *text = NULL;
  DONE(rungs_why_document(catalog, snapshot, T(TO), T("waterdrop"), &text, failed));
  check_text(text, "{\n  \"schema\": \"rungs.why/1\"");
  text = NULL;
  DONE(rungs_why_document(catalog, snapshot, NOTHING, T("karafka@2.5"), &text, failed));
  check_text(text, "{");
  text = NULL;
  FAILS(RUNGS_STATUS_INVALID_INPUT, text,
        rungs_why_document(catalog, snapshot, NOTHING, NOTHING, &text, failed));
  FAILS(RUNGS_STATUS_INVALID_INPUT, text,
        rungs_why_document(catalog, snapshot, T("{\"too\": []}"), T("karafka"), &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_why_document(NULL, snapshot, NOTHING, T("karafka"), &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_why_document(catalog, NULL, NOTHING, T("karafka"), &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_why_document(catalog, snapshot, NULL, 1, T("karafka"), &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_why_document(catalog, snapshot, NOTHING, NULL, 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_why_document(catalog, snapshot, NOTHING, T("karafka"), NULL, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, text,
        rungs_why_document(catalog, snapshot, NOTHING, NOT_UTF8, &text, failed));
  FAILS(RUNGS_STATUS_LIMIT, text,
        rungs_why_document(catalog, snapshot, TOO_LONG, T("karafka"), &text, failed));

  DONE(rungs_why_report(catalog, snapshot, T(TO), T("waterdrop"), RUNGS_FORMAT_TEXT, &text, failed));
  check_text(text, "waterdrop is at 2.6.12.");
  text = NULL;
  DONE(rungs_why_report(catalog, snapshot, T(TO), T("waterdrop"), RUNGS_FORMAT_JSON, &text, failed));
  check_text(text, "{\n  \"schema\": \"rungs.why/1\"");
  text = NULL;
  FAILS(RUNGS_STATUS_UNSUPPORTED, text,
        rungs_why_report(catalog, snapshot, NOTHING, T("karafka"), RUNGS_FORMAT_SARIF, &text,
                         failed));
  FAILS(RUNGS_STATUS_INVALID_INPUT, text,
        rungs_why_report(catalog, snapshot, NOTHING, T("nothing"), 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_why_report(NULL, snapshot, NOTHING, T("karafka"), 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_why_report(catalog, NULL, NOTHING, T("karafka"), 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_why_report(catalog, snapshot, NULL, 1, T("karafka"), 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_why_report(catalog, snapshot, NOTHING, NULL, 1, 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_why_report(catalog, snapshot, NOTHING, T("karafka"), 1, NULL, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, text,
        rungs_why_report(catalog, snapshot, NOT_UTF8, T("karafka"), 1, &text, failed));
  FAILS(RUNGS_STATUS_LIMIT, text,
        rungs_why_report(catalog, snapshot, NOTHING, TOO_LONG, 1, &text, failed));
}

static void scans(const rungs_catalog *catalog) {
  static const char *const SETUP = "Karafka::App.setup { |config| config.batch_fetching = true }";
  rungs_text *text = NULL;
  DONE(rungs_scan_source(catalog, T("karafka.rb"), T(SETUP), &text, failed));
  check_text(text, "{\n  \"schema\": \"rungs.scan/1\"");
  text = NULL;
  DONE(rungs_scan_source(catalog, T("karafka.rb"), NOTHING, &text, failed));
  check_text(text, "{\n  \"schema\": \"rungs.scan/1\"");
  text = NULL;
  DONE(rungs_scan_source(catalog, T("karafka.rb"), NOT_UTF8, &text, failed));
  check_text(text, "{\n  \"schema\": \"rungs.scan/1\"");
  text = NULL;
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_scan_source(NULL, T("karafka.rb"), T(SETUP), &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_scan_source(catalog, NULL, 1, T(SETUP), &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_scan_source(catalog, T("karafka.rb"), NULL, 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text,
        rungs_scan_source(catalog, T("karafka.rb"), T(SETUP), NULL, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, text,
        rungs_scan_source(catalog, NOT_UTF8, T(SETUP), &text, failed));
  FAILS(RUNGS_STATUS_LIMIT, text,
        rungs_scan_source(catalog, TOO_LONG, T(SETUP), &text, failed));
  FAILS(RUNGS_STATUS_LIMIT, text,
        rungs_scan_source(catalog, T("karafka.rb"), TOO_LONG, &text, failed));
}

static void lints(const rungs_catalog *catalog, const rungs_snapshot *before) {
  static const char *const SKIPS =
      "{\"policy\": \"accept = [{ rule = 'skipped-line', why = 'x' }]\"}";
  static const char *const IDLE =
      "{\"policy\": \"accept = [{ rule = 'downgrade', why = 'x' }]\"}";
  rungs_snapshot *after = NULL;
  rungs_lint *lint = NULL, *other = NULL;
  rungs_text *text = NULL;
  int format;
  DONE(rungs_snapshot_from_document(
      T("{\"packages\": {\"karafka\": \"2.6.0\", \"waterdrop\": \"2.6.14\"}}"), &after, failed));
  DONE(rungs_lint_compute(catalog, before, after, NOTHING, &lint, failed));
  DONE(rungs_lint_compute(catalog, before, after, T(SKIPS), &other, failed));
  CHECK(rungs_lint_count(other, RUNGS_SEVERITY_ERROR) <
        rungs_lint_count(lint, RUNGS_SEVERITY_ERROR));
  rungs_lint_free(other);
  other = NULL;
  DONE(rungs_lint_compute(catalog, before, before, NOTHING, &other, failed));
  CHECK(rungs_lint_verdict(other, RUNGS_SEVERITY_ERROR) == RUNGS_VERDICT_ALLOWED);
  rungs_lint_free(other);
  other = NULL;
  FAILS(RUNGS_STATUS_INVALID_INPUT, other,
        rungs_lint_compute(catalog, before, after, T(IDLE), &other, failed));
  FAILS(RUNGS_STATUS_INVALID_INPUT, other,
        rungs_lint_compute(catalog, before, after, T("{\"too\": []}"), &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_lint_compute(NULL, before, after, NOTHING, &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_lint_compute(catalog, NULL, after, NOTHING, &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_lint_compute(catalog, before, NULL, NOTHING, &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_lint_compute(catalog, before, after, NULL, 1, &other, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, other,
        rungs_lint_compute(catalog, before, after, NOTHING, NULL, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, other,
        rungs_lint_compute(catalog, before, after, NOT_UTF8, &other, failed));
  FAILS(RUNGS_STATUS_LIMIT, other,
        rungs_lint_compute(catalog, before, after, TOO_LONG, &other, failed));
  rungs_snapshot_free(after);

  CHECK(rungs_lint_verdict(lint, RUNGS_SEVERITY_ERROR) == RUNGS_VERDICT_REFUSED);
  CHECK(rungs_lint_verdict(lint, RUNGS_SEVERITY_WARNING) == RUNGS_VERDICT_REFUSED);
  CHECK(rungs_lint_verdict(lint, 0) == RUNGS_VERDICT_NONE);
  CHECK(rungs_lint_verdict(NULL, RUNGS_SEVERITY_ERROR) == RUNGS_VERDICT_NONE);
  CHECK(rungs_lint_count(lint, RUNGS_SEVERITY_ERROR) > 0);
  CHECK(rungs_lint_count(lint, 9) == 0 && rungs_lint_count(NULL, RUNGS_SEVERITY_ERROR) == 0);

  DONE(rungs_lint_document(lint, T("Gemfile.lock"), &text, failed));
  check_text(text, "{\n  \"schema\": \"rungs.lint/1\"");
  text = NULL;
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_lint_document(NULL, NOTHING, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_lint_document(lint, NULL, 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_lint_document(lint, NOTHING, NULL, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, text, rungs_lint_document(lint, NOT_UTF8, &text, failed));
  FAILS(RUNGS_STATUS_LIMIT, text, rungs_lint_document(lint, TOO_LONG, &text, failed));
  for (format = 1; format <= 7; format++) {
    if (format == 4 || format == 5)
      continue;
    DONE(rungs_lint_report(lint, T("Gemfile.lock"), (uint32_t)format, &text, failed));
    check_text(text, "");
    text = NULL;
  }
  FAILS(RUNGS_STATUS_UNSUPPORTED, text, rungs_lint_report(lint, NOTHING, 0, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_lint_report(NULL, NOTHING, 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_lint_report(lint, NULL, 1, 1, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_lint_report(lint, NOTHING, 1, NULL, failed));
  FAILS(RUNGS_STATUS_INVALID_UTF8, text, rungs_lint_report(lint, NOT_UTF8, 1, &text, failed));
  FAILS(RUNGS_STATUS_LIMIT, text, rungs_lint_report(lint, TOO_LONG, 1, &text, failed));
  rungs_lint_free(lint);
  rungs_lint_free(NULL);
}

static void errors(void) {
  rungs_catalog *catalog = NULL;
  rungs_error *wrong = NULL;
  rungs_text *text = NULL;
  CHECK(rungs_catalog_parse(T("a.toml"), T("format = 2\nnam = \"a\"\n"), &catalog, &wrong) ==
        RUNGS_STATUS_INVALID_INPUT);
  CHECK(rungs_error_code(wrong) == 301);
  CHECK(rungs_error_line(wrong) >= 1 && rungs_error_column(wrong) >= 1);
  CHECK(strncmp(rungs_error_message(wrong), "a.toml:", 7) == 0);
  DONE(rungs_error_document(wrong, &text, failed));
  check_text(text, "{\n  \"schema\": \"rungs.error/1\"");
  text = NULL;
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_error_document(NULL, &text, failed));
  FAILS(RUNGS_STATUS_NULL_ARGUMENT, text, rungs_error_document(wrong, NULL, failed));
  rungs_error_free(wrong);
  wrong = NULL;

  CHECK(rungs_snapshot_from_lockfile(NOTHING, NULL, &wrong) != RUNGS_STATUS_OK);
  CHECK(rungs_error_help(wrong) == NULL || strlen(rungs_error_help(wrong)) > 0);
  rungs_error_free(wrong);

  CHECK(rungs_error_status(NULL) == RUNGS_STATUS_OK);
  CHECK(rungs_error_code(NULL) == 0);
  CHECK(rungs_error_message(NULL) == NULL);
  CHECK(rungs_error_help(NULL) == NULL);
  CHECK(rungs_error_offset(NULL) == SIZE_MAX);
  CHECK(rungs_error_line(NULL) == 0 && rungs_error_column(NULL) == 0);
  CHECK(rungs_text_data(NULL) == NULL && rungs_text_len(NULL) == 0);
  rungs_error_free(NULL);
  rungs_text_free(NULL);
}

int main(int argc, char **argv) {
  size_t len = 0;
  uint8_t *lockfile;
  rungs_catalog *catalog;
  rungs_snapshot *snapshot;
  rungs_plan *plan;
  rungs_text *before = NULL, *after = NULL;

  CHECK(argc == 2);
  lockfile = read_file(argv[1], &len);
  versions();
  small();
  errors();
  catalog = catalogs();
  snapshot = snapshots(lockfile, len);
  free(lockfile); /* nothing of it is kept */
  stands(catalog, snapshot);
  plan = plans(catalog, snapshot);
  questions(catalog, snapshot);
  scans(catalog);
  lints(catalog, snapshot);

  /* Handles end in any order. */
  DONE(rungs_plan_document(plan, &before, failed));
  rungs_snapshot_free(snapshot);
  rungs_catalog_free(catalog);
  DONE(rungs_plan_document(plan, &after, failed));
  rungs_plan_free(plan);
  CHECK(rungs_text_len(before) == rungs_text_len(after));
  CHECK(memcmp(rungs_text_data(before), rungs_text_data(after), rungs_text_len(after)) == 0);
  rungs_text_free(before);
  rungs_text_free(after);
  printf("%d checks\n", checks);
  return 0;
}
