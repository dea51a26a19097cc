package arch_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"edgeclr/model/arch"
	"edgeclr/model/arch/archtest"
)

var update = flag.Bool("update", false, "write testdata/plan anew")

// The plans of every architecture, at a small, a usual, an odd and a large size,
// are those in testdata/plan: an emitter that writes text goes through them.
func TestPlanGolden(t *testing.T) {
	for _, name := range arch.Names() {
		for _, size := range []int{32, 96, 97, 224} {
			t.Run(fmt.Sprintf("%s/%d", name, size), func(t *testing.T) {
				a, err := arch.Get(name)
				if err != nil {
					t.Fatal(err)
				}
				plan, err := arch.NewPlan(a, size)
				if err != nil {
					t.Fatal(err)
				}
				got, file := archtest.List(plan), filepath.Join("testdata", "plan", fmt.Sprintf("%s_%d.txt", name, size))
				if *update {
					if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if got != string(want) {
					t.Errorf("the plan differs from %s; if that is meant, run: go test ./model/arch -run PlanGolden -update\n%s", file, got)
				}
			})
		}
	}
}
