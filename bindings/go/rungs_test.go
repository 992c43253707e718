package rungs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const root = "../.."

func lockfile(t testing.TB) []byte {
	t.Helper()
	bytes, err := os.ReadFile(filepath.Join(root, "examples/Gemfile.lock"))
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// must gives the value of a call that may not fail.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

var to26 = Request{To: []string{"karafka=2.6"}}

func example(t testing.TB) (*Catalog, *Snapshot) {
	t.Helper()
	catalog, snapshot := must(Karafka()), must(ParseLockfile(lockfile(t)))
	t.Cleanup(catalog.Close)
	t.Cleanup(snapshot.Close)
	return catalog, snapshot
}

func equal[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func starts(t *testing.T, text []byte, with string) {
	t.Helper()
	if !strings.HasPrefix(string(text), with) {
		t.Errorf("got %.80q, want it to start with %q", text, with)
	}
}

func TestIndexFreesWhatHolds(t *testing.T) {
	lockfile, err := os.ReadFile("../../tests/impossible/16-index-a-gem-it-does-not-know-holds/Gemfile.lock")
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := Karafka()
	if err != nil {
		t.Fatal(err)
	}
	defer catalog.Close()
	bare, err := ParseLockfile(lockfile)
	if err != nil {
		t.Fatal(err)
	}
	defer bare.Close()
	index, err := OpenIndex("../../tests/scenarios/index")
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := bare.WithIndex(index)
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Close()
	request := Request{To: []string{"karafka=2.6"}}
	plan, err := catalog.Plan(snapshot, request)
	if err != nil || plan.Outcome() != OutcomePlanned {
		t.Fatal(plan, err)
	}
	defer plan.Close()
	if _, err := catalog.Status(snapshot, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := catalog.Why(snapshot, request, "karafka"); err != nil {
		t.Fatal(err)
	}
	index.Close()
	if _, err := bare.WithIndex(index); err != ErrClosed {
		t.Fatal(err)
	}
	asked := map[string]int{}
	counted, err := NewIndex(func(name string) ([]byte, error) {
		asked[name]++
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	again, err := bare.WithIndex(counted)
	if err != nil {
		t.Fatal(err)
	}
	for range [2]int{} {
		if _, err := catalog.Plan(again, request); err != nil {
			t.Fatal(err)
		}
	}
	for name, times := range asked {
		if times != 1 {
			t.Errorf("%s was asked for %d times", name, times)
		}
	}
	down := errors.New("down")
	failing, _ := NewIndex(func(string) ([]byte, error) { return nil, down })
	broken, err := bare.WithIndex(failing)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := catalog.Plan(broken, request); err != down {
		t.Fatal(err)
	}
	if _, err := OpenIndex("cmd"); err == nil {
		t.Fatal("no index")
	}
	// The folders info of git and of an application are none.
	folder := t.TempDir()
	for _, other := range []string{".git/info", "app/info"} {
		if err := os.MkdirAll(filepath.Join(folder, other), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := OpenIndex(folder); err == nil {
		t.Fatal("no index")
	}
	if err := os.WriteFile(filepath.Join(folder, "app/versions"), []byte("---\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if servers, err := OpenIndex(folder); err != nil {
		t.Fatal(err)
	} else {
		servers.Close()
	}
}

func TestPlan(t *testing.T) {
	catalog, snapshot := example(t)
	plan := must(catalog.Plan(snapshot, to26))
	defer plan.Close()
	equal(t, plan.Outcome(), OutcomePlanned)
	equal(t, plan.Outcome().String(), "planned")
	equal(t, plan.Len(), 5)
	document := must(plan.Document())
	equal(t, document.Schema, "rungs.plan/1")
	equal(t, document.Catalog.Name, "karafka")
	equal(t, document.Target["karafka"], "2.6")
	equal(t, document.Start.Packages["karafka"], "2.3.0")
	equal(t, document.Minimal.LowerBound, 5)
	steps := must(plan.Steps())
	equal(t, len(steps), 5)
	change := steps[0].Changes[0]
	if !strings.Contains(change.Because, "newest 2.3 release") {
		t.Error(change.Because)
	}
	change.Because = ""
	equal(t, change, Change{Package: "karafka", From: "2.3.0", To: "2.3.4", Kind: "patch"})
	equal(t, steps[0].Stays[0].Package, "karafka-core")
	equal(t, steps[4].State.Packages["karafka"], "2.6.0")
	starts(t, must(plan.Report(FormatText)), "5 steps to karafka 2.6, from Ruby 3.2.2\n")
	starts(t, must(plan.Report(FormatANSI)), "\x1b[1m5 steps")
	equal(t, string(must(plan.Report(FormatJSON))), string(must(plan.JSON())))
	starts(t, must(plan.Report(FormatMarkdown)), "## karafka 2.3.0 ")
	starts(t, must(plan.Report(FormatHTML)), "<!doctype html>")
	starts(t, must(plan.StepReport(4, FormatText)), "Step 5: karafka 2.6.0")
	starts(t, must(plan.StepReport(0, FormatMarkdown)), "## karafka 2.3.0 ")
	if page := string(must(plan.StepReport(4, FormatHTML))); !strings.Contains(page, `id="step-5"`) || strings.Contains(page, `id="step-4"`) {
		t.Error(page)
	}
	if _, err := plan.StepReport(0, FormatSARIF); !errors.Is(err, ErrUnsupported) {
		t.Error(err)
	}
	var step Step
	if err := json.Unmarshal(must(plan.StepJSON(4)), &step); err != nil {
		t.Fatal(err)
	}
	equal(t, step.Number, 5)
	for _, index := range []int{5, -1} {
		if _, err := plan.StepJSON(index); !errors.Is(err, ErrOutOfRange) {
			t.Error(err)
		}
		if _, err := plan.StepReport(index, FormatText); !errors.Is(err, ErrOutOfRange) {
			t.Error(err)
		}
	}
	if _, err := plan.Report(FormatSARIF); !errors.Is(err, ErrUnsupported) {
		t.Error(err)
	}
}

func TestUnknownMembersAreTolerated(t *testing.T) {
	text := []byte(`{"schema": "rungs.plan/1", "mood": 1, "steps": [{"number": 1, "mood": [],
		"gemfile": [{"gem": "karafka", "requirement": "~> 2.3.4", "temporary": true, "mood": {}}],
		"command": null, "actions": [{"phase": "before", "applies": "unknown"}]}]}`)
	document := must(read[PlanDocument](text, nil))
	equal(t, document.Steps[0].Gemfile[0], GemfileLine{Gem: "karafka", Requirement: "~> 2.3.4", Temporary: true})
	equal(t, document.Steps[0].Command, "")
	equal(t, document.Steps[0].Actions[0].Applies, "unknown")
}

// Each struct has the members of its schema, and no other.
func TestMembersAreThoseOfTheSchema(t *testing.T) {
	schemas := map[string]map[string]any{}
	for _, name := range []string{"plan", "lint", "status", "why"} {
		var schema map[string]any
		if err := json.Unmarshal(must(Schema(name)), &schema); err != nil {
			t.Fatal(err)
		}
		schemas[name] = schema
	}
	at := func(path string) map[string]any {
		names := strings.Fields(path)
		found := schemas[names[0]]
		for _, name := range names[1:] {
			found = found[name].(map[string]any)
			if choices, ok := found["oneOf"].([]any); ok { // null or this
				found = choices[1].(map[string]any)
			}
		}
		return found["properties"].(map[string]any)
	}
	for path, value := range map[string]any{
		"plan": PlanDocument{}, "plan $defs step": Step{}, "plan $defs change": Change{},
		"plan $defs stay": Stay{}, "plan $defs state": State{}, "plan $defs catalog": CatalogID{},
		"plan $defs line": GemfileLine{}, "plan $defs line properties overshoots": Overshoot{}, "plan $defs due": Action{},
		"plan $defs step properties rolling": Rolling{}, "plan $defs step properties rollout items": Phase{},
		"plan $defs task": Task{}, "plan $defs place": Place{}, "plan $defs edit": Edit{}, "plan $defs expectation": Expectation{}, "plan $defs rollback": Rollback{},
		"plan $defs guide": Guide{}, "plan $defs changelog": Changelog{}, "plan $defs support": SupportNotice{},
		"plan properties minimal": Minimal{}, "plan $defs warning": Reason{}, "plan properties causes items": Cause{},
		"plan properties causes items properties constraints items": Constraint{},
		"plan properties fixes items":                               Fix{},
		"plan $defs breach":                                         Breach{},
		"plan $defs defect":                                         Defect{},
		"plan $defs step properties leaves items":                   Leaving{},
		"plan properties held items":                                Held{},
		"plan properties from_registry":                             FromRegistry{},
		"lint":                                                      LintDocument{}, "lint $defs finding": Finding{}, "lint properties cure": Cure{}, "status": StatusDocument{},
		"status $defs standing": Standing{}, "status $defs support": Support{}, "status $defs problem": StatusProblem{},
		"status properties ahead": Ahead{}, "plan $defs outside": Outside{},
		"plan $defs wanted": Wanted{}, "why properties moves items": OutsideMove{},
		"why properties wanted_by items": Want{}, "why": WhyDocument{}, "why properties stands items": Stand{},
	} {
		members := at(path)
		fields := reflect.VisibleFields(reflect.TypeOf(value))
		for _, field := range fields {
			name := field.Tag.Get("json")
			member, ok := members[name].(map[string]any)
			if !ok {
				t.Errorf("%q has no %s", path, name)
				continue
			}
			kind := field.Type.Kind()
			if kind == reflect.Pointer {
				kind = field.Type.Elem().Kind()
			}
			if wanted := kindsOf(schemas[strings.Fields(path)[0]], member); !wanted[kind] {
				t.Errorf("%q has %s as %v, not %v", path, name, wanted, kind)
			}
		}
		equal(t, len(fields), len(members))
	}
}

// kindsOf is what may hold a member of a schema.
func kindsOf(schema, member map[string]any) map[reflect.Kind]bool {
	if ref, ok := member["$ref"].(string); ok {
		definitions := schema["$defs"].(map[string]any)
		return kindsOf(schema, definitions[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any))
	}
	found := map[reflect.Kind]bool{}
	choices, _ := member["oneOf"].([]any)
	others, _ := member["anyOf"].([]any)
	for _, choice := range append(choices, others...) {
		for kind := range kindsOf(schema, choice.(map[string]any)) {
			found[kind] = true
		}
	}
	types, _ := member["type"].([]any)
	if one, ok := member["type"].(string); ok {
		types = []any{one}
	} else if types == nil && len(found) == 0 {
		types = []any{"string"} // const and enum
	}
	for _, name := range types {
		switch name {
		case "string":
			found[reflect.String] = true
		case "integer":
			found[reflect.Int] = true
		case "boolean":
			found[reflect.Bool] = true
		case "array":
			found[reflect.Slice] = true
		case "object":
			found[reflect.Struct], found[reflect.Map] = true, true
		}
	}
	return found
}

func TestWhatComesWithAStep(t *testing.T) {
	catalog, snapshot := example(t)
	plan := must(catalog.Plan(snapshot, to26))
	defer plan.Close()
	step := must(plan.Steps())[1]
	starts(t, []byte(step.Command), "bundle update ")
	equal(t, step.Actions[0].Applies, "unknown")
	equal(t, len(step.Gemfile) > 0 && len(step.Rollout) > 0 && len(step.Guides) > 0 && len(step.Changelogs) > 0, true)
}

// The request has each member of its schema but its name.
func TestRequestIsThatOfTheSchema(t *testing.T) {
	var schema struct {
		Properties map[string]any `json:"properties"`
	}
	if err := json.Unmarshal(must(Schema("request")), &schema); err != nil {
		t.Fatal(err)
	}
	fields := reflect.VisibleFields(reflect.TypeOf(Request{}))
	for _, field := range fields {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if schema.Properties[name] == nil {
			t.Errorf("the schema has no %s", name)
		}
	}
	equal(t, len(fields)+1, len(schema.Properties))
}

// Bundler makes such states itself: karafka ~> 2.0 alone.
func TestRepair(t *testing.T) {
	catalog, _ := example(t)
	installed := Installed{
		Packages: map[string]string{"karafka": "2.0.41", "waterdrop": "2.10.3", "karafka-core": "2.6.2", "karafka-rdkafka": "0.28.0"},
		Direct:   []string{"karafka"},
		Runtimes: map[string]string{"ruby": "3.2"},
	}
	snapshot := must(installed.Snapshot())
	defer snapshot.Close()
	plan := must(catalog.Plan(snapshot, to26))
	defer plan.Close()
	steps := must(plan.Steps())
	equal(t, len(steps) > 1, true)
	equal(t, steps[0].Kind, "repair")
	breach := steps[0].Repairs[0]
	starts(t, []byte(breach.Text), "karafka 2.0.41 does not run with karafka-core 2.6.2: ")
	breach.Text = ""
	equal(t, breach, Breach{Package: "karafka", Version: "2.0.41", With: "karafka-core", WithVersion: "2.6.2", Rule: "karafka-below-2.1.5-core-2.3"})
	for _, change := range steps[0].Changes {
		equal(t, change.Kind, "down")
	}
	equal(t, steps[1].Kind, "packages")
	equal(t, len(steps[1].Repairs), 0)
	defect := steps[0].Defects[0]
	equal(t, [...]string{defect.Package, defect.Version, defect.Rule, defect.FixedIn, defect.Workaround},
		[...]string{"karafka-rdkafka", "0.12.4", "karafka-rdkafka-0.14.9-logger-after-fork", "0.14.10", ""})
	equal(t, defect.Avoid, false)
}

const held = `GEM
  remote: https://rubygems.org/
  specs:
    events_kit (1.0.0)
      karafka (< 2.1)
    karafka (1.4.13)
      waterdrop (~> 1.4)
    karafka-sidekiq-backend (1.4.1)
      karafka (~> 1.4.0)
    waterdrop (1.4.4)

PLATFORMS
  ruby

DEPENDENCIES
  events_kit
  karafka
  karafka-sidekiq-backend

RUBY VERSION
   ruby 3.2.2
`

func TestHeldAndLeaving(t *testing.T) {
	plan := must(PlanLockfile([]byte(held), Request{}))
	defer plan.Close()
	document := must(plan.Document())
	equal(t, document.Held[0].Package, "karafka")
	equal(t, document.Held[0].Stays, "2.0")
	equal(t, document.Held[0].By[0].Text, "events_kit 1.0.0 requires karafka < 2.1")
	leaving := document.Steps[1].Leaves[0]
	equal(t, leaving.Instead != "", true)
	leaving.Instead = ""
	equal(t, leaving, Leaving{Gem: "karafka-sidekiq-backend", Version: "1.4.1", Package: "karafka", Requirement: "~> 1.4.0", Rule: "karafka-sidekiq-backend-discontinued"})
	equal(t, strings.Join(document.Steps[1].Removed, " "), "karafka-sidekiq-backend")
	dropped := must(PlanLockfile([]byte(held), Request{Drop: []string{"events_kit"}}))
	defer dropped.Close()
	free := must(dropped.Document())
	equal(t, len(free.Held), 0)
	equal(t, free.Steps[len(free.Steps)-1].State.Packages["karafka"], "2.6.0")
}

// 0.20.1 is avoided unless it is known that its fault does not show here.
func TestProperties(t *testing.T) {
	catalog, _ := example(t)
	installed := Installed{
		Packages: map[string]string{"karafka": "2.5.0", "waterdrop": "2.8.4", "karafka-core": "2.5.2", "karafka-rdkafka": "0.20.0"},
		Direct:   []string{"karafka"},
		Runtimes: map[string]string{"ruby": "3.2"},
	}
	snapshot := must(installed.Snapshot())
	defer snapshot.Close()
	for wanted, properties := range map[string]map[string]bool{
		"0.20.0": {"tls-system-certificates": true},
		"0.20.1": {"tls-system-certificates": false},
	} {
		plan := must(catalog.Plan(snapshot, Request{To: []string{"karafka=2.5"}, Pins: []string{"karafka-rdkafka== 0.20.1"}, Properties: properties}))
		defer plan.Close()
		steps := must(plan.Steps())
		equal(t, steps[len(steps)-1].State.Packages["karafka-rdkafka"], wanted)
	}
	if _, err := catalog.Plan(snapshot, Request{Properties: map[string]bool{"mood": true}}); !errors.Is(err, ErrRequest) {
		t.Error(err)
	}
}

func TestNoWay(t *testing.T) {
	catalog, snapshot := example(t)
	old := must(snapshot.WithRuntime("ruby", "3.0"))
	defer old.Close()
	plan := must(catalog.Plan(old, Request{To: to26.To, RubyFixed: true}))
	defer plan.Close()
	equal(t, plan.Outcome(), OutcomeImpossible)
	equal(t, plan.Len(), 0)
	document := must(plan.Document())
	constraint := document.Causes[0].Constraints[0]
	equal(t, constraint.Kind, "runtime")
	equal(t, constraint.CollidesWith, "karafka 2.6.0 requires ruby >= 3.2.0")
	if document.Fixes[0].Steps == 0 {
		t.Error(document.Fixes)
	}
	why := must(catalog.Why(old, Request{RubyFixed: true}, "karafka@2.6"))
	equal(t, why.Plan.Outcome, "impossible")
}

func TestInstalled(t *testing.T) {
	catalog, _ := example(t)
	installed := Installed{
		Packages: map[string]string{"karafka": "2.6.0", "waterdrop": "2.10.3", "karafka-core": "2.6.2", "karafka-rdkafka": "0.28.0"},
		Direct:   []string{"karafka"},
		Runtimes: map[string]string{"ruby": "3.4"},
	}
	snapshot := must(installed.Snapshot())
	defer snapshot.Close()
	plan := must(catalog.Plan(snapshot, Request{To: to26.To, RubyFixed: true}))
	defer plan.Close()
	equal(t, plan.Outcome(), OutcomeAlreadyThere)
	_, err := Installed{Packages: map[string]string{"karafka": "2..1"}}.Snapshot()
	if !errors.Is(err, ErrVersion) {
		t.Error(err)
	}
}

func TestStatusAndWhy(t *testing.T) {
	catalog, snapshot := example(t)
	status := must(catalog.Status(snapshot, "2026-01-31"))
	equal(t, status.AsOf, "2026-01-31")
	equal(t, status.Packages[0].NewestOfLine, "2.3.4")
	equal(t, status.Packages[0].Support.State, "ended")
	equal(t, status.Packages[0].Problems[0].Text, "its line 2.3 ended on 2025-03-01")
	starts(t, must(catalog.StatusReport(snapshot, "", FormatText)), " ")
	starts(t, must(catalog.StatusReport(snapshot, "", FormatJSON)), "{\n  \"schema\": \"rungs.status/1\"")
	if _, err := catalog.Status(snapshot, "today"); !errors.Is(err, ErrVersion) {
		t.Error(err)
	}
	why := must(catalog.Why(snapshot, to26, "waterdrop"))
	equal(t, why.Package, "waterdrop")
	equal(t, len(why.Stands), 5)
	starts(t, must(catalog.WhyReport(snapshot, to26, "waterdrop", FormatText)), "waterdrop is at 2.6.12")
	starts(t, must(LockfileJSON(lockfile(t))), "{\n  \"schema\": \"rungs.snapshot/1\"")
	equal(t, len(must(catalog.Actions())) > 300, true)
	starts(t, must(catalog.JSON()), "{\n  \"schema\": \"rungs.catalog/1\"")
}

func TestLint(t *testing.T) {
	catalog, before := example(t)
	jumped := bytes.Replace(lockfile(t), []byte("    karafka (2.3.0)"), []byte("    karafka (2.5.9)"), 1)
	after := must(ParseLockfile(jumped))
	defer after.Close()
	lint := must(catalog.Lint(before, after, Request{AsOf: "2026-01-31"}))
	defer lint.Close()
	equal(t, lint.Verdict(SeverityError), VerdictRefused)
	equal(t, lint.Verdict(SeverityError).String(), "refused")
	document := must(lint.Document("Gemfile.lock"))
	equal(t, document.Errors, lint.Count(SeverityError))
	equal(t, document.Findings[0].Rule, "skipped-line")
	equal(t, document.Changes[0], Change{Package: "karafka", From: "2.3.0", To: "2.5.9"})
	if document.Findings[0].Line == 0 {
		t.Error("no line")
	}
	starts(t, must(lint.Report("Gemfile.lock", FormatGitHub)), "::error file=Gemfile.lock,line=")
	starts(t, must(lint.Report("Gemfile.lock", FormatSARIF)), "{")
	accepted := must(catalog.Lint(before, after, Request{Policy: "accept = [{ rule = 'skipped-line', why = 'x' }]"}))
	defer accepted.Close()
	equal(t, must(accepted.Document("a")).Accepted[0].Rule, "skipped-line")
	_, err := catalog.Lint(before, after, Request{Policy: "accept = [{ rule = 'downgrade', why = 'x' }]"})
	if !errors.Is(err, ErrRequest) || !strings.HasPrefix(err.Error(), "rungs.toml:1:") {
		t.Error(err)
	}
}

func TestScan(t *testing.T) {
	catalog, _ := example(t)
	source := []byte("Karafka::App.setup { |config| config.batch_fetching = true }\n")
	var document struct {
		Schema   string `json:"schema"`
		Findings int    `json:"findings"`
	}
	if err := json.Unmarshal(must(catalog.ScanSource("karafka.rb", source)), &document); err != nil {
		t.Fatal(err)
	}
	equal(t, document.Schema, "rungs.scan/1")
	equal(t, document.Findings, 1)
	empty := must(catalog.ScanSource("karafka.rb", nil))
	equal(t, strings.Contains(string(empty), "\"findings\": 0"), true)
}

func TestErrors(t *testing.T) {
	catalog, snapshot := example(t)
	_, err := catalog.Plan(snapshot, Request{To: []string{"rails=7"}})
	var failed *Error
	if !errors.As(err, &failed) || !errors.Is(err, ErrRequest) || !errors.Is(err, ErrInvalidInput) || errors.Is(err, ErrLockfile) {
		t.Fatal(err)
	}
	equal(t, failed.Code, 401)
	equal(t, failed.Status, StatusInvalidInput)
	equal(t, failed.Status.String(), "invalid input")
	equal(t, failed.Offset, -1)
	equal(t, failed.Problems()[0].Code, 401)
	equal(t, failed.Error(), failed.Message)
	_, err = catalog.Plan(snapshot, Request{To: []string{"karafca=2.6"}})
	message := `no package "karafca" in the catalog karafka`
	help := err.(*Error).Help
	equal(t, strings.HasPrefix(help, "did you mean karafka?"), true)
	equal(t, fmt.Sprintf("%v|%s", err, err), message+"|"+message)
	equal(t, fmt.Sprintf("%+v", err), message+"\n  "+help)
	equal(t, fmt.Sprintf("%q", err), strconv.Quote(message))
	equal(t, fmt.Sprintf("%#v", err), fmt.Sprintf("&rungs.Error{Code:401, Message:%q, Help:%q}", message, help))
	equal(t, fmt.Sprintf("%50s|%-50s|", err, err), fmt.Sprintf("%50s|%-50s|", message, message))
	equal(t, fmt.Sprintf("%+v", fmt.Errorf("asked: %w", err)), "asked: "+message)
	for name, call := range map[string]struct {
		err  error
		kind error
	}{
		"lockfile":  {second(ParseLockfile([]byte("<<<<<<< HEAD\n"))), ErrLockfile},
		"empty":     {second(ParseLockfile(nil)), ErrLockfile},
		"utf8":      {second(ParseLockfile([]byte("GEM\n\xff"))), ErrInvalidUTF8},
		"catalog":   {second(ParseCatalog("a.toml", []byte("x = 1\n"))), ErrCatalog},
		"overlay":   {second(catalog.Overlay("a.toml", []byte("x"))), ErrCatalog},
		"document":  {second(catalog.PlanRequest(snapshot, []byte(`{"too": []}`))), ErrDocument},
		"limit":     {second(catalog.PlanRequest(snapshot, make([]byte, 8<<20+1))), ErrLimit},
		"schema":    {second(Schema("rungs.plan/9")), ErrUnsupported},
		"scheme":    {second(Compare(Scheme(9), "1", "1")), ErrUnsupported},
		"version":   {second(Compare(SchemeRubyGems, "2..1", "1")), ErrVersion},
		"require":   {second(Matches(SchemeRubyGems, "=> 1", "1")), ErrVersion},
		"valid":     {second(IsValid(Scheme(0), "1")), ErrUnsupported},
		"semver":    {second(Compatible("1")), ErrVersion},
		"runtime":   {second(snapshot.WithRuntime("", "3")), ErrVersion},
		"lock json": {second(LockfileJSON(nil)), ErrLockfile},
	} {
		if !errors.Is(call.err, call.kind) || errors.Is(call.err, ErrInternal) {
			t.Errorf("%s: %v", name, call.err)
		}
	}
	errors.As(second(ParseLockfile([]byte("GEM\n\xff"))), &failed)
	equal(t, failed.Offset, 4)
}

func second[T any](_ T, err error) error { return err }

func TestCloseIsIdempotent(t *testing.T) {
	catalog, snapshot := must(Karafka()), must(ParseLockfile(lockfile(t)))
	plan := must(catalog.Plan(snapshot, to26))
	lint := must(catalog.Lint(snapshot, snapshot, Request{}))
	wanted := string(must(plan.JSON()))
	for i := 0; i < 2; i++ {
		catalog.Close()
		snapshot.Close()
	}
	equal(t, string(must(plan.JSON())), wanted)
	for i := 0; i < 2; i++ {
		plan.Close()
		lint.Close()
	}
	for name, call := range map[string]func(){
		"outcome": func() { plan.Outcome() },
		"len":     func() { plan.Len() },
		"verdict": func() { lint.Verdict(SeverityError) },
		"count":   func() { lint.Count(SeverityError) },
	} {
		func() {
			defer func() {
				if told := recover(); told != ErrClosed {
					t.Errorf("%s after Close: %v", name, told)
				}
			}()
			call()
		}()
	}
	for name, err := range map[string]error{
		"json":     second(plan.JSON()),
		"report":   second(plan.Report(FormatText)),
		"step":     second(plan.StepJSON(0)),
		"words":    second(plan.StepReport(0, FormatText)),
		"steps":    second(plan.Steps()),
		"lint":     second(lint.JSON("a")),
		"findings": second(lint.Report("a", FormatText)),
		"plan":     second(catalog.Plan(snapshot, to26)),
		"compare":  second(catalog.Lint(snapshot, snapshot, to26)),
		"status":   second(catalog.StatusJSON(snapshot, "")),
		"table":    second(catalog.StatusReport(snapshot, "", FormatText)),
		"why":      second(catalog.WhyJSON(snapshot, to26, "karafka")),
		"because":  second(catalog.WhyReport(snapshot, to26, "karafka", FormatText)),
		"overlay":  second(catalog.Overlay("a", nil)),
		"catalog":  second(catalog.JSON()),
		"actions":  second(catalog.Actions()),
		"runtime":  second(snapshot.WithRuntime("ruby", "3.2")),
		"gemfile":  second(snapshot.WithGemfile([]byte("ruby '3.2.2'"))),
	} {
		if err != ErrClosed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// As a failed call returns them.
func TestNilHandles(t *testing.T) {
	var catalog *Catalog
	var snapshot *Snapshot
	var index *Index
	var plan *Plan
	var lint *Lint
	open, installed := example(t)
	for i := 0; i < 2; i++ {
		catalog.Close()
		snapshot.Close()
		index.Close()
		plan.Close()
		lint.Close()
	}
	for name, call := range map[string]struct {
		err  error
		what string
	}{
		"plan":            {second(open.Plan(nil, to26)), "snapshot"},
		"nil.plan":        {second(catalog.Plan(installed, to26)), "catalog"},
		"request":         {second(catalog.PlanRequest(nil, nil)), "catalog"},
		"for":             {second(CatalogFor(nil, to26)), "snapshot"},
		"lint before":     {second(open.Lint(nil, installed, to26)), "snapshot"},
		"lint after":      {second(open.Lint(installed, nil, to26)), "snapshot"},
		"nil.lint":        {second(catalog.Lint(installed, installed, to26)), "catalog"},
		"status":          {second(open.Status(nil, "")), "snapshot"},
		"nil.status":      {second(catalog.StatusJSON(installed, "")), "catalog"},
		"table":           {second(open.StatusReport(nil, "", FormatText)), "snapshot"},
		"why":             {second(open.Why(nil, to26, "karafka")), "snapshot"},
		"nil.why":         {second(catalog.WhyJSON(installed, to26, "karafka")), "catalog"},
		"because":         {second(open.WhyReport(nil, to26, "karafka", FormatText)), "snapshot"},
		"nil.overlay":     {second(catalog.Overlay("a", nil)), "catalog"},
		"nil.catalog":     {second(catalog.JSON()), "catalog"},
		"nil.actions":     {second(catalog.Actions()), "catalog"},
		"nil.scan":        {second(catalog.ScanSource("a.rb", nil)), "catalog"},
		"nil.runtime":     {second(snapshot.WithRuntime("ruby", "3.2")), "snapshot"},
		"nil.gemfile":     {second(snapshot.WithGemfile(nil)), "snapshot"},
		"nil.index":       {second(snapshot.WithIndex(index)), "snapshot"},
		"index":           {second(installed.WithIndex(nil)), "index"},
		"new index":       {second(NewIndex(nil)), "fetch"},
		"nil.json":        {second(plan.JSON()), "plan"},
		"nil.report":      {second(plan.Report(FormatText)), "plan"},
		"nil.step":        {second(plan.StepJSON(0)), "plan"},
		"nil.words":       {second(plan.StepReport(-1, FormatText)), "plan"},
		"nil.steps":       {second(plan.Steps()), "plan"},
		"nil.document":    {second(plan.Document()), "plan"},
		"nil.lint.json":   {second(lint.JSON("a")), "lint"},
		"nil.lint.report": {second(lint.Report("a", FormatText)), "lint"},
		"nil.outcome":     {panicked(func() { plan.Outcome() }), "plan"},
		"nil.len":         {panicked(func() { plan.Len() }), "plan"},
		"nil.verdict":     {panicked(func() { lint.Verdict(SeverityError) }), "lint"},
		"nil.count":       {panicked(func() { lint.Count(SeverityError) }), "lint"},
	} {
		var failed *Error
		if !errors.As(call.err, &failed) || !errors.Is(call.err, ErrInvalidInput) || failed.Code != 801 {
			t.Errorf("%s: %v", name, call.err)
		} else if !strings.Contains(failed.Message, call.what+" is nil: expected ") {
			t.Errorf("%s: %s", name, failed.Message)
		}
	}
	_, err := open.Plan(nil, to26)
	equal(t, err.Error(), "the snapshot is nil: expected one that ParseLockfile returned without an error")
	// A handle that no call returned is like one that was closed.
	new(Catalog).Close()
	if err := second(new(Plan).JSON()); err != ErrClosed {
		t.Error(err)
	}
}

// panicked is what a call panics with, where that is an error of this package.
func panicked(call func()) (failed error) {
	defer func() {
		failed, _ = recover().(*Error)
	}()
	call()
	return nil
}

func TestSteps(t *testing.T) {
	catalog, snapshot := example(t)
	plan := must(catalog.Plan(snapshot, to26))
	defer plan.Close()
	for _, index := range []int{-1, math.MinInt, plan.Len()} {
		wanted := fmt.Sprintf("no step %d: the plan has 5", index)
		for _, err := range []error{second(plan.StepJSON(index)), second(plan.StepReport(index, FormatText))} {
			var failed *Error
			if !errors.As(err, &failed) || !errors.Is(err, ErrOutOfRange) || failed.Message != wanted {
				t.Fatalf("got %v, want %s", err, wanted)
			}
			equal(t, failed.Code, 802)
			equal(t, failed.Status, StatusOutOfRange)
		}
	}
}

func TestGoroutinesShareHandles(t *testing.T) {
	catalog, snapshot := example(t)
	one := must(catalog.Plan(snapshot, to26))
	defer one.Close()
	wanted := string(must(one.JSON()))
	var group sync.WaitGroup
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for j := 0; j < 5; j++ {
				plan := must(catalog.Plan(snapshot, to26))
				if string(must(plan.JSON())) != wanted || string(must(one.JSON())) != wanted {
					t.Error("another plan")
				}
				plan.Close()
			}
		}()
	}
	group.Wait()
}

// What is forgotten is ended by the finaliser; handles live as long as a call that uses them.
func TestForgottenHandles(t *testing.T) {
	for i := 0; i < 50; i++ {
		document := must(must(must(Karafka()).Plan(must(ParseLockfile(lockfile(t))), to26)).JSON())
		if len(document) < 1000 {
			t.Fatal(len(document))
		}
		runtime.GC()
	}
}

// resident is the resident memory in KiB.
func resident(t *testing.T) int {
	t.Helper()
	fields := strings.Fields(string(must(os.ReadFile("/proc/self/statm"))))
	return must(strconv.Atoi(fields[1])) * os.Getpagesize() / 1024
}

// Memory stays flat; the bound is on growth, never on time. Plans of 20 kB that were all kept would
// be 200 MB.
func TestTenThousandPlans(t *testing.T) {
	const plans, growth = 10_000, 16 * 1024
	catalog, snapshot := example(t)
	again := func(times int) {
		for i := 0; i < times; i++ {
			plan := must(catalog.Plan(snapshot, Request{To: []string{"karafka=2.4"}}))
			if plan.Len() != 2 || len(must(plan.JSON())) < 1000 {
				t.Fatal("another plan")
			}
			plan.Close()
			if _, err := catalog.Plan(snapshot, Request{To: []string{"rails=7"}}); err == nil {
				t.Fatal("no error")
			}
		}
		runtime.GC()
	}
	again(500)
	before := resident(t)
	again(plans)
	grown := resident(t) - before
	t.Logf("%d plans: memory grew by %d KiB", plans, grown)
	if grown > growth {
		t.Errorf("memory grew by %d KiB", grown)
	}
}

// The measure sees what is kept.
func TestWhatIsKeptIsSeen(t *testing.T) {
	catalog, snapshot := example(t)
	before := resident(t)
	var kept [2000][]byte
	for i := range kept {
		plan := must(catalog.Plan(snapshot, to26))
		kept[i] = must(plan.JSON())
		plan.Close()
	}
	if grown := resident(t) - before; grown < len(kept)*len(kept[0])/2048 {
		t.Errorf("memory grew by %d KiB only", grown)
	}
	runtime.KeepAlive(kept)
}

func TestVersions(t *testing.T) {
	equal(t, must(Compare(SchemeRubyGems, "1.0.rc1", "1")), -1)
	equal(t, must(Compare(SchemeRubyGems, "1.0", "1")), 0)
	equal(t, must(Compare(SchemeSemVer, "1.10.0", "1.9.0")), 1)
	equal(t, must(IsValid(SchemeRubyGems, "2.5.0.rc1")), true)
	equal(t, must(IsValid(SchemeSemVer, "2.5")), false)
	equal(t, must(Matches(SchemeRubyGems, "~> 2.3, >= 2.3.4", "2.4.1")), true)
	manifest := string(must(os.ReadFile(filepath.Join(root, "Cargo.toml"))))
	if !strings.Contains(manifest, "\nversion = \""+ModuleVersion+"\"\n") {
		t.Error("ModuleVersion is not that of Cargo.toml")
	}
	equal(t, Version(), ModuleVersion)
	equal(t, must(Compatible(ModuleVersion)), true)
	equal(t, CatalogFormat(), 1)
	starts(t, must(Schema("plan")), "{")
}

// Each function of the header is called in ffi.go, or excluded with a reason.
func TestEachFunctionIsUsedOrExcluded(t *testing.T) {
	border := string(must(os.ReadFile("ffi.go")))
	excluded := string(must(os.ReadFile(filepath.Join(root, "tests/abi/excluded.txt"))))
	names := strings.Fields(string(must(os.ReadFile(filepath.Join(root, "tests/abi/symbols.txt")))))
	if len(names) < 45 {
		t.Fatal(len(names))
	}
	for _, name := range names {
		used := strings.Contains(border, "C."+name+"(")
		out := strings.Contains(excluded, "\ngo "+name+" ")
		if used == out {
			t.Errorf("%s: used %v, excluded %v", name, used, out)
		}
	}
	files := must(filepath.Glob("*.go"))
	for _, file := range files {
		text := string(must(os.ReadFile(file)))
		if file != "ffi.go" && file != "rungs_test.go" && strings.Contains(text, "C.rungs_") {
			t.Errorf("%s calls C", file)
		}
	}
}

// The numbers are those of the header.
func TestNumbers(t *testing.T) {
	header := string(must(os.ReadFile(filepath.Join(root, "include/rungs.h"))))
	for name, number := range map[string]uint32{
		"STATUS_NULL_ARGUMENT": uint32(StatusNullArgument), "STATUS_INVALID_UTF8": uint32(StatusInvalidUTF8),
		"STATUS_INVALID_INPUT": uint32(StatusInvalidInput), "STATUS_LIMIT": uint32(StatusLimit),
		"STATUS_UNSUPPORTED": uint32(StatusUnsupported), "STATUS_OUT_OF_RANGE": uint32(StatusOutOfRange),
		"STATUS_PANIC": uint32(StatusPanic), "OUTCOME_NONE": uint32(OutcomeNone),
		"OUTCOME_PLANNED": uint32(OutcomePlanned), "OUTCOME_ALREADY_THERE": uint32(OutcomeAlreadyThere),
		"OUTCOME_IMPOSSIBLE": uint32(OutcomeImpossible), "OUTCOME_UNKNOWN": uint32(OutcomeUnknown),
		"OUTCOME_GAVE_UP": uint32(OutcomeGaveUp), "VERDICT_NONE": uint32(VerdictNone),
		"VERDICT_ALLOWED": uint32(VerdictAllowed), "VERDICT_REFUSED": uint32(VerdictRefused),
		"VERDICT_UNKNOWN": uint32(VerdictUnknown), "SEVERITY_ERROR": uint32(SeverityError),
		"SEVERITY_WARNING": uint32(SeverityWarning), "SEVERITY_NOTE": uint32(SeverityNote),
		"FORMAT_TEXT": uint32(FormatText), "FORMAT_ANSI": uint32(FormatANSI), "FORMAT_JSON": uint32(FormatJSON),
		"FORMAT_MARKDOWN": uint32(FormatMarkdown), "FORMAT_HTML": uint32(FormatHTML), "FORMAT_SARIF": uint32(FormatSARIF), "FORMAT_GITHUB": uint32(FormatGitHub), "FORMAT_ROWS": uint32(FormatRows),
		"SCHEME_RUBYGEMS": uint32(SchemeRubyGems), "SCHEME_SEMVER": uint32(SchemeSemVer),
	} {
		if !strings.Contains(header, "RUNGS_"+name+" = "+strconv.Itoa(int(number))+",") {
			t.Errorf("%s is not %d", name, number)
		}
	}
}

// What the program prints, where it was built: byte for byte.
func TestTheProgramSaysTheSame(t *testing.T) {
	program := os.Getenv("RUNGS_PROGRAM")
	if program == "" {
		t.Skip("RUNGS_PROGRAM names no program")
	}
	catalog, before := example(t)
	jumped := bytes.Replace(lockfile(t), []byte("    karafka (2.3.0)"), []byte("    karafka (2.5.9)"), 1)
	after := must(ParseLockfile(jumped))
	defer after.Close()
	folder := t.TempDir()
	gemfile := []byte("gem 'karafka', '~> 2.4'\n")
	beside := must(after.WithGemfile(gemfile))
	defer beside.Close()
	for name, text := range map[string][]byte{
		"old.lock": lockfile(t), "Gemfile.lock": jumped, "asking.lock": jumped, "asking": gemfile,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lint := must(catalog.Lint(before, after, Request{AsOf: "2026-01-31"}))
	defer lint.Close()
	for args, answer := range map[string][]byte{
		"status --as-of 2026-01-31":                        must(catalog.StatusJSON(after, "2026-01-31")),
		"status --lockfile asking.lock --as-of 2026-01-31": must(catalog.StatusJSON(beside, "2026-01-31")),
		"lint old.lock Gemfile.lock --as-of 2026-01-31":    must(lint.JSON("Gemfile.lock")),
		"why karafka@2.6 --as-of 2026-01-31":               must(catalog.WhyJSON(after, Request{AsOf: "2026-01-31"}, "karafka@2.6")),
		"snapshot Gemfile.lock":                            must(LockfileJSON(jumped)),
		"catalog show":                                     must(catalog.JSON()),
	} {
		command := exec.Command(program, append(strings.Fields(args), "--format", "json")...)
		command.Dir = folder
		said, _ := command.Output()
		if !bytes.Equal(said, answer) {
			t.Errorf("%s: %.200s", args, said)
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	catalog, snapshot := example(b)
	for i := 0; i < b.N; i++ {
		plan := must(catalog.Plan(snapshot, to26))
		must(plan.JSON())
		plan.Close()
	}
}
