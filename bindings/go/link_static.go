//go:build rungs_static

package rungs

// #cgo CFLAGS: -I${SRCDIR}/lib
// #cgo LDFLAGS: ${SRCDIR}/lib/librungs.a
// #cgo linux LDFLAGS: -lgcc_s -lutil -lrt -lpthread -lm -ldl -lc
// #cgo linux LDFLAGS: -Wl,-z,noexecstack
import "C"
