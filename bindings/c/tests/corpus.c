/* Prints the plan document of a scenario: corpus LOCKFILE RUBY REQUEST NEXT [OVERLAY]...
 * RUBY may be empty. Where NEXT is markdown or html it prints the first step as that, or the plan
 * where there is none. The test tests/cli/scenarios.rs compares the bytes with those of `rungs plan`
 * and `rungs next`. */
#include <rungs.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t *read_file(const char *path, size_t *len) {
  FILE *file = fopen(path, "rb");
  uint8_t *bytes = (uint8_t *)malloc(4 << 20);
  if (file == NULL || bytes == NULL) {
    fprintf(stderr, "corpus: cannot read %s\n", path);
    exit(1);
  }
  *len = fread(bytes, 1, 4 << 20, file);
  fclose(file);
  return bytes;
}

/* The document of a refused call goes to standard output, as the program does. The error comes by
 * its address: arguments are evaluated in any order. */
static void need(rungs_status status, rungs_error *const *error) {
  rungs_text *text = NULL;
  if (status == RUNGS_STATUS_OK)
    return;
  rungs_error_document(*error, &text, NULL);
  fwrite(rungs_text_data(text), 1, rungs_text_len(text), stdout);
  exit(2);
}

static rungs_status answer(const rungs_plan *plan, const char *next, rungs_text **text,
                           rungs_error **error) {
  uint32_t format = strcmp(next, "html") == 0 ? RUNGS_FORMAT_HTML : RUNGS_FORMAT_MARKDOWN;
  if (next[0] == '\0')
    return rungs_plan_document(plan, text, error);
  if (rungs_plan_step_count(plan) == 0)
    return rungs_plan_report(plan, format, text, error);
  return rungs_plan_step_report(plan, 0, format, text, error);
}

int main(int argc, char **argv) {
  rungs_catalog *catalog = NULL;
  rungs_snapshot *snapshot = NULL;
  rungs_plan *plan = NULL;
  rungs_text *text = NULL;
  rungs_error *error = NULL;
  size_t len = 0;
  uint8_t *bytes;
  int i;
  if (argc < 5)
    return 1;
  need(rungs_catalog_karafka(&catalog, &error), &error);
  for (i = 5; i < argc; i++) {
    rungs_catalog *above = NULL;
    bytes = read_file(argv[i], &len);
    need(rungs_catalog_overlay(catalog, (const uint8_t *)argv[i], strlen(argv[i]), bytes, len,
                               &above, &error),
         &error);
    free(bytes);
    rungs_catalog_free(catalog);
    catalog = above;
  }
  bytes = read_file(argv[1], &len);
  need(rungs_snapshot_from_lockfile(bytes, len, &snapshot, &error), &error);
  free(bytes);
  if (argv[2][0] != '\0') {
    rungs_snapshot *told = NULL;
    need(rungs_snapshot_with_runtime(snapshot, (const uint8_t *)"ruby", 4,
                                     (const uint8_t *)argv[2], strlen(argv[2]), &told, &error),
         &error);
    rungs_snapshot_free(snapshot);
    snapshot = told;
  }
  need(rungs_plan_compute(catalog, snapshot, (const uint8_t *)argv[3], strlen(argv[3]), &plan,
                          &error),
       &error);
  need(answer(plan, argv[4], &text, &error), &error);
  fwrite(rungs_text_data(text), 1, rungs_text_len(text), stdout);
  rungs_text_free(text);
  rungs_plan_free(plan);
  rungs_snapshot_free(snapshot);
  rungs_catalog_free(catalog);
  return 0;
}
