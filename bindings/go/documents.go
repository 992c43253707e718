package rungs

// CatalogID names which catalog answered, and up to which day it knows the world.
type CatalogID struct {
	Name    string `json:"name"`
	Horizon string `json:"horizon"`
	Digest  string `json:"digest"`
	// StaleDays is how many days old the catalog is on the day of the request; 0 below 60.
	StaleDays int `json:"stale_days"`
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
	AsOf     string            `json:"as_of"` // the day on which it is made
	Start    State             `json:"start"`
	Target   map[string]string `json:"target"`
	Steps    []Step            `json:"steps"`
	Minimal  *Minimal          `json:"minimal"` // the proof that no plan is shorter
	Causes   []Cause           `json:"causes"`  // why there is no plan
	Fixes    []Fix             `json:"fixes"`   // changes that each give one
	Reached  map[string]string `json:"reached"` // how far one gets without any
	Held     []Held            `json:"held"`    // what ends below its newest line because of gems outside
	Registry *FromRegistry     `json:"from_registry"`
	Cleanup  []string          `json:"cleanup"` // gems whose temporary line goes after the last step
	Beside   []Action          `json:"beside"`  // what is asked of things that no step moves
	Warnings []Reason          `json:"warnings"`
}

// Step is a change that is deployed as a unit; Kind is packages, runtime, or repair for a first step
// that takes packages down.
type Step struct {
	Number     int             `json:"number"`
	Kind       string          `json:"kind"`
	Repairs    []Breach        `json:"repairs"` // what does not go together before a repair
	Waits      []Wait          `json:"waits"`   // what must be over before
	Parts      []Part          `json:"parts"`   // of each of several catalogs that are joined
	Changes    []Change        `json:"changes"`
	Stays      []Stay          `json:"stays"`
	State      State           `json:"state"`
	Leaves     []Leaving       `json:"leaves"`  // gems outside the catalog that leave
	Defects    []Defect        `json:"defects"` // bad releases that stand there afterwards
	Gemfile    []GemfileLine   `json:"gemfile"`
	Obsolete   []string        `json:"obsolete"` // gems whose temporary line of the step before goes
	Removed    []string        `json:"removed"`  // gems of the user whose line goes
	Command    string          `json:"command"`  // the one command to run
	Unlocks    []string        `json:"unlocks"`  // gems outside the catalog that it may move besides
	Actions    []Action        `json:"actions"`
	Rolling    Rolling         `json:"rolling"`
	Rollout    []Phase         `json:"rollout"`
	Expect     []Expectation   `json:"expect"` // errors that pass
	Alarms     []Expectation   `json:"alarms"` // errors at boot that show that the step went wrong
	Watch      []Expectation   `json:"watch"`  // what to look at afterwards
	Rollback   []Rollback      `json:"rollback"`
	Guides     []Guide         `json:"guides"`
	Changelogs []Changelog     `json:"changelogs"`
	Support    []SupportNotice `json:"support"`
	AlsoMoves  []Outside       `json:"also_moves"` // packages outside the catalog
}

// Breach is what of an installation does not go together. Requirement is empty for a pair that does
// not run, Rule for what a release itself requires.
type Breach struct {
	Package     string `json:"package"`
	Version     string `json:"version"`
	With        string `json:"with"`
	WithVersion string `json:"with_version"`
	Requirement string `json:"requirement"`
	Rule        string `json:"rule"`
	Text        string `json:"text"`
}

// Leaving is a gem outside the catalog that leaves, since it would hold the step. Rule is that of the
// catalog which calls it discontinued, and empty where the request drops it; Instead is what replaces
// it.
type Leaving struct {
	Gem         string `json:"gem"`
	Version     string `json:"version"`
	Package     string `json:"package"`
	Requirement string `json:"requirement"`
	Rule        string `json:"rule"`
	Instead     string `json:"instead"`
}

// Defect is a release that is known to be bad. Plans enter one with Avoid only where its rule is
// accepted.
type Defect struct {
	Package    string `json:"package"`
	Version    string `json:"version"`
	Rule       string `json:"rule"`
	Why        string `json:"why"`
	Affects    string `json:"affects"`
	Workaround string `json:"workaround"`
	FixedIn    string `json:"fixed_in"`
	Avoid      bool   `json:"avoid"`
}

// Outside is a package outside the catalog that moves, joins or leaves: Wanted is who needs it
// elsewhere, Held who keeps it from going further; Verified reports whether an index says that it
// resolves.
type Outside struct {
	Gem          string   `json:"gem"`
	From         string   `json:"from"`
	To           string   `json:"to"`
	Wanted       *Wanted  `json:"wanted"`
	Held         []Wanted `json:"held"`
	Verified     bool     `json:"verified"`
	EditsGemfile bool     `json:"edits_gemfile"`
	Text         string   `json:"text"`
}

// Wanted is who requires something of a gem, and what.
type Wanted struct {
	By          string `json:"by"`
	Requirement string `json:"requirement"`
}

// Change is what moves: Kind is line, patch, joined, left, runtime or down (in a repair only). From is
// empty for what joins, To for what leaves.
type Change struct {
	Package string `json:"package"`
	From    string `json:"from"`
	To      string `json:"to"`
	Kind    string `json:"kind"`
	Because string `json:"because"`
}

// Part is what a step does in one of several catalogs that are joined; without moves all of it stays.
type Part struct {
	Catalog string     `json:"catalog"`
	Moves   []PartMove `json:"moves"`
}

// PartMove is a package that moves, or several in lockstep; To is empty for what leaves.
type PartMove struct {
	Package  string `json:"package"`
	To       string `json:"to"`
	Packages int    `json:"packages"`
}

// Stay is what does not move, and why.
type Stay struct {
	Package string `json:"package"`
	Version string `json:"version"`
	Because string `json:"because"`
}

// Overshoot is a gem that could go further without a temporary line, and where.
type Overshoot struct {
	Gem     string `json:"gem"`
	Version string `json:"version"`
}

// GemfileLine is a line of the Gemfile for a step. A temporary one goes again afterwards; Overshoots
// names what could happen without it.
type GemfileLine struct {
	Gem         string     `json:"gem"`
	Requirement string     `json:"requirement"`
	Temporary   bool       `json:"temporary"`
	Overshoots  *Overshoot `json:"overshoots"`
	Line        string     `json:"line"`
}

// Action is something to do because of what a step passes; Applies is yes, no or unknown.
type Action struct {
	ID            string   `json:"id"`
	Package       string   `json:"package"`
	Since         string   `json:"since"`
	Kind          string   `json:"kind"`
	Severity      string   `json:"severity"`
	Phase         string   `json:"phase"`
	Component     string   `json:"component"`
	Edition       string   `json:"edition"`
	Applies       string   `json:"applies"`
	Affects       string   `json:"affects"`
	Summary       string   `json:"summary"`
	Action        string   `json:"action"`
	Commands      []string `json:"commands"`
	Old           string   `json:"old"`
	New           string   `json:"new"`
	PossibleSince string   `json:"possible_since"`
	DueBy         string   `json:"due_by"`
	Note          string   `json:"note"`
	Inferred      string   `json:"inferred"`
	Contradiction string   `json:"contradiction"`
	Source        string   `json:"source"`
	Link          string   `json:"link"`
	Findings      []Place  `json:"findings"`
}

// Place is where source that was scanned shows that an action concerns it; Confidence is certain or
// likely.
type Place struct {
	File        string `json:"file"`
	Line        int    `json:"line"`
	Column      int    `json:"column"`
	Confidence  string `json:"confidence"`
	Pattern     string `json:"pattern"`
	Excerpt     string `json:"excerpt"`
	Replacement string `json:"replacement"`
	Edit        *Edit  `json:"edit"`
}

// Edit is what a pure rename or removal writes instead of the bytes from Start to End.
type Edit struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// Rolling reports whether old and new may run side by side while a step rolls: yes, conditional, no or
// unknown.
type Rolling struct {
	SideBySide string   `json:"side_by_side"`
	Because    []string `json:"because"`
}

// Phase is a phase with something to do, from before to monitor.
type Phase struct {
	Phase string `json:"phase"`
	Tasks []Task `json:"tasks"`
}

// Task is one task of a phase; of a command Text is the command itself.
type Task struct {
	Kind      string `json:"kind"`
	Component string `json:"component"`
	Text      string `json:"text"`
	Inferred  bool   `json:"inferred"`
}

// Expectation is something that shows, and what to make of it.
type Expectation struct {
	What    string `json:"what"`
	Meaning string `json:"meaning"`
}

// Rollback is something known of going back.
type Rollback struct {
	What       string `json:"what"`
	Documented bool   `json:"documented"`
	Command    string `json:"command"`
	Warning    string `json:"warning"`
}

// Guide is a page to read; Actions counts those of the step that were read there.
type Guide struct {
	Page    string `json:"page"`
	Link    string `json:"link"`
	Actions int    `json:"actions"`
}

// Changelog is the versions that a package passes; Breaking counts the breaking actions known of
// them.
type Changelog struct {
	Package  string   `json:"package"`
	Versions []string `json:"versions"`
	Breaking int      `json:"breaking"`
	Link     string   `json:"link"`
}

// SupportNotice is a line whose support is over, or ends within 90 days.
type SupportNotice struct {
	Subject string `json:"subject"`
	Line    string `json:"line"`
	Status  string `json:"status"`
	Until   string `json:"until"`
	Over    bool   `json:"over"`
	Hint    string `json:"hint"`
}

// Reason is a sentence with the stable code of what it says, such as not_in_catalog.
type Reason struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Minimal is the proof that no plan is shorter.
type Minimal struct {
	Steps          int    `json:"steps"`
	LowerBound     int    `json:"lower_bound"`
	Code           string `json:"code"` // lines, one_step or exhausted
	Because        string `json:"because"`
	StatesExpanded int    `json:"states_expanded"`
}

// Cause is a minimal set of constraints that together leave no way.
type Cause struct {
	Constraints []Constraint `json:"constraints"`
	Minimal     *bool        `json:"minimal"` // false where the search limit came first
}

// Constraint is one of them: Text says it, CollidesWith what it collides with, which is empty where
// no single fact is.
type Constraint struct {
	Kind         string   `json:"kind"`
	Rule         string   `json:"rule"`
	Package      string   `json:"package"`
	Requirement  string   `json:"requirement"`
	Also         []string `json:"also"`  // other gems that allow the same releases
	Risks        []string `json:"risks"` // the risks to accept
	CollidesWith string   `json:"collides_with"`
	Text         string   `json:"text"`
}

// Wait is what must be over before a step, because it passes a gate that asks for it.
type Wait struct {
	Package string `json:"package"`
	Version string `json:"version"`
	Rule    string `json:"rule"`
	Wait    string `json:"wait"`
	Check   string `json:"check"`
}

// Held is a package that ends below its newest line because of gems outside the catalog.
type Held struct {
	Package string       `json:"package"`
	Stays   string       `json:"stays"`
	Newest  string       `json:"newest"`
	By      []Constraint `json:"by"`
	Text    string       `json:"text"`
}

// FromRegistry is the plan that there would be if Gems, which come from git or a folder, came from a
// registry; End has the version of each package after its last step. Where there would be none, Steps is 0, By
// is what would be in the way, and Fixes what would give one.
type FromRegistry struct {
	Gems  []string          `json:"gems"`
	Steps int               `json:"steps"`
	End   map[string]string `json:"end"`
	By    []Constraint      `json:"by"`
	Fixes []Fix             `json:"fixes"`
	Text  string            `json:"text"`
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
	Schema   string     `json:"schema"`
	Catalog  CatalogID  `json:"catalog"`
	AsOf     string     `json:"as_of"`
	Findings int        `json:"findings"`
	Unknown  bool       `json:"unknown"`
	Packages []Standing `json:"packages"`
	Runtimes []Standing `json:"runtimes"`
	Reaches  []Reach    `json:"reaches"` // what the installed gems talk to, such as brokers
	Ahead    *Ahead     `json:"ahead"`
}

// Reach is which releases of what no lockfile has, such as brokers, go with the installed gems.
type Reach struct {
	Package string            `json:"package"`
	With    map[string]string `json:"with"` // the gems that rules name, and their versions
	Ranges  []ReachRange      `json:"ranges"`
	Refused []Refused         `json:"refused"`
}

// ReachRange is releases from a first to a last one.
type ReachRange struct {
	First string `json:"first"`
	Last  string `json:"last"`
}

// Refused is releases that do not go with an installed gem; If is the properties under which that is so.
type Refused struct {
	First string   `json:"first"`
	Last  string   `json:"last"`
	By    string   `json:"by"`
	Rule  string   `json:"rule"`
	If    []string `json:"if"`
	Why   string   `json:"why"`
}

// Ahead is the way to the newest lines: how its plan ends, and its length. Index says whether the
// packages outside the catalog took part.
type Ahead struct {
	Outcome  string            `json:"outcome"`
	Steps    int               `json:"steps"`
	Target   map[string]string `json:"target"`
	Because  []Reason          `json:"because"`
	Warnings []Reason          `json:"warnings"`
	Held     []Held            `json:"held"` // what stays below its newest line because of gems outside
	Index    bool              `json:"index"`
}

// Standing is the state of one package or runtime.
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
	Cure     *Cure     `json:"cure"` // nil where no one command ends a finding

	// The guidance for the change, as for a step of a plan.
	Actions    []Action        `json:"actions"`
	Rolling    Rolling         `json:"rolling"`
	Rollout    []Phase         `json:"rollout"`
	Expect     []Expectation   `json:"expect"`
	Alarms     []Expectation   `json:"alarms"`
	Watch      []Expectation   `json:"watch"`
	Rollback   []Rollback      `json:"rollback"`
	Guides     []Guide         `json:"guides"`
	Changelogs []Changelog     `json:"changelogs"`
	Support    []SupportNotice `json:"support"`
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
	Cured       bool   `json:"cured"` // LintDocument.Cure ends it
	Line        int    `json:"line"`
}

// Cure is the one command, with the lines of the Gemfile that it needs, that ends findings; Kind is
// packages, or repair where something has to go down.
type Cure struct {
	Kind     string            `json:"kind"`
	Changes  []Change          `json:"changes"`
	Gemfile  []GemfileLine     `json:"gemfile"`
	Command  string            `json:"command"`
	Runtimes map[string]string `json:"runtimes"` // what it requires of those that the lockfile does not name
}

// WhyDocument is rungs.why/1.
type WhyDocument struct {
	Schema   string        `json:"schema"`
	Package  string        `json:"package"`
	Stands   []Stand       `json:"stands"`
	Moves    []OutsideMove `json:"moves"`     // of a package outside the catalog
	WantedBy []Want        `json:"wanted_by"` // what in the lockfile requires it
	Plan     PlanDocument  `json:"plan"`
}

// OutsideMove is a move of a package outside the catalog in a step of the plan that was asked.
type OutsideMove struct {
	Step         int      `json:"step"`
	Gem          string   `json:"gem"`
	From         string   `json:"from"`
	To           string   `json:"to"`
	Wanted       *Wanted  `json:"wanted"`
	Held         []Wanted `json:"held"`
	Verified     bool     `json:"verified"`
	EditsGemfile bool     `json:"edits_gemfile"`
	Text         string   `json:"text"`
}

// Want is what in the lockfile requires a package; From is the shortest way to it from a direct package.
type Want struct {
	By          string   `json:"by"`
	Version     string   `json:"version"`
	Requirement string   `json:"requirement"`
	From        []string `json:"from"`
}

// Stand is where a package is after a step, and why it is no newer.
type Stand struct {
	Step    int    `json:"step"`
	Version string `json:"version"`
	Moved   bool   `json:"moved"`
	Because string `json:"because"`
}
