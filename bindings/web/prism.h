// Read before each file of Ruby's parser where it is compiled for WebAssembly (scripts/build-web): nothing is
// written to the standard error, what would abort a process ends the instance, and the values of floats, which
// nobody asks for, are not computed.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Printing into texts names the stream of errors, and with it would come calls to WASI.
__attribute__((weak)) char __stderr_FILE[256];

#define fprintf(...) ((void) 0)
#define perror(text) ((void) 0)
#undef stderr
#define stderr NULL
#define abort() __builtin_trap()
#define strtod(text, end) (*(end) = (text) + strlen(text), 0.0)
