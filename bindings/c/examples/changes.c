/* What changes in each step, without a JSON parser: changes LOCKFILE [REQUEST]
 * The report RUNGS_FORMAT_ROWS has a line for each fact, its fields parted by tabs. Exits with 0 if there
 * are steps, 3 if there is no way, 2 if something is wrong.
 *
 *   cc changes.c $(pkg-config --cflags --libs rungs) -Wl,-rpath,$(pkg-config --variable=libdir rungs)
 *
 * The last option gives the program the path of librungs when it runs. Without it the folder has to be
 * in LD_LIBRARY_PATH, or known to the system (ldconfig). */
#include <rungs.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Cuts the next field off a row; an empty one at its end. */
static const char *field(char **row) {
  char *start = *row;
  char *tab = strchr(start, '\t');
  if (tab == NULL) {
    *row = start + strlen(start);
  } else {
    *tab = '\0';
    *row = tab + 1;
  }
  return start;
}

static void print_row(char *row) {
  const char *what = field(&row);
  if (strcmp(what, "step") == 0) {
    const char *number = field(&row);
    field(&row); /* packages, runtime or repair */
    printf("step %s: %s\n", number, field(&row));
  } else if (strcmp(what, "change") == 0) {
    const char *package, *from, *to;
    field(&row); /* the number of its step */
    package = field(&row);
    from = field(&row);
    to = field(&row);
    printf("  %s: %s -> %s\n", package, *from ? from : "(none)", *to ? to : "(none)");
  } else if (strcmp(what, "cause") == 0) {
    printf("blocked by: %s\n", field(&row));
  }
  /* Rows that are not known are left out: later versions may have more. */
}

static int print_rows(const rungs_plan *plan, rungs_error **error) {
  static char rows[1 << 20];
  char *row = rows;
  rungs_text *text = NULL;
  size_t len;
  if (rungs_plan_report(plan, RUNGS_FORMAT_ROWS, &text, error) != RUNGS_STATUS_OK) return 2;
  len = rungs_text_len(text);
  if (len >= sizeof rows) {
    fprintf(stderr, "changes: the plan is longer than %lu bytes\n", (unsigned long)sizeof rows);
    rungs_text_free(text);
    return 2;
  }
  memcpy(rows, rungs_text_data(text), len);
  rows[len] = '\0';
  rungs_text_free(text);
  while (*row != '\0') {
    char *end = strchr(row, '\n');
    *end = '\0';
    print_row(row);
    row = end + 1;
  }
  return rungs_plan_outcome(plan) == RUNGS_OUTCOME_IMPOSSIBLE ? 3 : 0;
}

int main(int argc, char **argv) {
  static uint8_t lockfile[4 << 20];
  rungs_catalog *catalog = NULL;
  rungs_snapshot *snapshot = NULL;
  rungs_plan *plan = NULL;
  rungs_error *error = NULL;
  const char *request = argc > 2 ? argv[2] : "";
  FILE *file;
  size_t len;
  int code = 2;
  if (argc < 2) {
    fprintf(stderr, "usage: changes LOCKFILE [REQUEST]\n");
    return 2;
  }
  file = fopen(argv[1], "rb");
  if (file == NULL) {
    fprintf(stderr, "changes: cannot read %s: %s\n", argv[1], strerror(errno));
    return 2;
  }
  len = fread(lockfile, 1, sizeof lockfile, file);
  fclose(file);
  if (rungs_catalog_karafka(&catalog, &error) == RUNGS_STATUS_OK &&
      rungs_snapshot_from_lockfile(lockfile, len, &snapshot, &error) == RUNGS_STATUS_OK &&
      rungs_plan_compute(catalog, snapshot, RUNGS_STRING(request), &plan, &error) ==
          RUNGS_STATUS_OK)
    code = print_rows(plan, &error);
  if (error != NULL) fprintf(stderr, "changes: %s\n", rungs_error_message(error));
  rungs_error_free(error);
  rungs_plan_free(plan);
  rungs_snapshot_free(snapshot);
  rungs_catalog_free(catalog);
  return code;
}
