/* Hands each file to every function that reads a text: inputs FILE.... Whatever is in it, a call answers
 * or fails with an error; nothing is read beyond its end, and nothing is left. It is run with
 * AddressSanitizer, the library too, and in Valgrind. */
#include <rungs.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T(text) (const uint8_t *)(text), strlen(text)

static rungs_catalog *karafka;
static unsigned long answers, failures;

/* A failure with all that it says. */
static void failed(rungs_error *error) {
  rungs_text *text = NULL;
  if (error == NULL || strlen(rungs_error_message(error)) == 0 || rungs_error_code(error) < 100)
    abort();
  if (rungs_error_help(error) != NULL && strlen(rungs_error_help(error)) == 0)
    abort();
  if (rungs_error_document(error, &text, NULL) != RUNGS_STATUS_OK)
    abort();
  rungs_text_free(text);
  rungs_error_free(error);
  failures++;
}

static int done(rungs_status status, rungs_error *const *error) {
  if (status != RUNGS_STATUS_OK) {
    failed(*error);
    return 0;
  }
  answers++;
  return 1;
}

/* A text, read to its last byte. */
static void text_is_there(rungs_status status, rungs_text **text, rungs_error *const *error) {
  unsigned sum = 0;
  size_t at;
  if (!done(status, error))
    return;
  for (at = 0; at < rungs_text_len(*text); at++)
    sum += rungs_text_data(*text)[at];
  if (sum == 0)
    abort();
  rungs_text_free(*text);
}

static void plan(const rungs_catalog *catalog, const rungs_snapshot *snapshot, const uint8_t *request,
                 size_t len) {
  static const uint32_t formats[] = {RUNGS_FORMAT_TEXT, RUNGS_FORMAT_MARKDOWN, RUNGS_FORMAT_HTML};
  rungs_plan *plan = NULL;
  rungs_error *error = NULL;
  size_t at;
  if (!done(rungs_plan_compute(catalog, snapshot, request, len, &plan, &error), &error))
    return;
  for (at = 0; at < 3; at++) {
    rungs_text *text = NULL;
    text_is_there(rungs_plan_report(plan, formats[at], &text, &error), &text, &error);
  }
  for (at = 0; at < rungs_plan_step_count(plan); at++) {
    rungs_text *text = NULL;
    text_is_there(rungs_plan_step_document(plan, at, &text, &error), &text, &error);
  }
  {
    rungs_text *text = NULL;
    text_is_there(rungs_plan_document(plan, &text, &error), &text, &error);
  }
  rungs_plan_free(plan);
}

static void installed(const rungs_catalog *catalog, rungs_snapshot *snapshot) {
  rungs_text *text = NULL;
  rungs_error *error = NULL;
  rungs_lint *lint = NULL;
  plan(catalog, snapshot, T("{}"));
  text_is_there(rungs_snapshot_status_document(snapshot, catalog, T("2026-08-19"), &text, &error), &text,
                &error);
  error = NULL;
  if (done(rungs_lint_compute(catalog, snapshot, snapshot, T("{}"), &lint, &error), &error)) {
    text_is_there(rungs_lint_report(lint, T("Gemfile.lock"), RUNGS_FORMAT_SARIF, &text, &error), &text,
                  &error);
    rungs_lint_free(lint);
  }
}

static void as_lockfile(const uint8_t *bytes, size_t len) {
  rungs_text *text = NULL;
  rungs_snapshot *snapshot = NULL;
  rungs_error *error = NULL;
  text_is_there(rungs_lockfile_document(bytes, len, &text, &error), &text, &error);
  error = NULL;
  if (done(rungs_snapshot_from_lockfile(bytes, len, &snapshot, &error), &error)) {
    installed(karafka, snapshot);
    rungs_snapshot_free(snapshot);
  }
}

static void as_documents(const uint8_t *bytes, size_t len, const rungs_snapshot *example) {
  rungs_snapshot *snapshot = NULL;
  rungs_error *error = NULL;
  if (done(rungs_snapshot_from_document(bytes, len, &snapshot, &error), &error)) {
    installed(karafka, snapshot);
    rungs_snapshot_free(snapshot);
  }
  plan(karafka, example, bytes, len);
}

static void as_catalog(const uint8_t *bytes, size_t len, const rungs_snapshot *example) {
  rungs_catalog *catalog = NULL;
  rungs_text *text = NULL;
  rungs_error *error = NULL;
  if (done(rungs_catalog_parse(T("a.toml"), bytes, len, &catalog, &error), &error)) {
    text_is_there(rungs_catalog_document(catalog, &text, &error), &text, &error);
    plan(catalog, example, T("{}"));
    rungs_catalog_free(catalog);
  }
  error = NULL;
  if (done(rungs_catalog_overlay(karafka, T("a.toml"), bytes, len, &catalog, &error), &error)) {
    plan(catalog, example, T("{}"));
    rungs_catalog_free(catalog);
  }
}

/* As the index of a gem that a plan asks for. */
static void as_index(const uint8_t *bytes, size_t len, const rungs_snapshot *example) {
  rungs_index *index = NULL;
  rungs_snapshot *with = NULL;
  rungs_text *text = NULL;
  rungs_error *error = NULL;
  if (!done(rungs_index_new(&index, &error), &error))
    return;
  if (done(rungs_index_add(index, T("ffi"), bytes, len, &error), &error) &&
      done(rungs_snapshot_with_index(example, index, &with, &error), &error)) {
    plan(karafka, with, T("{}"));
    if (done(rungs_index_missing(index, &text, &error), &error))
      rungs_text_free(text);
    rungs_snapshot_free(with);
  }
  rungs_index_free(index);
}

static void as_source(const uint8_t *bytes, size_t len) {
  static const char *const paths[] = {"app/a.rb", "Gemfile", "config/a.yml", "views/a.erb"};
  size_t at;
  for (at = 0; at < sizeof paths / sizeof paths[0]; at++) {
    rungs_text *text = NULL;
    rungs_error *error = NULL;
    text_is_there(rungs_scan_source(karafka, T(paths[at]), bytes, len, &text, &error), &text, &error);
  }
}

static void as_words(const uint8_t *bytes, size_t len, const rungs_snapshot *example) {
  rungs_text *text = NULL;
  rungs_snapshot *with = NULL;
  rungs_error *error = NULL;
  bool yes = false;
  int32_t order = 0;
  uint32_t scheme;
  for (scheme = 1; scheme <= 2; scheme++) {
    error = NULL;
    done(rungs_version_is_valid(scheme, bytes, len, &yes, &error), &error);
    error = NULL;
    done(rungs_version_compare(scheme, bytes, len, T("1.0.0"), &order, &error), &error);
    error = NULL;
    done(rungs_requirement_matches(scheme, bytes, len, T("1.0.0"), &yes, &error), &error);
  }
  error = NULL;
  text_is_there(rungs_why_document(karafka, example, T("{}"), bytes, len, &text, &error), &text, &error);
  error = NULL;
  if (done(rungs_snapshot_with_runtime(example, T("ruby"), bytes, len, &with, &error), &error)) {
    plan(karafka, with, T("{}"));
    rungs_snapshot_free(with);
  }
  error = NULL;
  if (done(rungs_snapshot_with_gemfile(example, bytes, len, &with, &error), &error)) {
    rungs_snapshot_free(with);
  }
}

/* The whole file in a block of exactly its size. */
static uint8_t *read_file(const char *path, size_t *len) {
  FILE *file = fopen(path, "rb");
  uint8_t *bytes;
  long size;
  if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
    fprintf(stderr, "inputs: cannot read %s\n", path);
    exit(1);
  }
  rewind(file);
  *len = (size_t)size;
  bytes = (uint8_t *)malloc(*len == 0 ? 1 : *len);
  if (bytes == NULL || fread(bytes, 1, *len, file) != *len)
    exit(1);
  fclose(file);
  return bytes;
}

int main(int argc, char **argv) {
  rungs_snapshot *example = NULL;
  rungs_error *error = NULL;
  uint8_t *bytes;
  size_t len;
  int at;
  if (argc < 3) {
    fprintf(stderr, "inputs EXAMPLE.lock FILE...\n");
    return 1;
  }
  if (rungs_catalog_karafka(&karafka, &error) != RUNGS_STATUS_OK)
    return 1;
  bytes = read_file(argv[1], &len);
  if (rungs_snapshot_from_lockfile(bytes, len, &example, &error) != RUNGS_STATUS_OK)
    return 1;
  free(bytes);
  for (at = 2; at < argc; at++) {
    bytes = read_file(argv[at], &len);
    as_lockfile(bytes, len);
    as_documents(bytes, len, example);
    as_catalog(bytes, len, example);
    as_index(bytes, len, example);
    as_source(bytes, len);
    as_words(bytes, len, example);
    free(bytes);
  }
  rungs_snapshot_free(example);
  rungs_catalog_free(karafka);
  printf("%d files: %lu answers, %lu errors\n", argc - 2, answers, failures);
  return 0;
}
