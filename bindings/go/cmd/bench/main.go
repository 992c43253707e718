// Command bench prints what a plan costs from Go, as benches/bindings.rs measures it: bench LOCKFILE.
package main

import (
	"fmt"
	"os"
	"sort"
	"time"

	"example.org/rungs/bindings/go"
)

const rounds = 400

// must gives the value of a call that may not fail.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func median(name string, work func()) {
	var times [rounds]int64
	for i := range times {
		start := time.Now()
		work()
		times[i] = time.Since(start).Nanoseconds()
	}
	sort.Slice(times[:], func(a, b int) bool { return times[a] < times[b] })
	fmt.Println(name, times[rounds/2])
}

func main() {
	catalog := must(rungs.Karafka())
	snapshot := must(rungs.ParseLockfile(must(os.ReadFile(os.Args[1]))))
	answer := func() *rungs.Plan {
		return must(catalog.Plan(snapshot, rungs.Request{To: []string{"karafka=2.6"}}))
	}
	median("plan", func() {
		plan := answer()
		if plan.Len() != 5 {
			panic("another plan")
		}
		plan.Close()
	})
	median("json", func() {
		plan := answer()
		if len(must(plan.JSON())) < 1000 {
			panic("another document")
		}
		plan.Close()
	})
	median("values", func() {
		plan := answer()
		if len(must(plan.Steps())) != 5 {
			panic("another plan")
		}
		plan.Close()
	})
}
