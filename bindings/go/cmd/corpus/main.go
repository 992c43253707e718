// Command corpus prints the plan document of a scenario, or its first step, as
// bindings/c/tests/corpus.c does: corpus LOCKFILE RUBY REQUEST NEXT INDEX [OVERLAY]...;
// tests/cli/scenarios.rs compares the bytes.
package main

import (
	"errors"
	"os"

	"example.org/rungs/bindings/go"
)

func answer(lockfile, ruby, request, next, index string, overlays []string) ([]byte, error) {
	catalog, err := rungs.Karafka()
	if err != nil {
		return nil, err
	}
	for _, path := range overlays {
		toml, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		above, err := catalog.Overlay(path, toml)
		if err != nil {
			return nil, err
		}
		catalog.Close()
		catalog = above
	}
	defer catalog.Close()
	bytes, err := os.ReadFile(lockfile)
	if err != nil {
		return nil, err
	}
	snapshot, err := rungs.ParseLockfile(bytes)
	if err != nil {
		return nil, err
	}
	if ruby != "" {
		told, err := snapshot.WithRuntime("ruby", ruby)
		if err != nil {
			return nil, err
		}
		snapshot.Close()
		snapshot = told
	}
	if index != "" {
		opened, err := rungs.OpenIndex(index)
		if err != nil {
			return nil, err
		}
		defer opened.Close()
		with, err := snapshot.WithIndex(opened)
		if err != nil {
			return nil, err
		}
		snapshot.Close()
		snapshot = with
	}
	defer snapshot.Close()
	plan, err := catalog.PlanRequest(snapshot, []byte(request))
	if err != nil {
		return nil, err
	}
	defer plan.Close()
	format := rungs.FormatMarkdown
	if next == "html" {
		format = rungs.FormatHTML
	}
	switch {
	case next == "":
		return plan.JSON()
	case plan.Len() == 0:
		return plan.Report(format)
	}
	return plan.StepReport(0, format)
}

func main() {
	text, err := answer(os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5], os.Args[6:])
	var failed *rungs.Error
	if errors.As(err, &failed) {
		os.Stdout.Write(failed.Document())
		os.Exit(2)
	}
	if err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	os.Stdout.Write(text)
}
