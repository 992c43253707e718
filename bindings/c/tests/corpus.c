/* Prints the plan document of a scenario: corpus LOCKFILE RUBY REQUEST NEXT INDEX
 * [OVERLAY]... RUBY and INDEX may be empty. Where NEXT is markdown or html it prints the first step as that, or the plan
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

/* Adds each gem that was asked for, from the folder of an index; the number of gems. */
static int add_missing(rungs_index *index, const char *folder) {
  rungs_text *missing = NULL;
  rungs_error *error = NULL;
  const char *name;
  const char *end;
  int added = 0;
  need(rungs_index_missing(index, &missing, &error), &error);
  name = (const char *)rungs_text_data(missing);
  end = name + rungs_text_len(missing);
  while (name < end) {
    const char *line = (const char *)memchr(name, '\n', (size_t)(end - name));
    size_t name_len = (size_t)(line - name);
    uint8_t *info = NULL;
    size_t info_len = 0;
    char path[1024];
    FILE *file;
    snprintf(path, sizeof path, "%s/info/%.*s", folder, (int)name_len, name);
    file = fopen(path, "rb");
    if (file != NULL) {
      fclose(file);
      info = read_file(path, &info_len);
    }
    need(rungs_index_add(index, (const uint8_t *)name, name_len, info, info_len, &error), &error);
    free(info);
    name = line + 1;
    added++;
  }
  rungs_text_free(missing);
  return added;
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
  rungs_index *index = NULL;
  rungs_plan *plan = NULL;
  rungs_text *text = NULL;
  rungs_error *error = NULL;
  size_t len = 0;
  uint8_t *bytes;
  int i;
  if (argc < 6)
    return 1;
  need(rungs_catalog_karafka(&catalog, &error), &error);
  for (i = 6; i < argc; i++) {
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
  if (argv[5][0] != '\0') {
    rungs_snapshot *with = NULL;
    need(rungs_index_new(&index, &error), &error);
    need(rungs_snapshot_with_index(snapshot, index, &with, &error), &error);
    rungs_snapshot_free(snapshot);
    snapshot = with;
  }
  do {
    rungs_plan_free(plan);
    plan = NULL;
    need(rungs_plan_compute(catalog, snapshot, (const uint8_t *)argv[3], strlen(argv[3]), &plan,
                            &error),
         &error);
  } while (index != NULL && add_missing(index, argv[5]) > 0);
  need(answer(plan, argv[4], &text, &error), &error);
  fwrite(rungs_text_data(text), 1, rungs_text_len(text), stdout);
  rungs_text_free(text);
  rungs_plan_free(plan);
  rungs_index_free(index);
  rungs_snapshot_free(snapshot);
  rungs_catalog_free(catalog);
  return 0;
}
