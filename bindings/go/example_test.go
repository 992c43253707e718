package rungs_test

import (
	"errors"
	"fmt"
	"os"

	"example.org/rungs/bindings/go"
)

func Example() {
	lockfile, err := os.ReadFile("../../examples/Gemfile.lock")
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := rungs.PlanLockfile(lockfile, rungs.Request{To: []string{"karafka=2.6"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer plan.Close()
	steps, err := plan.Steps()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, step := range steps {
		fmt.Println(step.Number, step.State.Packages["karafka"])
	}
	// Output:
	// 1 2.3.4
	// 2 2.4.18
	// 3 2.4.18
	// 4 2.5.9
	// 5 2.6.0
}

func ExampleCatalog_Status() {
	catalog, err := rungs.Karafka()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer catalog.Close()
	installed := rungs.Installed{Packages: map[string]string{"karafka": "2.4.1"}, Direct: []string{"karafka"}}
	snapshot, err := installed.Snapshot()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer snapshot.Close()
	status, err := catalog.Status(snapshot, "2026-01-31")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(status.Packages[0].Name, status.Packages[0].Installed, status.Packages[0].NewestOfLine)
	// Output: karafka 2.4.1 2.4.18
}

func ExampleError() {
	_, err := rungs.ParseLockfile([]byte("GEM\n<<<<<<< HEAD\n"))
	var failed *rungs.Error
	fmt.Println(errors.Is(err, rungs.ErrLockfile), errors.As(err, &failed))
	fmt.Println(failed.Code, failed.Line)
	// Output:
	// true true
	// 202 2
}

func ExampleCompare() {
	order, err := rungs.Compare(rungs.SchemeRubyGems, "2.10.0", "2.9.0.rc1")
	fmt.Println(order, err)
	// Output: 1 <nil>
}
