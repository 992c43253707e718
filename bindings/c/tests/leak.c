/* Leaks an error on purpose: a sanitiser that stays silent here would prove nothing elsewhere. */
#include <rungs.h>

#include <stddef.h>

int main(void) {
  rungs_error *error = NULL;
  if (rungs_catalog_karafka(NULL, &error) == RUNGS_STATUS_OK)
    return 0;
  error = NULL;
  return 0;
}
