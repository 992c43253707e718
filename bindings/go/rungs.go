package rungs

import "encoding/json"

// Request is what to plan, as rungs.request/1; the zero value asks for the newest lines that can be
// reached.
type Request struct {
	Catalogs    []string `json:"catalogs,omitempty"`     // karafka, rails, kafka: those that CatalogFor opens
	To          []string `json:"to,omitempty"`           // karafka=2.6, karafka=2.6.0, karafka=>= 2.5, karafka=latest
	Pins        []string `json:"pins,omitempty"`         // waterdrop=< 2.9: nothing moves to a version outside
	RubyFixed   bool     `json:"ruby_fixed,omitempty"`   // keeps the installed Ruby
	RubyTo      string   `json:"ruby_to,omitempty"`      // upgrades Ruby to this line or version
	KeepGemfile bool     `json:"keep_gemfile,omitempty"` // what the Gemfile requires is an obstacle
	Accept      []string `json:"accept,omitempty"`       // rules marked should that need not hold
	AsOf        string   `json:"as_of,omitempty"`        // 2026-01-31: only releases up to this day
	MinAge      uint32   `json:"min_age,omitempty"`      // days that a release must be old on that day
	Policy      string   `json:"policy,omitempty"`       // the text of a rungs.toml
	Gemfile     string   `json:"gemfile,omitempty"`      // the text of the Gemfile beside the lockfile
	Drop        []string `json:"drop,omitempty"`         // gems outside the catalog that leave where they would hold

	Runtimes      map[string]string `json:"runtimes,omitempty"`       // java: 17; whatever the snapshot says
	RuntimesFixed []string          `json:"runtimes_fixed,omitempty"` // runtimes that stay where they are
	Within        []string          `json:"within,omitempty"`         // only releases with one of these marks
	Prereleases   bool              `json:"prereleases,omitempty"`    // prereleases may be entered

	Properties map[string]bool `json:"properties,omitempty"` // what a lockfile cannot show: kerberos: false
}

// document writes the request; texts and numbers always marshal.
func (request Request) document() []byte {
	document, _ := json.Marshal(request)
	return document
}

// Installed is what is installed, as rungs.snapshot-request/1.
type Installed struct {
	Scheme   string            `json:"scheme,omitempty"` // rubygems, semver; empty is that of the catalog
	Packages map[string]string `json:"packages,omitempty"`
	Direct   []string          `json:"direct,omitempty"`   // those that the Gemfile names; empty means all
	Runtimes map[string]string `json:"runtimes,omitempty"` // ruby: 3.2
}

// Snapshot makes a snapshot from versions that you know.
func (installed Installed) Snapshot() (*Snapshot, error) {
	document, err := json.Marshal(installed)
	if err != nil {
		return nil, err
	}
	return snapshotOf(document)
}

// Plan computes the one best plan. That there is none is no error: look at [Plan.Outcome].
func (catalog *Catalog) Plan(snapshot *Snapshot, request Request) (*Plan, error) {
	return catalog.PlanRequest(snapshot, request.document())
}

// PlanLockfile plans for the bytes of a Gemfile.lock with the catalogs that CatalogFor opens.
func PlanLockfile(lockfile []byte, request Request) (*Plan, error) {
	snapshot, err := ParseLockfile(lockfile)
	if err != nil {
		return nil, err
	}
	defer snapshot.Close()
	catalog, err := CatalogFor(snapshot, request)
	if err != nil {
		return nil, err
	}
	defer catalog.Close()
	return catalog.Plan(snapshot, request)
}

// CatalogFor opens the catalogs that a question is about: those that the request names, else those that what
// is installed and what it asks for show: the Karafka family, Rails, Kafka.
func CatalogFor(snapshot *Snapshot, request Request) (*Catalog, error) {
	return catalogFor(snapshot, request.document())
}

// Actions is all that the guides ask for, as values; Applies is empty there.
func (catalog *Catalog) Actions() ([]Action, error) {
	document, err := read[struct {
		Actions []Action `json:"actions"`
	}](catalog.ActionsJSON())
	if err != nil {
		return nil, err
	}
	return document.Actions, nil
}

// Document is the plan as values.
func (plan *Plan) Document() (*PlanDocument, error) {
	return read[PlanDocument](plan.JSON())
}

// Steps is the steps as values.
func (plan *Plan) Steps() ([]Step, error) {
	document, err := plan.Document()
	if err != nil {
		return nil, err
	}
	return document.Steps, nil
}

// Status reports the state of an installation: what its lines offer, their support, what is wrong. The
// day, as "2026-01-31", is that on which support is judged; empty leaves it open.
func (catalog *Catalog) Status(snapshot *Snapshot, asOf string) (*StatusDocument, error) {
	return read[StatusDocument](catalog.StatusJSON(snapshot, asOf))
}

// Why explains why a package is where it is along the plan of the request ("waterdrop"), or why it
// cannot be elsewhere ("karafka@2.5", "karafka@2.5.1").
func (catalog *Catalog) Why(snapshot *Snapshot, request Request, question string) (*WhyDocument, error) {
	return read[WhyDocument](catalog.WhyJSON(snapshot, request, question))
}

// Document is the findings as values; the file is the name of the new lockfile as it is to be shown.
func (lint *Lint) Document(file string) (*LintDocument, error) {
	return read[LintDocument](lint.JSON(file))
}

// read reads a document; members that are not known are left out.
func read[T any](document []byte, err error) (*T, error) {
	if err != nil {
		return nil, err
	}
	var value T
	if err := json.Unmarshal(document, &value); err != nil {
		return nil, err
	}
	return &value, nil
}
