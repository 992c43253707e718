/* What a plan costs from C, as benches/bindings.rs measures it: bench LOCKFILE. */
#define _POSIX_C_SOURCE 199309L
#include <rungs.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 400
static const char REQUEST[] = "{\"to\":[\"karafka=2.6\"]}";
static rungs_catalog *catalog;
static rungs_snapshot *snapshot;

static rungs_plan *answer(void) {
  rungs_plan *plan = NULL;
  if (rungs_plan_compute(catalog, snapshot, (const uint8_t *)REQUEST, strlen(REQUEST), &plan,
                         NULL) != RUNGS_STATUS_OK ||
      rungs_plan_step_count(plan) != 5)
    exit(1);
  return plan;
}

static void plan_only(void) { rungs_plan_free(answer()); }

static void plan_and_json(void) {
  rungs_plan *plan = answer();
  rungs_text *text = NULL;
  if (rungs_plan_document(plan, &text, NULL) != RUNGS_STATUS_OK || rungs_text_len(text) < 1000)
    exit(1);
  rungs_text_free(text);
  rungs_plan_free(plan);
}

static int by_size(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

static void median(const char *name, void (*work)(void)) {
  static double times[ROUNDS];
  struct timespec start, end;
  int i;
  for (i = 0; i < ROUNDS; i++) {
    clock_gettime(CLOCK_MONOTONIC, &start);
    work();
    clock_gettime(CLOCK_MONOTONIC, &end);
    times[i] = (double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec);
  }
  qsort(times, ROUNDS, sizeof times[0], by_size);
  printf("%s %.0f\n", name, times[ROUNDS / 2]);
}

int main(int argc, char **argv) {
  static uint8_t lockfile[1 << 20];
  FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
  size_t len;
  if (file == NULL)
    return 1;
  len = fread(lockfile, 1, sizeof lockfile, file);
  fclose(file);
  if (rungs_catalog_karafka(&catalog, NULL) != RUNGS_STATUS_OK ||
      rungs_snapshot_from_lockfile(lockfile, len, &snapshot, NULL) != RUNGS_STATUS_OK)
    return 1;
  median("plan", plan_only);
  median("json", plan_and_json);
  rungs_snapshot_free(snapshot);
  rungs_catalog_free(catalog);
  return 0;
}
