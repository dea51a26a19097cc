package recipes

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sort"
	"strings"
	"time"

	"edgeclr/camera/stream"
	"edgeclr/cmd/edgeclr/internal/benchmark"
	"edgeclr/cmd/edgeclr/internal/trials"
	"edgeclr/search"
)

// Bench compares variants at equal time.
type Bench struct {
	Gallery  *benchmark.Gallery
	Scene    string // URI of a source that is watched while the daemon learns; "": it learns from the gallery
	Variants []Variant
	Seed     uint64 // of the first run of each variant; each further run adds 1
	Seeds    int
	Limit    time.Duration // of learning, without the evaluation
	ByCPU    bool          // counts it by the processor time of two cores: see session.Options
	Sizes    []int         // sizes at which the frozen encoder is evaluated, in pixels; the largest is the baseline
	Held     bool          // evaluates on pictures that were held out, instead of all
	Table    *trials.Table // has the finished trials
	Program  string        // see Trial.Program

	Log        *slog.Logger
	Now        func() time.Time
	OnProgress func(Progress)                   // may be nil
	Say        func(format string, args ...any) // tells a person about each trial; may be nil

	done  int               // trials of this call that are finished
	roots map[uint64]*roots // by seed, or by 0 when no picture is held out
}

// Progress says how far a benchmark is.
type Progress struct {
	Variant string
	Seed    uint64
	Learned time.Duration // in the trials of this call so far
	Total   time.Duration // of all its trials
}

// Run measures what the table lacks: every seed of the first variant of the list, then of
// the next one. It returns the trials of the table, also those of variants that are not in
// the list any more. The error matches [ErrSettings] for a trial of other settings,
// [search.ErrTooFew] or [stream.ErrTooFew] for too few pictures, or comes from the daemon
// or ctx.
func (b *Bench) Run(ctx context.Context) ([]Trial, error) {
	slices.Sort(b.Sizes)
	b.Sizes, b.roots = slices.Compact(b.Sizes), map[uint64]*roots{}
	if _, _, err := b.split(b.Seed); err != nil {
		return nil, err
	}
	before, err := b.finished()
	if err != nil {
		return nil, err
	}
	for _, t := range before { // refuse now, and not after an hour
		for _, v := range b.Variants {
			if t.Variant == v.Name && settingsText(t.Settings) != v.String() {
				return nil, fmt.Errorf("%w: the table has variant %s with %s, and now it is %s; give it another name", trials.ErrSettings, v.Name, settingsText(t.Settings), v)
			}
		}
	}
	for _, v := range b.Variants {
		for n := range b.Seeds {
			if err := b.ensure(ctx, v, b.Seed+uint64(n)); err != nil {
				return nil, err
			}
		}
	}
	return b.finished()
}

// ensure runs a trial unless the table has it.
func (b *Bench) ensure(ctx context.Context, v Variant, seed uint64) error {
	name := trialName(v.Name, seed)
	done, err := b.Table.Load(name, &Trial{})
	if err != nil {
		return err
	}
	if done {
		b.say("%s, seed %d is in the table already", v.Name, seed)
	} else {
		t, err := b.trial(ctx, v, seed)
		if err != nil {
			return fmt.Errorf("%s, seed %d: %w", v.Name, seed, err)
		}
		if err := b.Table.Save(name, t); err != nil {
			return err
		}
	}
	b.done++
	b.progress(v, seed, 0)
	return nil
}

func trialName(variant string, seed uint64) string { return fmt.Sprintf("%s.%d", variant, seed) }

// finished reads the trials of the table: variants of the list first, in its order, then
// others by name; each by seed.
func (b *Bench) finished() ([]Trial, error) {
	names, err := b.Table.Trials()
	if err != nil {
		return nil, err
	}
	var list []Trial
	for _, name := range names {
		if strings.HasPrefix(name, frozenName+".") {
			continue
		}
		var t Trial
		if _, err := b.Table.Load(name, &t); err != nil {
			return nil, err
		}
		if len(t.Frozen) == 0 || len(t.Served) == 0 || len(t.Checkpoints) == 0 {
			return nil, fmt.Errorf("the table's %s is not a trial; delete its file, and it is measured again", name)
		}
		if err := t.Outcomes.check(name, len(t.baseline().Outcomes.Top1)); err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	place := func(t Trial) int {
		i := slices.IndexFunc(b.Variants, func(v Variant) bool { return v.Name == t.Variant })
		if i < 0 {
			return len(b.Variants)
		}
		return i
	}
	sort.SliceStable(list, func(i, j int) bool {
		a, c := list[i], list[j]
		if place(a) != place(c) {
			return place(a) < place(c)
		}
		if a.Variant != c.Variant {
			return a.Variant < c.Variant
		}
		return a.Seed < c.Seed
	})
	return list, nil
}

// split returns the pictures to evaluate on, and those to learn from. Without Held both are
// all pictures, since learning sees no class. Of a scene that is watched, the daemon learns
// from none of these.
func (b *Bench) split(seed uint64) (evalSet, []int, error) {
	set := evalSet{gallery: b.Gallery}
	if b.Held {
		s, err := stream.NewSplit(b.Gallery.Classes(), stream.SplitOptions{Seed: seed})
		if err != nil {
			return set, nil, err
		}
		set.pictures, set.classes = s.EvalSet()
		return set, slices.Concat(s.Learn...), nil
	}
	classes := b.Gallery.Classes()
	names := slices.Compact(slices.Sorted(slices.Values(classes)))
	if len(names) < 2 {
		return set, nil, fmt.Errorf("%w: a comparison needs pictures in two classes or more, and there are %d pictures in %d", search.ErrTooFew, len(classes), len(names))
	}
	for i, name := range classes {
		class, _ := slices.BinarySearch(names, name)
		set.pictures, set.classes = append(set.pictures, i), append(set.classes, class)
	}
	if b.Scene != "" {
		return set, nil, nil
	}
	return set, set.pictures, nil
}

// rootsOf returns what evaluates the frozen encoder on the set.
func (b *Bench) rootsOf(set evalSet, seed uint64) *roots {
	suffix := fmt.Sprintf(".held%d", seed)
	if !b.Held {
		seed, suffix = 0, ""
	}
	if b.roots[seed] == nil {
		b.roots[seed] = &roots{set: set, table: b.Table, suffix: suffix}
	}
	return b.roots[seed]
}

func (b *Bench) progress(v Variant, seed uint64, learned time.Duration) {
	if b.OnProgress == nil {
		return
	}
	all := time.Duration(len(b.Variants) * b.Seeds)
	b.OnProgress(Progress{Variant: v.Name, Seed: seed, Learned: time.Duration(b.done)*b.Limit + learned, Total: all * b.Limit})
}

func (b *Bench) say(format string, args ...any) {
	if b.Say != nil {
		b.Say(format, args...)
	}
}

// IsTooFew tells whether an error says that there are too few pictures.
func IsTooFew(err error) bool {
	return errors.Is(err, stream.ErrTooFew) || errors.Is(err, search.ErrTooFew)
}
