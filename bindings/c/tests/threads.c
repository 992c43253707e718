/* Many threads, one catalog and one snapshot: every plan has the same bytes. */
#include <rungs.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 8

static int rounds = 20;
static rungs_catalog *catalog = NULL;
static rungs_snapshot *snapshot = NULL;
static rungs_text *wanted = NULL;

static rungs_text *document(void) {
  rungs_plan *plan = NULL;
  rungs_text *text = NULL;
  if (rungs_plan_compute(catalog, snapshot, NULL, 0, &plan, NULL) != RUNGS_STATUS_OK ||
      rungs_plan_document(plan, &text, NULL) != RUNGS_STATUS_OK)
    abort();
  rungs_plan_free(plan);
  return text;
}

static void *work(void *wrong) {
  int round;
  for (round = 0; round < rounds; round++) {
    rungs_catalog *own = NULL;
    rungs_text *text = document();
    if (rungs_text_len(text) != rungs_text_len(wanted) ||
        memcmp(rungs_text_data(text), rungs_text_data(wanted), rungs_text_len(text)) != 0)
      *(int *)wrong += 1;
    rungs_text_free(text);
    /* Opening and ending the embedded catalog touches what the others read. */
    if (rungs_catalog_karafka(&own, NULL) != RUNGS_STATUS_OK)
      abort();
    rungs_catalog_free(own);
  }
  return NULL;
}

int main(int argc, char **argv) {
  static uint8_t lockfile[1 << 20];
  pthread_t threads[THREADS];
  int wrong[THREADS] = {0}, sum = 0, i;
  FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
  size_t len = file == NULL ? 0 : fread(lockfile, 1, sizeof lockfile, file);
  if (argc > 2)
    rounds = atoi(argv[2]);
  if (file != NULL)
    fclose(file);
  if (rungs_catalog_karafka(&catalog, NULL) != RUNGS_STATUS_OK ||
      rungs_snapshot_from_lockfile(lockfile, len, &snapshot, NULL) != RUNGS_STATUS_OK)
    return 1;
  wanted = document();
  for (i = 0; i < THREADS; i++)
    if (pthread_create(&threads[i], NULL, work, &wrong[i]) != 0)
      return 1;
  for (i = 0; i < THREADS; i++) {
    pthread_join(threads[i], NULL);
    sum += wrong[i];
  }
  rungs_text_free(wanted);
  rungs_snapshot_free(snapshot);
  rungs_catalog_free(catalog);
  printf("%d threads, %d plans, %d differ\n", THREADS, THREADS * rounds, sum);
  return sum == 0 ? 0 : 1;
}
