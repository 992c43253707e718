package rungs

import "encoding/json"

// CatalogID tells which catalog answered, and up to which day it knows the world.
type CatalogID struct {
	Name    string `json:"name"`
	Horizon string `json:"horizon"`
	Digest  string `json:"digest"`
}

// State is one version for each package and runtime; for a runtime that is not known the
// requirement to meet.
type State struct {
	Packages map[string]string `json:"packages"`
	Runtimes map[string]string `json:"runtimes"`
}

// PlanDocument is rungs.plan/1. Members that this version does not know are left out; they are in
// [Plan.JSON].
type PlanDocument struct {
	Schema   string            `json:"schema"`
	Outcome  string            `json:"outcome"`
	Catalog  CatalogID         `json:"catalog"`
	Start    State             `json:"start"`
	Target   map[string]string `json:"target"`
	Steps    []Step            `json:"steps"`
	Minimal  *Minimal          `json:"minimal"` // the proof that no plan is shorter
	Causes   []Cause           `json:"causes"`  // why there is no plan
	Fixes    []Fix             `json:"fixes"`   // changes that each give one
	Reached  map[string]string `json:"reached"` // how far one gets without any
	Warnings []string          `json:"warnings"`
}

// Step is a change that is deployed as a unit; Kind is packages or runtime.
type Step struct {
	Number     int               `json:"number"`
	Kind       string            `json:"kind"`
	Changes    []Change          `json:"changes"`
	Stays      []Stay            `json:"stays"`
	State      State             `json:"state"`
	Gemfile    []GemfileLine     `json:"gemfile"`
	Command    string            `json:"command"`
	Actions    []Action          `json:"actions"`
	Rollout    json.RawMessage   `json:"rollout"`
	Guides     []json.RawMessage `json:"guides"`
	Changelogs []json.RawMessage `json:"changelogs"`
	Support    []json.RawMessage `json:"support"`
}

// Change is what moves: Kind is line, patch, joined, left or runtime. From is empty for what joins,
// To for what leaves.
type Change struct {
	Package string `json:"package"`
	From    string `json:"from"`
	To      string `json:"to"`
	Kind    string `json:"kind"`
	Because string `json:"because"`
}

// Stay is what does not move, and why.
type Stay struct {
	Package string `json:"package"`
	Version string `json:"version"`
	Because string `json:"because"`
}

// GemfileLine is a line of the Gemfile for a step; a temporary one goes again afterwards.
type GemfileLine struct {
	Gem         string `json:"gem"`
	Requirement string `json:"requirement"`
	Temporary   bool   `json:"temporary"`
}

// Action is something to do in a step; Applies is yes, no or unknown.
type Action struct {
	ID        string `json:"id"`
	Phase     string `json:"phase"`
	Component string `json:"component"`
	Text      string `json:"text"`
	Applies   string `json:"applies"`
}

// Minimal is the proof that no plan is shorter.
type Minimal struct {
	Steps          int    `json:"steps"`
	LowerBound     int    `json:"lower_bound"`
	Because        string `json:"because"`
	StatesExpanded int    `json:"states_expanded"`
}

// Cause is a minimal set of constraints that together leave no way.
type Cause struct {
	Constraints []Constraint `json:"constraints"`
}

// Constraint is one of them.
type Constraint struct {
	Kind        string `json:"kind"`
	Rule        string `json:"rule"`
	Package     string `json:"package"`
	Requirement string `json:"requirement"`
	Text        string `json:"text"`
}

// Fix is a change that gives a plan of so many steps, verified by planning again.
type Fix struct {
	Kind  string `json:"kind"`
	To    string `json:"to"`
	Text  string `json:"text"`
	Steps int    `json:"steps"`
}

// StatusDocument is rungs.status/1.
type StatusDocument struct {
	Schema   string          `json:"schema"`
	Catalog  CatalogID       `json:"catalog"`
	AsOf     string          `json:"as_of"`
	Findings int             `json:"findings"`
	Unknown  bool            `json:"unknown"`
	Packages []Standing      `json:"packages"`
	Runtimes []Standing      `json:"runtimes"`
	Ahead    json.RawMessage `json:"ahead"`
}

// Standing is where one package or runtime stands.
type Standing struct {
	Name         string          `json:"name"`
	Role         string          `json:"role"`
	Installed    string          `json:"installed"`
	Line         string          `json:"line"`
	NewestOfLine string          `json:"newest_of_line"`
	Newest       string          `json:"newest"`
	NewestLine   string          `json:"newest_line"`
	LinesAhead   int             `json:"lines_ahead"`
	Support      *Support        `json:"support"`
	Problems     []StatusProblem `json:"problems"`
}

// Support is how long a line is supported.
type Support struct {
	State string `json:"state"`
	Until string `json:"until"`
}

// StatusProblem is what is wrong with an installed package.
type StatusProblem struct {
	Kind    string `json:"kind"`
	Finding bool   `json:"finding"`
	Rule    string `json:"rule"`
	Text    string `json:"text"`
}

// LintDocument is rungs.lint/1.
type LintDocument struct {
	Schema   string    `json:"schema"`
	Catalog  CatalogID `json:"catalog"`
	AsOf     string    `json:"as_of"`
	File     string    `json:"file"`
	Errors   int       `json:"errors"`
	Warnings int       `json:"warnings"`
	Notes    int       `json:"notes"`
	Unknown  bool      `json:"unknown"`
	Changes  []Change  `json:"changes"` // package, from and to
	Findings []Finding `json:"findings"`
	Accepted []Finding `json:"accepted"`
}

// Finding is what lint found; Line is that of the new lockfile, 0 where there is none.
type Finding struct {
	Rule        string `json:"rule"`
	CatalogRule string `json:"catalog_rule"`
	Source      string `json:"source"`
	Severity    string `json:"severity"`
	Package     string `json:"package"`
	From        string `json:"from"`
	To          string `json:"to"`
	Message     string `json:"message"`
	Help        string `json:"help"`
	Line        int    `json:"line"`
}

// WhyDocument is rungs.why/1.
type WhyDocument struct {
	Schema  string       `json:"schema"`
	Package string       `json:"package"`
	Stands  []Stand      `json:"stands"`
	Plan    PlanDocument `json:"plan"`
}

// Stand is where a package stands after a step, and why it is no newer.
type Stand struct {
	Step    int    `json:"step"`
	Version string `json:"version"`
	Moved   bool   `json:"moved"`
	Because string `json:"because"`
}
