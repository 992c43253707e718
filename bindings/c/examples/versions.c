/* Versions as RubyGems orders them, and a requirement. */
#include <rungs.h>

#include <stdio.h>

int main(void) {
  int32_t order = 0;
  bool meets = false;
  rungs_error *error = NULL;
  if (!rungs_abi_is_compatible(RUNGS_ABI_VERSION)) {
    fprintf(stderr, "versions: built for another librungs, this is %s\n", rungs_version());
    return 1;
  }
  if (rungs_version_compare(RUNGS_SCHEME_RUBYGEMS, RUNGS_LITERAL("2.10.0"), RUNGS_LITERAL("2.9.0.rc1"), &order,
                            &error) != RUNGS_STATUS_OK ||
      rungs_requirement_matches(RUNGS_SCHEME_RUBYGEMS, RUNGS_LITERAL("~> 2.9, != 2.10.0"), RUNGS_LITERAL("2.10.3"),
                                &meets, &error) != RUNGS_STATUS_OK) {
    fprintf(stderr, "versions: %s\n", rungs_error_message(error));
    rungs_error_free(error);
    return 1;
  }
  printf("2.10.0 is %s than 2.9.0.rc1\n", order > 0 ? "newer" : "not newer");
  printf("2.10.3 %s ~> 2.9, != 2.10.0\n", meets ? "meets" : "does not meet");
  return 0;
}
