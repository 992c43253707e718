// Package rungs computes upgrade paths: the shortest sequence of deployable steps, every one exact
// and jointly resolvable. It knows the Karafka family of Ruby gems and takes other catalogs.
//
// A question without an answer is no error: look at [Plan.Outcome]. Handles (Catalog, Snapshot,
// Plan, Lint) never change, so any number of goroutines may use one; end each with Close, which may
// be called twice. A finaliser ends what was forgotten, at some time. The library reads no file,
// clock or environment, and starts no thread.
//
// The library is found with pkg-config, or linked as a static archive with -tags rungs_static.
package rungs

// ModuleVersion is the version of the library that this package was written for.
const ModuleVersion = "0.1.0"
