/* The panic of an export that only tests have: a status, an error with its words, no abort. */
#include <rungs.h>

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
extern "C"
#endif
rungs_status rungs_test_panic(rungs_error **error);

int main(void) {
  rungs_error *error = NULL;
  int held = rungs_test_panic(&error) == RUNGS_STATUS_PANIC && rungs_error_code(error) == 803 &&
             strcmp(rungs_error_message(error),
                    "a bug in rungs, please report it: on purpose") == 0 &&
             rungs_test_panic(NULL) == RUNGS_STATUS_PANIC;
  rungs_error_free(error);
  puts(held ? "held" : "not held");
  return held ? 0 : 1;
}
