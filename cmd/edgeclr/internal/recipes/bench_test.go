package recipes

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/cmd/edgeclr/internal/benchmark"
	"edgeclr/cmd/edgeclr/internal/trials"
	"edgeclr/config"
	"edgeclr/search"
)

// newBench has n pictures of each of two classes, and a table in memory.
func newBench(t *testing.T, n int) *Bench {
	t.Helper()
	g := benchmark.NewGallery(&decode.Decoder{}, 32)
	for i := range n {
		for c, class := range []string{"red", "blue"} {
			m := rgb.New(40, 36)
			for at := range m.Pix {
				m.Pix[at] = uint8(100*c + 10*i + at%3)
			}
			data, err := m.JPEG(95)
			if err != nil {
				t.Fatal(err)
			}
			if err := g.Add(t.Context(), class, data); err != nil {
				t.Fatal(err)
			}
		}
	}
	table, err := trials.Open("", "learn", nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Bench{Gallery: g, Seeds: 2, Limit: time.Minute, Sizes: []int{96, 32}, Table: table, Now: time.Now}
}

func variants(t *testing.T, texts ...string) (list []Variant) {
	t.Helper()
	for _, text := range texts {
		v, err := ParseVariant(text, config.Default())
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}

// save puts trials of a variant into the table.
func save(t *testing.T, b *Bench, variant string, settings map[string]string, seeds ...uint64) {
	t.Helper()
	for _, seed := range seeds {
		trial := example(variant, seed, 8)
		trial.Settings = settings
		if err := b.Table.Save(trialName(variant, seed), trial); err != nil {
			t.Fatal(err)
		}
	}
}

// What is in the table is not measured again. The variants of the call come first.
func TestRunReadsTheTable(t *testing.T) {
	b := newBench(t, 4)
	b.Variants = variants(t, "slow:learn.lr=0.001", "recipe")
	save(t, b, "recipe", map[string]string{}, 1, 0)
	save(t, b, "slow", map[string]string{"learn.lr": "0.001"}, 0, 1, 10, 2)
	save(t, b, "another", map[string]string{"learn.batch": "8"}, 0)
	if err := b.Table.Save("frozen.abc.96", frozenAt(96, 5)); err != nil {
		t.Fatal(err)
	}
	var said []string
	var last Progress
	b.Say = func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
	b.OnProgress = func(p Progress) { last = p }
	list, err := b.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, trial := range list {
		names = append(names, trialName(trial.Variant, trial.Seed))
	}
	if want := []string{"slow.0", "slow.1", "slow.2", "slow.10", "recipe.0", "recipe.1", "another.0"}; !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
	if len(said) != 4 || last.Learned != 4*time.Minute || last.Total != 4*time.Minute || !slices.Equal(b.Sizes, []int{32, 96}) {
		t.Errorf("%q, %+v, sizes %v", said, last, b.Sizes)
	}
}

func TestRunRefuses(t *testing.T) {
	b := newBench(t, 4)
	b.Variants = variants(t, "slow:learn.lr=0.001")
	save(t, b, "slow", map[string]string{"learn.lr": "0.01"}, 5)
	if _, err := b.Run(t.Context()); !errors.Is(err, trials.ErrSettings) || !strings.Contains(err.Error(), "variant slow with learn.lr=0.01, and now it is learn.lr=0.001") {
		t.Errorf("%v", err)
	}
	b = newBench(t, 4)
	b.Variants = variants(t, "recipe")
	if err := b.Table.Save("recipe.0", map[string]string{"top1": "no trial"}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "recipe.0 is not a trial; delete its file") {
		t.Errorf("%v", err)
	}
	b = newBench(t, 0)
	if _, err := b.Run(t.Context()); !errors.Is(err, search.ErrTooFew) || !IsTooFew(err) {
		t.Errorf("no pictures: %v", err)
	}
	b = newBench(t, 2)
	b.Held = true
	if _, err := b.Run(t.Context()); !IsTooFew(err) {
		t.Errorf("too few to hold some out: %v", err)
	}
}

func TestSplit(t *testing.T) {
	b := newBench(t, 6)
	all, learned, err := b.split(0)
	if err != nil || len(all.pictures) != 12 || !slices.Equal(all.pictures, learned) || !slices.Equal(all.classes[:3], []int{1, 0, 1}) {
		t.Errorf("%v %v, learned from %v, %v", all.pictures, all.classes, learned, err)
	}
	b.Scene = "synthetic:conveyor"
	if all, learned, err = b.split(0); err != nil || len(all.pictures) != 12 || learned != nil {
		t.Errorf("of a scene: %v, learned from %v, %v", all.pictures, learned, err)
	}
	b.Scene, b.Held = "", true
	held, learned, err := b.split(3)
	if err != nil || len(held.pictures) != 4 || len(learned) != 8 {
		t.Errorf("held out: %v, learned from %v, %v", held.pictures, learned, err)
	}
	for _, picture := range learned {
		if slices.Contains(held.pictures, picture) {
			t.Errorf("picture %d is in both", picture)
		}
	}
}

// Frames have no class, and come in the order of the seed.
func TestFrames(t *testing.T) {
	b := newBench(t, 6)
	_, learned, err := b.split(0)
	if err != nil {
		t.Fatal(err)
	}
	var orders [][]string
	for _, seed := range []uint64{0, 1, 0} {
		var paths []string
		for _, f := range b.frames(learned, seed) {
			if strings.Contains(f.Path, "red") || strings.Contains(f.Path, "blue") || f.File == nil || f.File.Path != f.Path || len(f.Data) == 0 {
				t.Errorf("%+v", f)
			}
			paths = append(paths, f.Path)
		}
		orders = append(orders, paths)
		if sorted := slices.Sorted(slices.Values(paths)); len(slices.Compact(sorted)) != 12 {
			t.Errorf("%v", paths)
		}
	}
	if slices.Equal(orders[0], orders[1]) || !slices.Equal(orders[0], orders[2]) {
		t.Errorf("%v", orders)
	}
}

func TestOutcomes(t *testing.T) {
	vectors := [][]float32{{1, 0}, {1, 0.1}, {0, 1}, {1, 0.05}}
	set := evalSet{pictures: []int{0, 1, 2, 3}, classes: []int{7, 7, 7, -1}}
	o, err := set.outcomes(t.Context(), vectors)
	if err != nil || o.Top1 != "0010" || o.P10 != "2220" || o.Of != 3 {
		t.Errorf("%+v, %v", o, err)
	}
	top1, p10 := o.values()
	if !slices.Equal(top1, []float64{0, 0, 1, 0}) || !slices.Equal(p10, []float64{2. / 3, 2. / 3, 2. / 3, 0}) {
		t.Errorf("%v %v", top1, p10)
	}
	if _, ten := outcomesOf(1).values(); ten[0] != 1 || ten[9] != 0.3 {
		t.Errorf("%v", ten)
	}
	if err := o.check("recipe.0", 5); err == nil || !strings.Contains(err.Error(), "recipe.0 has outcomes of 4 and 4 pictures, and there are 5") {
		t.Errorf("%v", err)
	}
}
