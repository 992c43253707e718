/* Why there is no way: Karafka 2.6 on a Ruby that may not move. No file is read; what is installed
 * is told as a document. */
#include <rungs.h>

#include <stdio.h>
#include <string.h>

static const char INSTALLED[] =
    "{\"packages\": {\"karafka\": \"2.3.0\", \"waterdrop\": \"2.6.12\","
    " \"karafka-core\": \"2.3.0\", \"karafka-rdkafka\": \"0.14.8\"},"
    " \"direct\": [\"karafka\"], \"runtimes\": {\"ruby\": \"3.0\"}}";
static const char WISH[] = "{\"to\": [\"karafka=2.6\"], \"ruby_fixed\": true}";

int main(void) {
  rungs_catalog *catalog = NULL;
  rungs_snapshot *snapshot = NULL;
  rungs_plan *plan = NULL;
  rungs_text *report = NULL;
  rungs_error *error = NULL;
  int code = 1;
  if (rungs_catalog_karafka(&catalog, &error) == RUNGS_STATUS_OK &&
      rungs_snapshot_from_document(RUNGS_STRING(INSTALLED), &snapshot,
                                   &error) == RUNGS_STATUS_OK &&
      rungs_plan_compute(catalog, snapshot, RUNGS_STRING(WISH), &plan,
                         &error) == RUNGS_STATUS_OK &&
      rungs_plan_report(plan, RUNGS_FORMAT_TEXT, &report, &error) == RUNGS_STATUS_OK) {
    if (rungs_plan_outcome(plan) == RUNGS_OUTCOME_IMPOSSIBLE)
      code = 0;
    printf("%.*s", (int)rungs_text_len(report), (const char *)rungs_text_data(report));
  } else {
    fprintf(stderr, "why_not: %s\n", rungs_error_message(error));
  }
  rungs_error_free(error);
  rungs_text_free(report);
  rungs_plan_free(plan);
  rungs_snapshot_free(snapshot);
  rungs_catalog_free(catalog);
  return code;
}
