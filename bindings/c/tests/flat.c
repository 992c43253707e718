/* Memory after many plans: flat LOCKFILE PLANS. Prints the resident memory in KiB after a tenth of them
 * and after all, and fails where it grew by more than 1 MiB in between. */
#include <rungs.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_KIB 1024

static const char REQUEST[] = "{\"to\":[\"karafka=2.6\"]}";

static long resident_kib(void) {
  FILE *file = fopen("/proc/self/statm", "r");
  long size, resident;
  if (file == NULL || fscanf(file, "%ld %ld", &size, &resident) != 2)
    exit(1);
  fclose(file);
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* One plan with its document, from a lockfile that is read anew. */
static void plan(const rungs_catalog *catalog, const uint8_t *lockfile, size_t len) {
  rungs_snapshot *snapshot = NULL;
  rungs_plan *plan = NULL;
  rungs_text *text = NULL;
  if (rungs_snapshot_from_lockfile(lockfile, len, &snapshot, NULL) != RUNGS_STATUS_OK ||
      rungs_plan_compute(catalog, snapshot, (const uint8_t *)REQUEST, strlen(REQUEST), &plan, NULL) !=
          RUNGS_STATUS_OK ||
      rungs_plan_step_count(plan) != 5 ||
      rungs_plan_document(plan, &text, NULL) != RUNGS_STATUS_OK || rungs_text_len(text) < 1000)
    exit(1);
  rungs_text_free(text);
  rungs_plan_free(plan);
  rungs_snapshot_free(snapshot);
}

int main(int argc, char **argv) {
  static uint8_t lockfile[1 << 20];
  rungs_catalog *catalog = NULL;
  FILE *file = argc > 2 ? fopen(argv[1], "rb") : NULL;
  long plans = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
  long at, early = 0, late;
  size_t len;
  if (file == NULL || plans < 10)
    return 1;
  len = fread(lockfile, 1, sizeof lockfile, file);
  fclose(file);
  if (rungs_catalog_karafka(&catalog, NULL) != RUNGS_STATUS_OK)
    return 1;
  for (at = 1; at <= plans; at++) {
    plan(catalog, lockfile, len);
    if (at == plans / 10)
      early = resident_kib();
  }
  late = resident_kib();
  rungs_catalog_free(catalog);
  printf("%ld plans: %ld KiB, %ld plans: %ld KiB\n", plans / 10, early, plans, late);
  return late - early > MOST_KIB;
}
