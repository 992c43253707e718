package rungs

// The border: every call of C, and nothing else. Each wrapper keeps the handles that it uses alive
// until the call is over; inputs are lent for the call, outputs are copied and ended here.

// #include <rungs.h>
import "C"

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

// abiVersion is the version of the ABI that this file was written for.
const abiVersion = 1

// schemas are the documents that are read here, with their versions.
var schemas = map[string]uint32{"plan": 1, "status": 1, "lint": 1, "why": 1, "actions": 1, "error": 1}

var (
	checked  sync.Once
	checkErr error
)

// check refuses a library that does not fit this package.
func check() error {
	checked.Do(func() {
		if !bool(C.rungs_abi_is_compatible(abiVersion)) {
			checkErr = incompatible(fmt.Sprintf("has ABI %d, expected %d", uint32(C.rungs_abi_version()), abiVersion))
			return
		}
		for name, version := range schemas {
			data, size := lend([]byte(name))
			if found := uint32(C.rungs_schema_version(data, size)); found != version {
				checkErr = incompatible(fmt.Sprintf("writes rungs.%s/%d, expected rungs.%s/%d", name, found, name, version))
				return
			}
		}
	})
	return checkErr
}

func incompatible(why string) error {
	return &Error{Message: "the library is rungs " + Version() + " and " + why, kind: ErrIncompatible, Offset: -1}
}

// lend gives bytes to C for one call; the library keeps nothing.
func lend(bytes []byte) (*C.uint8_t, C.size_t) {
	if len(bytes) == 0 {
		return nil, 0
	}
	return (*C.uint8_t)(unsafe.Pointer(&bytes[0])), C.size_t(len(bytes))
}

// handle is what methods are called on, and what they take.
type handle interface {
	// state is what it is, what returns one, and whether it is there and open.
	state() (name, from string, isNil, isOpen bool)
}

// usable refuses handles that are nil, as a failed call returns them, or closed.
func usable(handles ...handle) error {
	for _, each := range handles {
		name, from, isNil, isOpen := each.state()
		if isNil {
			return missing("the " + name + " is nil: expected one that " + from + " returned without an error")
		}
		if !isOpen {
			return ErrClosed
		}
	}
	return nil
}

// missing is the error for an argument that is nil.
func missing(message string) *Error {
	return &Error{Code: 801, Status: StatusNullArgument, Message: message, Offset: -1, kind: ErrInvalidInput}
}

// take copies a text and ends it.
func take(text *C.rungs_text) []byte {
	defer C.rungs_text_free(text)
	size := C.rungs_text_len(text)
	return C.GoBytes(unsafe.Pointer(C.rungs_text_data(text)), C.int(size))
}

// failure reads an error and ends it.
func failure(status C.rungs_status, failed *C.rungs_error) error {
	defer C.rungs_error_free(failed)
	made := &Error{
		Code:    int(C.rungs_error_code(failed)),
		Status:  Status(status),
		Message: C.GoString(C.rungs_error_message(failed)),
		Line:    int(C.rungs_error_line(failed)),
		Column:  int(C.rungs_error_column(failed)),
		Offset:  -1,
	}
	if help := C.rungs_error_help(failed); help != nil {
		made.Help = C.GoString(help)
	}
	if offset := C.rungs_error_offset(failed); offset != C.SIZE_MAX {
		made.Offset = int(offset)
	}
	var text *C.rungs_text
	if C.rungs_error_document(failed, &text, nil) == C.RUNGS_STATUS_OK {
		made.document = take(text)
	}
	made.kind = kindOf(made.Status, made.Code)
	return made
}

// textOf gives what a call wrote, or why it failed.
func textOf(status C.rungs_status, text *C.rungs_text, failed *C.rungs_error) ([]byte, error) {
	if status != C.RUNGS_STATUS_OK {
		return nil, failure(status, failed)
	}
	return take(text), nil
}

// String is the status in words.
func (status Status) String() string {
	return C.GoString(C.rungs_status_name(C.uint32_t(status)))
}

// Version is the version of the library that runs.
func Version() string {
	return C.GoString(C.rungs_version())
}

// CatalogFormat is the version of the format of catalogs that the library reads.
func CatalogFormat() int {
	return int(C.rungs_catalog_format_version())
}

// Compatible reports whether the library that runs can replace another version of it, by Semantic
// Versioning as Cargo reads it.
func Compatible(version string) (bool, error) {
	var out C.bool
	var failed *C.rungs_error
	data, size := lend([]byte(version))
	if status := C.rungs_version_is_compatible(data, size, &out, &failed); status != C.RUNGS_STATUS_OK {
		return false, failure(status, failed)
	}
	return bool(out), nil
}

// Schema is the JSON Schema (draft 2020-12) of a document, as "plan" or "rungs.plan/1".
func Schema(name string) ([]byte, error) {
	var out *C.rungs_text
	var failed *C.rungs_error
	data, size := lend([]byte(name))
	status := C.rungs_schema(data, size, &out, &failed)
	return textOf(status, out, failed)
}

// Compare orders two versions as their scheme does: -1, 0 or 1.
func Compare(scheme Scheme, a, b string) (int, error) {
	var out C.int32_t
	var failed *C.rungs_error
	first, firstSize := lend([]byte(a))
	second, secondSize := lend([]byte(b))
	status := C.rungs_version_compare(C.uint32_t(scheme), first, firstSize, second, secondSize, &out, &failed)
	if status != C.RUNGS_STATUS_OK {
		return 0, failure(status, failed)
	}
	return int(out), nil
}

// IsValid reports whether a text is a version of the scheme.
func IsValid(scheme Scheme, version string) (bool, error) {
	var out C.bool
	var failed *C.rungs_error
	data, size := lend([]byte(version))
	if status := C.rungs_version_is_valid(C.uint32_t(scheme), data, size, &out, &failed); status != C.RUNGS_STATUS_OK {
		return false, failure(status, failed)
	}
	return bool(out), nil
}

// Matches reports whether a version meets a requirement: comparisons with commas between them, as
// "~> 2.3, >= 2.3.4".
func Matches(scheme Scheme, requirement, version string) (bool, error) {
	var out C.bool
	var failed *C.rungs_error
	wish, wishSize := lend([]byte(requirement))
	data, size := lend([]byte(version))
	status := C.rungs_requirement_matches(C.uint32_t(scheme), wish, wishSize, data, size, &out, &failed)
	if status != C.RUNGS_STATUS_OK {
		return false, failure(status, failed)
	}
	return bool(out), nil
}

// Catalog is packages, releases and the rules between them.
type Catalog struct {
	handle *C.rungs_catalog
}

func (catalog *Catalog) state() (string, string, bool, bool) {
	return "catalog", "Karafka, OpenCatalog or CatalogFor", catalog == nil, catalog != nil && catalog.handle != nil
}

func newCatalog(status C.rungs_status, handle *C.rungs_catalog, failed *C.rungs_error) (*Catalog, error) {
	if status != C.RUNGS_STATUS_OK {
		return nil, failure(status, failed)
	}
	catalog := &Catalog{handle}
	runtime.SetFinalizer(catalog, (*Catalog).Close)
	return catalog, nil
}

// Karafka opens the embedded catalog of the Karafka family; cheap after the first time.
func Karafka() (*Catalog, error) {
	if err := check(); err != nil {
		return nil, err
	}
	var out *C.rungs_catalog
	var failed *C.rungs_error
	status := C.rungs_catalog_karafka(&out, &failed)
	return newCatalog(status, out, failed)
}

// OpenCatalog opens a catalog that ships, by its name, such as karafka or gitlab; or several as one, with
// commas between their names: karafka,rails,kafka. Empty names are skipped: without any it opens what Karafka
// opens.
func OpenCatalog(name string) (*Catalog, error) {
	if err := check(); err != nil {
		return nil, err
	}
	var out *C.rungs_catalog
	var failed *C.rungs_error
	title, titleSize := lend([]byte(name))
	status := C.rungs_catalog_open(title, titleSize, &out, &failed)
	runtime.KeepAlive(name)
	return newCatalog(status, out, failed)
}

func catalogFor(snapshot *Snapshot, request []byte) (*Catalog, error) {
	if err := usable(snapshot); err != nil {
		return nil, err
	}
	var out *C.rungs_catalog
	var failed *C.rungs_error
	data, size := lend(request)
	status := C.rungs_catalog_for(snapshot.handle, data, size, &out, &failed)
	runtime.KeepAlive(snapshot)
	return newCatalog(status, out, failed)
}

// ParseCatalog reads a catalog from its TOML; the name is what messages call it. The error has all
// problems of the text.
func ParseCatalog(name string, toml []byte) (*Catalog, error) {
	if err := check(); err != nil {
		return nil, err
	}
	var out *C.rungs_catalog
	var failed *C.rungs_error
	title, titleSize := lend([]byte(name))
	data, size := lend(toml)
	status := C.rungs_catalog_parse(title, titleSize, data, size, &out, &failed)
	return newCatalog(status, out, failed)
}

// Overlay gives a catalog with the rules of an overlay above those of this one, which stays as it is.
func (catalog *Catalog) Overlay(name string, toml []byte) (*Catalog, error) {
	if err := usable(catalog); err != nil {
		return nil, err
	}
	var out *C.rungs_catalog
	var failed *C.rungs_error
	title, titleSize := lend([]byte(name))
	data, size := lend(toml)
	status := C.rungs_catalog_overlay(catalog.handle, title, titleSize, data, size, &out, &failed)
	runtime.KeepAlive(catalog)
	return newCatalog(status, out, failed)
}

// JSON is the document rungs.catalog/1.
func (catalog *Catalog) JSON() ([]byte, error) {
	if err := usable(catalog); err != nil {
		return nil, err
	}
	var out *C.rungs_text
	var failed *C.rungs_error
	status := C.rungs_catalog_document(catalog.handle, &out, &failed)
	runtime.KeepAlive(catalog)
	return textOf(status, out, failed)
}

// ActionsJSON is all that the guides ask for, as the document rungs.actions/1.
func (catalog *Catalog) ActionsJSON() ([]byte, error) {
	if err := usable(catalog); err != nil {
		return nil, err
	}
	var out *C.rungs_text
	var failed *C.rungs_error
	status := C.rungs_catalog_actions_document(catalog.handle, &out, &failed)
	runtime.KeepAlive(catalog)
	return textOf(status, out, failed)
}

// ScanSource reports where one source text uses what actions of the catalog concern: the document
// rungs.scan/1. The path in its application, as karafka.rb, says what kind of text it is.
func (catalog *Catalog) ScanSource(path string, source []byte) ([]byte, error) {
	if err := usable(catalog); err != nil {
		return nil, err
	}
	var out *C.rungs_text
	var failed *C.rungs_error
	name, nameSize := lend([]byte(path))
	data, size := lend(source)
	status := C.rungs_scan_source(catalog.handle, name, nameSize, data, size, &out, &failed)
	runtime.KeepAlive(catalog)
	return textOf(status, out, failed)
}

// Close ends the catalog; a second time, or on nil, is nothing to do. No other goroutine may use it meanwhile.
func (catalog *Catalog) Close() {
	if catalog == nil {
		return
	}
	C.rungs_catalog_free(catalog.handle)
	catalog.handle = nil
	runtime.SetFinalizer(catalog, nil)
}

// Snapshot is what is installed.
type Snapshot struct {
	handle *C.rungs_snapshot
	index  *Index
}

func (snapshot *Snapshot) state() (string, string, bool, bool) {
	return "snapshot", "ParseLockfile", snapshot == nil, snapshot != nil && snapshot.handle != nil
}

func newSnapshot(status C.rungs_status, handle *C.rungs_snapshot, failed *C.rungs_error) (*Snapshot, error) {
	if status != C.RUNGS_STATUS_OK {
		return nil, failure(status, failed)
	}
	snapshot := &Snapshot{handle: handle}
	runtime.SetFinalizer(snapshot, (*Snapshot).Close)
	return snapshot, nil
}

// ParseLockfile reads what is installed from the bytes of a Gemfile.lock.
func ParseLockfile(lockfile []byte) (*Snapshot, error) {
	if err := check(); err != nil {
		return nil, err
	}
	var out *C.rungs_snapshot
	var failed *C.rungs_error
	data, size := lend(lockfile)
	status := C.rungs_snapshot_from_lockfile(data, size, &out, &failed)
	return newSnapshot(status, out, failed)
}

// snapshotOf reads a document rungs.snapshot-request/1.
func snapshotOf(document []byte) (*Snapshot, error) {
	if err := check(); err != nil {
		return nil, err
	}
	var out *C.rungs_snapshot
	var failed *C.rungs_error
	data, size := lend(document)
	status := C.rungs_snapshot_from_document(data, size, &out, &failed)
	return newSnapshot(status, out, failed)
}

// WithRuntime gives the same snapshot with another runtime, as ("ruby", "3.2").
func (snapshot *Snapshot) WithRuntime(name, version string) (*Snapshot, error) {
	if err := usable(snapshot); err != nil {
		return nil, err
	}
	var out *C.rungs_snapshot
	var failed *C.rungs_error
	title, titleSize := lend([]byte(name))
	data, size := lend([]byte(version))
	status := C.rungs_snapshot_with_runtime(snapshot.handle, title, titleSize, data, size, &out, &failed)
	runtime.KeepAlive(snapshot)
	made, err := newSnapshot(status, out, failed)
	if err == nil {
		made.index = snapshot.index
	}
	return made, err
}

// WithGemfile gives the same snapshot with what the Gemfile beside the lockfile says: the Ruby that it names,
// where the lockfile names none, and for the state what it requires. Plans and reasons take the Gemfile in
// their Request.
func (snapshot *Snapshot) WithGemfile(gemfile []byte) (*Snapshot, error) {
	if err := usable(snapshot); err != nil {
		return nil, err
	}
	var out *C.rungs_snapshot
	var failed *C.rungs_error
	data, size := lend(gemfile)
	status := C.rungs_snapshot_with_gemfile(snapshot.handle, data, size, &out, &failed)
	runtime.KeepAlive(snapshot)
	made, err := newSnapshot(status, out, failed)
	if err == nil {
		made.index = snapshot.index
	}
	return made, err
}

// WithIndex gives the same snapshot with an index: plans, status and reasons take gems outside the
// catalog into account.
func (snapshot *Snapshot) WithIndex(index *Index) (*Snapshot, error) {
	if err := usable(snapshot, index); err != nil {
		return nil, err
	}
	var out *C.rungs_snapshot
	var failed *C.rungs_error
	status := C.rungs_snapshot_with_index(snapshot.handle, index.handle, &out, &failed)
	runtime.KeepAlive(snapshot)
	runtime.KeepAlive(index)
	made, err := newSnapshot(status, out, failed)
	if err == nil {
		made.index = index
	}
	return made, err
}

// incomplete adds what the index was asked for in vain; whether there was something to add, so that
// the answer is to be computed again.
func (snapshot *Snapshot) incomplete() (bool, error) {
	if snapshot.index == nil {
		return false, nil
	}
	return snapshot.index.complete()
}

// Close ends the snapshot; a second time, or on nil, is nothing to do. No other goroutine may use it meanwhile.
func (snapshot *Snapshot) Close() {
	if snapshot == nil {
		return
	}
	C.rungs_snapshot_free(snapshot.handle)
	snapshot.handle = nil
	runtime.SetFinalizer(snapshot, nil)
}

// Index is what a gem server says of gems outside the catalog. Plans from a snapshot with an index
// resolve every state together with these gems. Texts are fetched when a plan reaches a gem, once for
// each gem.
type Index struct {
	handle *C.rungs_index
	fetch  func(name string) ([]byte, error)
	lock   sync.Mutex
}

func (index *Index) state() (string, string, bool, bool) {
	return "index", "NewIndex or OpenIndex", index == nil, index != nil && index.handle != nil
}

// NewIndex makes an index. The function returns the text of info/NAME of the compact index, and nil
// where the server has no such gem; its error ends the computation.
func NewIndex(fetch func(name string) ([]byte, error)) (*Index, error) {
	if fetch == nil {
		return nil, missing("fetch is nil: expected a function that returns the text of info/NAME")
	}
	if err := check(); err != nil {
		return nil, err
	}
	var out *C.rungs_index
	var failed *C.rungs_error
	if status := C.rungs_index_new(&out, &failed); status != C.RUNGS_STATUS_OK {
		return nil, failure(status, failed)
	}
	index := &Index{handle: out, fetch: fetch}
	runtime.SetFinalizer(index, (*Index).Close)
	return index, nil
}

// complete fetches what was asked for in vain; whether there was something.
func (index *Index) complete() (bool, error) {
	index.lock.Lock()
	defer index.lock.Unlock()
	if index.handle == nil {
		return false, nil
	}
	defer runtime.KeepAlive(index)
	var out *C.rungs_text
	var failed *C.rungs_error
	listed := C.rungs_index_missing(index.handle, &out, &failed)
	missing, err := textOf(listed, out, failed)
	if err != nil {
		return false, err
	}
	names := strings.Split(strings.TrimSuffix(string(missing), "\n"), "\n")
	if names[0] == "" {
		return false, nil
	}
	for _, name := range names {
		info, err := index.fetch(name)
		if err != nil {
			return false, err
		}
		title, titleSize := lend([]byte(name))
		data, size := lend(info)
		status := C.rungs_index_add(index.handle, title, titleSize, data, size, &failed)
		if status != C.RUNGS_STATUS_OK {
			return false, failure(status, failed)
		}
	}
	return true, nil
}

// Close ends the index; a second time, or on nil, is nothing to do. Snapshots that use it keep what was fetched.
func (index *Index) Close() {
	if index == nil {
		return
	}
	index.lock.Lock()
	defer index.lock.Unlock()
	C.rungs_index_free(index.handle)
	index.handle = nil
	runtime.SetFinalizer(index, nil)
}

// LockfileJSON is all that was read in a Gemfile.lock, as the document rungs.snapshot/1.
func LockfileJSON(lockfile []byte) ([]byte, error) {
	var out *C.rungs_text
	var failed *C.rungs_error
	data, size := lend(lockfile)
	status := C.rungs_lockfile_document(data, size, &out, &failed)
	return textOf(status, out, failed)
}

// answered computes again until the index of the snapshot has all that is asked for.
func answered(snapshot *Snapshot, compute func() ([]byte, error)) ([]byte, error) {
	for {
		answer, err := compute()
		if err != nil {
			return nil, err
		}
		more, err := snapshot.incomplete()
		if err != nil {
			return nil, err
		}
		if !more {
			return answer, nil
		}
	}
}

// StatusJSON is where an installation is, as the document rungs.status/1. The day, as
// "2026-01-31", is that on which support is judged; empty leaves it open.
func (catalog *Catalog) StatusJSON(snapshot *Snapshot, asOf string) ([]byte, error) {
	if err := usable(catalog, snapshot); err != nil {
		return nil, err
	}
	return answered(snapshot, func() ([]byte, error) {
		var out *C.rungs_text
		var failed *C.rungs_error
		data, size := lend([]byte(asOf))
		status := C.rungs_snapshot_status_document(snapshot.handle, catalog.handle, data, size, &out, &failed)
		runtime.KeepAlive(snapshot)
		runtime.KeepAlive(catalog)
		return textOf(status, out, failed)
	})
}

// StatusReport is the same in words.
func (catalog *Catalog) StatusReport(snapshot *Snapshot, asOf string, format Format) ([]byte, error) {
	if err := usable(catalog, snapshot); err != nil {
		return nil, err
	}
	return answered(snapshot, func() ([]byte, error) {
		var out *C.rungs_text
		var failed *C.rungs_error
		data, size := lend([]byte(asOf))
		status := C.rungs_snapshot_status_report(snapshot.handle, catalog.handle, data, size, C.uint32_t(format), &out, &failed)
		runtime.KeepAlive(snapshot)
		runtime.KeepAlive(catalog)
		return textOf(status, out, failed)
	})
}

// WhyJSON answers a question about one package as the document rungs.why/1; see [Catalog.Why].
func (catalog *Catalog) WhyJSON(snapshot *Snapshot, request Request, question string) ([]byte, error) {
	if err := usable(catalog, snapshot); err != nil {
		return nil, err
	}
	return answered(snapshot, func() ([]byte, error) {
		var out *C.rungs_text
		var failed *C.rungs_error
		wish, wishSize := lend(request.document())
		data, size := lend([]byte(question))
		status := C.rungs_why_document(catalog.handle, snapshot.handle, wish, wishSize, data, size, &out, &failed)
		runtime.KeepAlive(snapshot)
		runtime.KeepAlive(catalog)
		return textOf(status, out, failed)
	})
}

// WhyReport is the same in words.
func (catalog *Catalog) WhyReport(snapshot *Snapshot, request Request, question string, format Format) ([]byte, error) {
	if err := usable(catalog, snapshot); err != nil {
		return nil, err
	}
	return answered(snapshot, func() ([]byte, error) {
		var out *C.rungs_text
		var failed *C.rungs_error
		wish, wishSize := lend(request.document())
		data, size := lend([]byte(question))
		status := C.rungs_why_report(catalog.handle, snapshot.handle, wish, wishSize, data, size, C.uint32_t(format), &out, &failed)
		runtime.KeepAlive(snapshot)
		runtime.KeepAlive(catalog)
		return textOf(status, out, failed)
	})
}

// Plan is the answer to a question; it needs neither catalog nor snapshot to stay.
type Plan struct {
	handle *C.rungs_plan
}

func (plan *Plan) state() (string, string, bool, bool) {
	return "plan", "Catalog.Plan", plan == nil, plan != nil && plan.handle != nil
}

// PlanRequest computes the one best plan for a document rungs.request/1; nil asks for the newest
// lines that can be reached. See [Catalog.Plan].
func (catalog *Catalog) PlanRequest(snapshot *Snapshot, request []byte) (*Plan, error) {
	if err := usable(catalog, snapshot); err != nil {
		return nil, err
	}
	var out *C.rungs_plan
	var failed *C.rungs_error
	data, size := lend(request)
	status := C.rungs_plan_compute(catalog.handle, snapshot.handle, data, size, &out, &failed)
	runtime.KeepAlive(snapshot)
	runtime.KeepAlive(catalog)
	if status != C.RUNGS_STATUS_OK {
		return nil, failure(status, failed)
	}
	plan := &Plan{out}
	runtime.SetFinalizer(plan, (*Plan).Close)
	if more, err := snapshot.incomplete(); more || err != nil {
		plan.Close()
		if err != nil {
			return nil, err
		}
		return catalog.PlanRequest(snapshot, request)
	}
	return plan, nil
}

// Outcome reports how the question ended. It panics with [ErrClosed] after Close, and with another [Error] on nil.
func (plan *Plan) Outcome() Outcome {
	plan.mustBeOpen()
	outcome := C.rungs_plan_outcome(plan.handle)
	runtime.KeepAlive(plan)
	return Outcome(outcome)
}

// Len is the number of steps. It panics with [ErrClosed] after Close, and with another [Error] on nil.
func (plan *Plan) Len() int {
	plan.mustBeOpen()
	count := C.rungs_plan_step_count(plan.handle)
	runtime.KeepAlive(plan)
	return int(count)
}

// mustBeOpen is for calls that return no error: a wrong answer would be worse than none.
func (plan *Plan) mustBeOpen() {
	if err := usable(plan); err != nil {
		panic(err)
	}
}

// JSON is the document rungs.plan/1, byte for byte what `rungs plan --format json` prints.
func (plan *Plan) JSON() ([]byte, error) {
	if err := usable(plan); err != nil {
		return nil, err
	}
	var out *C.rungs_text
	var failed *C.rungs_error
	status := C.rungs_plan_document(plan.handle, &out, &failed)
	runtime.KeepAlive(plan)
	return textOf(status, out, failed)
}

// Report is the plan in words.
func (plan *Plan) Report(format Format) ([]byte, error) {
	if err := usable(plan); err != nil {
		return nil, err
	}
	var out *C.rungs_text
	var failed *C.rungs_error
	status := C.rungs_plan_report(plan.handle, C.uint32_t(format), &out, &failed)
	runtime.KeepAlive(plan)
	return textOf(status, out, failed)
}

// StepJSON is one step, from 0, as written in the document; [ErrOutOfRange] beyond the last.
func (plan *Plan) StepJSON(index int) ([]byte, error) {
	if err := usable(plan); err != nil {
		return nil, err
	}
	if index < 0 {
		return nil, plan.without(index)
	}
	var out *C.rungs_text
	var failed *C.rungs_error
	status := C.rungs_plan_step_document(plan.handle, C.size_t(index), &out, &failed)
	runtime.KeepAlive(plan)
	return textOf(status, out, failed)
}

// without is the error of the library for a step beyond the last; it takes no number below 0.
func (plan *Plan) without(index int) error {
	message := fmt.Sprintf("no step %d: the plan has %d", index, plan.Len())
	return &Error{Code: 802, Status: StatusOutOfRange, Message: message, Offset: -1, kind: ErrOutOfRange}
}

// StepReport is one step, from 0, in words, or as a page; [ErrOutOfRange] beyond the last. As
// [FormatMarkdown] and [FormatHTML] step 0 is what `rungs next` prints.
func (plan *Plan) StepReport(index int, format Format) ([]byte, error) {
	if err := usable(plan); err != nil {
		return nil, err
	}
	if index < 0 {
		return nil, plan.without(index)
	}
	var out *C.rungs_text
	var failed *C.rungs_error
	status := C.rungs_plan_step_report(plan.handle, C.size_t(index), C.uint32_t(format), &out, &failed)
	runtime.KeepAlive(plan)
	return textOf(status, out, failed)
}

// Close ends the plan; a second time, or on nil, is nothing to do. No other goroutine may use it meanwhile.
func (plan *Plan) Close() {
	if plan == nil {
		return
	}
	C.rungs_plan_free(plan.handle)
	plan.handle = nil
	runtime.SetFinalizer(plan, nil)
}

// Lint is what is wrong with a change of a lockfile.
type Lint struct {
	handle *C.rungs_lint
}

func (lint *Lint) state() (string, string, bool, bool) {
	return "lint", "Catalog.Lint", lint == nil, lint != nil && lint.handle != nil
}

// Lint judges a change. Of the request count To, Pins, Accept, AsOf, MinAge and Policy.
func (catalog *Catalog) Lint(before, after *Snapshot, request Request) (*Lint, error) {
	if err := usable(catalog, before, after); err != nil {
		return nil, err
	}
	var out *C.rungs_lint
	var failed *C.rungs_error
	data, size := lend(request.document())
	status := C.rungs_lint_compute(catalog.handle, before.handle, after.handle, data, size, &out, &failed)
	runtime.KeepAlive(after)
	runtime.KeepAlive(before)
	runtime.KeepAlive(catalog)
	if status != C.RUNGS_STATUS_OK {
		return nil, failure(status, failed)
	}
	lint := &Lint{out}
	runtime.SetFinalizer(lint, (*Lint).Close)
	return lint, nil
}

// Verdict reports what is to be done, where findings of this severity and worse refuse. It panics with
// [ErrClosed] after Close, and with another [Error] on nil.
func (lint *Lint) Verdict(severity Severity) Verdict {
	lint.mustBeOpen()
	verdict := C.rungs_lint_verdict(lint.handle, C.uint32_t(severity))
	runtime.KeepAlive(lint)
	return Verdict(verdict)
}

// Count is the number of findings of one severity. It panics with [ErrClosed] after Close, and with another
// [Error] on nil.
func (lint *Lint) Count(severity Severity) int {
	lint.mustBeOpen()
	count := C.rungs_lint_count(lint.handle, C.uint32_t(severity))
	runtime.KeepAlive(lint)
	return int(count)
}

// mustBeOpen is for calls that return no error: a wrong answer would be worse than none.
func (lint *Lint) mustBeOpen() {
	if err := usable(lint); err != nil {
		panic(err)
	}
}

// JSON is the document rungs.lint/1; the file is the name of the new lockfile as it is to be shown.
func (lint *Lint) JSON(file string) ([]byte, error) {
	if err := usable(lint); err != nil {
		return nil, err
	}
	var out *C.rungs_text
	var failed *C.rungs_error
	data, size := lend([]byte(file))
	status := C.rungs_lint_document(lint.handle, data, size, &out, &failed)
	runtime.KeepAlive(lint)
	return textOf(status, out, failed)
}

// Report is the findings in words, as SARIF or as annotations of GitHub.
func (lint *Lint) Report(file string, format Format) ([]byte, error) {
	if err := usable(lint); err != nil {
		return nil, err
	}
	var out *C.rungs_text
	var failed *C.rungs_error
	data, size := lend([]byte(file))
	status := C.rungs_lint_report(lint.handle, data, size, C.uint32_t(format), &out, &failed)
	runtime.KeepAlive(lint)
	return textOf(status, out, failed)
}

// Close ends the lint; a second time, or on nil, is nothing to do. No other goroutine may use it meanwhile.
func (lint *Lint) Close() {
	if lint == nil {
		return
	}
	C.rungs_lint_free(lint.handle)
	lint.handle = nil
	runtime.SetFinalizer(lint, nil)
}
