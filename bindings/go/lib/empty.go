// Package lib has the static archive and its header for the build tag rungs_static, put there by
// make -C bindings/c go. The file exists so that vendoring keeps the folder.
package lib
