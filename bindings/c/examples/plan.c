/* Prints the plan for a lockfile: plan LOCKFILE [REQUEST], as
 *   plan Gemfile.lock '{"to": ["karafka=2.6"]}'
 * Exits as `rungs plan` does: 0 planned, 2 wrong input, 3 no way, 4 unknown, 5 gave up. */
#include <rungs.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int complain(rungs_error *error) {
  fprintf(stderr, "plan: %s\n", rungs_error_message(error));
  if (rungs_error_help(error) != NULL)
    fprintf(stderr, "  %s\n", rungs_error_help(error));
  rungs_error_free(error);
  return 2;
}

static int print_plan(const rungs_plan *plan) {
  rungs_text *text = NULL;
  rungs_error *error = NULL;
  if (rungs_plan_report(plan, RUNGS_FORMAT_TEXT, &text, &error) != RUNGS_STATUS_OK)
    return complain(error);
  fwrite(rungs_text_data(text), 1, rungs_text_len(text), stdout);
  rungs_text_free(text);
  switch (rungs_plan_outcome(plan)) {
    case RUNGS_OUTCOME_PLANNED:
    case RUNGS_OUTCOME_ALREADY_THERE:
      return 0;
    case RUNGS_OUTCOME_IMPOSSIBLE:
      return 3;
    case RUNGS_OUTCOME_UNKNOWN:
      return 4;
    default:
      return 5;
  }
}

static int run(const uint8_t *lockfile, size_t len, const char *request) {
  rungs_catalog *catalog = NULL;
  rungs_snapshot *snapshot = NULL;
  rungs_plan *plan = NULL;
  rungs_error *error = NULL;
  int code;
  if (rungs_catalog_karafka(&catalog, &error) == RUNGS_STATUS_OK &&
      rungs_snapshot_from_lockfile(lockfile, len, &snapshot, &error) == RUNGS_STATUS_OK &&
      rungs_plan_compute(catalog, snapshot, RUNGS_STRING(request), &plan,
                         &error) == RUNGS_STATUS_OK)
    code = print_plan(plan);
  else
    code = complain(error);
  rungs_plan_free(plan);
  rungs_snapshot_free(snapshot);
  rungs_catalog_free(catalog);
  return code;
}

int main(int argc, char **argv) {
  static uint8_t lockfile[4 << 20];
  FILE *file;
  size_t len;
  if (argc < 2) {
    fprintf(stderr, "usage: plan LOCKFILE [REQUEST]\n");
    return 2;
  }
  file = fopen(argv[1], "rb");
  if (file == NULL) {
    fprintf(stderr, "plan: cannot read %s: %s\n", argv[1], strerror(errno));
    return 2;
  }
  len = fread(lockfile, 1, sizeof lockfile, file);
  if (ferror(file) || len == sizeof lockfile) {
    fprintf(stderr, "plan: cannot read all of %s\n", argv[1]);
    fclose(file);
    return 2;
  }
  fclose(file);
  return run(lockfile, len, argc > 2 ? argv[2] : "");
}
