package blend

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
	"edgeclr/config"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// BenchmarkBlend measures the time of 32 pictures at the default size, and the memory
// that the process holds after them. Memory is comparable when each blend runs in a
// process of its own: -bench Blend/join.
func BenchmarkBlend(b *testing.B) {
	a, err := arch.Get(config.Default().Model.Arch)
	if err != nil {
		b.Fatal(err)
	}
	read := func(seed uint64) func() (weights.Set, error) {
		return func() (weights.Set, error) { return model.Random(a, seed), nil }
	}
	pictures := make([]*rgb.Image, 32)
	for i := range pictures {
		m, _ := synthetic.New(synthetic.Options{Seed: 7}).Render(i)
		pictures[i] = m.EvalSquare(96)
	}
	for _, blend := range blends() {
		b.Run(blend.name, func(b *testing.B) {
			before := resident(b)
			e, err := new(Opener).Open(b.Context(), Identity{Arch: a.Name, Size: 96, Blend: blend.name}, Halves{read(1), read(2)})
			if err != nil {
				b.Fatal(err)
			}
			defer e.Close()
			debug.FreeOSMemory() // the weights, as serving does
			for b.Loop() {
				if _, err := e.Embed(b.Context(), pictures); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(pictures)*b.N)/b.Elapsed().Seconds(), "images/s")
			b.ReportMetric(float64(resident(b)-before)/(1<<20), "MB")
		})
	}
}

// resident is the memory of this process, in bytes.
func resident(b *testing.B) int {
	b.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Skip(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		b.Fatal(err)
	}
	return pages * os.Getpagesize()
}
