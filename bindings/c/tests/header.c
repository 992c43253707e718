/* The header by itself, and twice. */
#include <rungs.h>
#include <rungs.h>

int main(void) { return (int)RUNGS_STATUS_OK; }
