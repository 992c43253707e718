/* Is a change of a lockfile a step that the rules allow? lint BEFORE AFTER [REQUEST]
 * Exits as `rungs lint` does: 0 allowed, 1 refused, 2 wrong input, 4 unknown. */
#include <rungs.h>

#include <stdio.h>
#include <string.h>

static rungs_snapshot *installed(const char *path) {
  static uint8_t lockfile[4 << 20];
  rungs_snapshot *snapshot = NULL;
  rungs_error *error = NULL;
  FILE *file = fopen(path, "rb");
  size_t len;
  if (file == NULL) {
    fprintf(stderr, "lint: cannot read %s\n", path);
    return NULL;
  }
  len = fread(lockfile, 1, sizeof lockfile, file);
  fclose(file);
  if (rungs_snapshot_from_lockfile(lockfile, len, &snapshot, &error) != RUNGS_STATUS_OK) {
    fprintf(stderr, "lint: %s: %s\n", path, rungs_error_message(error));
    rungs_error_free(error);
  }
  return snapshot;
}

int main(int argc, char **argv) {
  rungs_catalog *catalog = NULL;
  rungs_snapshot *before, *after;
  rungs_lint *lint = NULL;
  rungs_text *report = NULL;
  rungs_error *error = NULL;
  const char *request = argc > 3 ? argv[3] : "";
  int code = 2;
  if (argc < 3) {
    fprintf(stderr, "usage: lint BEFORE AFTER [REQUEST]\n");
    return 2;
  }
  before = installed(argv[1]);
  after = installed(argv[2]);
  if (before == NULL || after == NULL) {
    /* It is said already. */
  } else if (rungs_catalog_karafka(&catalog, &error) == RUNGS_STATUS_OK &&
             rungs_lint_compute(catalog, before, after, RUNGS_STRING(request),
                                &lint, &error) == RUNGS_STATUS_OK &&
             rungs_lint_report(lint, RUNGS_STRING(argv[2]), RUNGS_FORMAT_TEXT,
                               &report, &error) == RUNGS_STATUS_OK) {
    fwrite(rungs_text_data(report), 1, rungs_text_len(report), stdout);
    switch (rungs_lint_verdict(lint, RUNGS_SEVERITY_ERROR)) {
      case RUNGS_VERDICT_ALLOWED:
        code = 0;
        break;
      case RUNGS_VERDICT_REFUSED:
        code = 1;
        break;
      default:
        code = 4;
    }
  } else {
    fprintf(stderr, "lint: %s\n", rungs_error_message(error));
  }
  rungs_error_free(error);
  rungs_text_free(report);
  rungs_lint_free(lint);
  rungs_snapshot_free(after);
  rungs_snapshot_free(before);
  rungs_catalog_free(catalog);
  return code;
}
