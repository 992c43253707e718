//go:build !rungs_static

package rungs

// #cgo pkg-config: rungs
import "C"
