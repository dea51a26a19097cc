package fixedcamera

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/config"
)

// Bench measures on one clip. The zero value of a field with a default means the default.
type Bench struct {
	Config  config.Config // of the daemon and of the frozen encoder
	Log     *slog.Logger
	Decoder *decode.Decoder

	Target string // as the user wrote it
	Clip   *Clip
	Table  *Table // true numbers; nil: there are none

	Sizes   []int         // of the frozen encoder, px; default 96, 160 and 224. The largest is the baseline
	Frames  int           // frames that are evaluated, at most; default 1500
	Apart   time.Duration // between two moments; default 2 s, or five frames where these are slower
	Minutes float64       // that the daemon runs for each seed; 0: it does not run
	Seeds   int           // runs
	Seed    uint64        // of the first run; each further run adds 1
	All     bool          // evaluate other ways to serve the same weights too
	Dump    string        // folder for frames, truth and vectors; "": none

	// Begun is an earlier report with the same settings. Its seeds are not run again.
	Begun *Report
	// Save is called after the frozen encoders and after each seed. It may be nil.
	Save func(Report) error
	// OnProgress says what is done, and how far it is, 0 to 1. It may be nil.
	OnProgress func(what string, done float64)
}

// Defaults of [Bench].
const (
	DefaultFrames  = 1500
	DefaultMinutes = 15
	DefaultSeeds   = 1

	defaultApart = 2 * time.Second
	apartFrames  = 5
)

// DefaultSizes are the sizes at which the frozen encoder is measured, px.
func DefaultSizes() []int { return []int{96, 160, 224} }

// ErrOtherSettings is returned when an earlier report cannot be continued.
var ErrOtherSettings = errors.New("the report was made with other settings")

// bench is a running Bench.
type bench struct {
	Bench
	chosen  []int // frames of the clip that are evaluated
	moments moments
	block   []int // of each chosen frame
	blocks  int
	truth   *Truth
	squash  bool // the daemon embeds wide pictures as a whole
	report  Report
	base    Errors // of the baseline
	dump    *dump  // nil: none

	rootSize       int // size of rootSimilarity, px; 0: there is none
	rootSimilarity similarity
}

// Run measures the frozen encoder, then runs the daemon for each seed and measures what
// served. The error matches [ErrTooShort], [ErrOtherSettings] or that of a part.
func (b Bench) Run(ctx context.Context) (_ Report, err error) {
	run := &bench{Bench: b}
	run.defaults()
	if err := run.choose(); err != nil {
		return run.report, err
	}
	if run.report.Settings, err = run.settings(); err != nil {
		return run.report, err
	}
	if b.Begun != nil && b.Begun.Settings != run.report.Settings {
		return run.report, fmt.Errorf("%w: give another --out, or delete it", ErrOtherSettings)
	}
	if run.dump, err = newDump(b.Dump); err != nil {
		return run.report, err
	}
	if err := run.measureFrozen(ctx); err != nil {
		return run.report, err
	}
	if b.Begun != nil {
		run.report.Runs, run.report.Served, run.report.Dropped = b.Begun.Runs, b.Begun.Served, b.Begun.Dropped
	}
	if err := run.saved(); err != nil {
		return run.report, err
	}
	for n := range run.Seeds {
		seed := run.Seed + uint64(n)
		if run.Minutes == 0 || slices.ContainsFunc(run.report.Runs, func(r Run) bool { return r.Seed == seed }) {
			continue
		}
		if err := run.runSeed(ctx, seed); err != nil {
			return run.report, fmt.Errorf("seed %d: %w", seed, err)
		}
		if err := run.saved(); err != nil {
			return run.report, err
		}
	}
	return run.report, nil
}

func (b *bench) defaults() {
	if len(b.Sizes) == 0 {
		b.Sizes = DefaultSizes()
	}
	b.Sizes = slices.Compact(slices.Sorted(slices.Values(b.Sizes)))
	if b.Frames == 0 {
		b.Frames = DefaultFrames
	}
	if b.Log == nil {
		b.Log = slog.New(slog.DiscardHandler)
	}
	// A camera of one source, whatever its clip is made of.
	b.squash = b.Config.CropFor(config.SourcesOf("http:")) == config.CropSquash
	b.report = Report{Benchmark: "camera", Target: b.Target, Arch: b.Config.Model.Arch, Minutes: b.Minutes,
		Baseline: b.Sizes[len(b.Sizes)-1], Served: []Served{}, Runs: []Run{}, Reasons: map[string]int{}}
}

// choose decides which frames are evaluated, and what other moments are.
func (b *bench) choose() error {
	c := b.Clip
	known := make([]int, len(c.Frames))
	for i := range known {
		known[i] = i
	}
	var columns []Column
	if b.Table != nil {
		if known, columns = b.Table.known(c); len(known) == 0 {
			return errors.New("the file of true numbers names no frame of the clip")
		}
		if missing := len(c.Frames) - len(known); missing > 0 {
			b.report.Reasons["no true number"] = missing
		}
	}
	places := evenly(len(known), b.Frames)
	b.truth = (&Truth{Columns: columns, given: len(columns)}).pick(places)
	for _, p := range places {
		b.chosen = append(b.chosen, known[p])
		b.moments.times = append(b.moments.times, c.Frames[known[p]].Time)
	}
	if c.Truth != nil {
		rendered := c.Truth.pick(b.chosen)
		b.truth.Grids, b.truth.Columns = rendered.Grids, append(b.truth.Columns, rendered.Columns...)
	}
	b.moments.apart = b.Apart
	if b.Apart == 0 {
		b.moments.apart = max(defaultApart, apartFrames*typicalGap(c))
	}
	if err := b.moments.check(); err != nil {
		return err
	}
	b.block, b.blocks = Blocks(b.moments.times, blockLength(c.Span(), b.moments.apart))
	r := &b.report
	r.Kind, r.Clock, r.Seconds, r.Rate = c.Kind, c.Clock, c.Span().Seconds(), c.Rate
	r.Frames, r.Evaluated, r.Apart, r.Blocks = len(c.Frames), len(b.chosen), b.moments.apart.Seconds(), b.blocks
	for reason, n := range c.Skipped {
		r.Skipped += n
		r.Reasons[reason] += n
	}
	return nil
}

// typicalGap is the median time between two frames.
func typicalGap(c *Clip) time.Duration {
	var gaps []time.Duration
	for i := range c.Frames[1:] {
		gaps = append(gaps, c.Frames[i+1].Time-c.Frames[i].Time)
	}
	if len(gaps) == 0 {
		return 0
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}

// settings is a hash of all that must be the same for two reports to be one table.
func (b *bench) settings() (string, error) {
	cfg := b.Config
	cfg.Data, cfg.Listen, cfg.Sources, cfg.Log, cfg.File, cfg.Warnings = "", "", nil, config.Log{}, "", nil
	cfg.Model.Seed = 0 // each run has its own
	r := b.report
	text, err := json.Marshal(map[string]any{"config": cfg, "target": r.Target, "frames": r.Frames, "evaluated": r.Evaluated,
		"apart": r.Apart, "minutes": r.Minutes, "sizes": b.Sizes, "all": b.All})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))[:16], nil
}

// measureFrozen finds the truth, and measures the pretrained encoder at all sizes, in one
// pass over the frames.
func (b *bench) measureFrozen(ctx context.Context) error {
	squares := b.squares()
	encoders, err := openFrozen(ctx, b.Config, b.Log, squares)
	if err != nil {
		return err
	}
	defer closeAll(encoders)
	find, err := b.truthFinder(ctx)
	if err != nil {
		return err
	}
	vectors := make([][][]float32, len(encoders))
	wide := false
	err = b.Clip.each(ctx, b.Decoder, b.chosen, func(first int, batch []*rgb.Image) error {
		b.progress("the frozen encoder", float64(first)/float64(len(b.chosen)))
		wide = wide || batch[0].Wide()
		if err := find(batch); err != nil {
			return err
		}
		for i, e := range encoders {
			rows, err := e.Embed(ctx, batch)
			if err != nil {
				return err
			}
			vectors[i] = append(vectors[i], rows...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := b.measureTruth(ctx); err != nil {
		return err
	}
	errs := make([]Errors, len(encoders))
	for i, square := range squares {
		if err := b.dump.vectors(dumpName(square), vectors[i]); err != nil {
			return err
		}
		s, err := cosines(ctx, vectors[i])
		if err != nil {
			return err
		}
		if errs[i], err = b.truth.score(ctx, b.moments, s); err != nil {
			return err
		}
	}
	base := len(b.Sizes) - 1
	b.base = errs[base]
	for i, s := range squares {
		if s.Squash && !wide { // it saw the central square too
			continue
		}
		b.report.Frozen = append(b.report.Frozen, Frozen{s.Size, s.Squash, b.scored(errs[i], i != base)})
	}
	return nil
}

// squares are what the frozen encoders see: the central square at all sizes, the last of
// which is the baseline, and then the whole picture if that is what the daemon embeds.
func (b *bench) squares() []rgb.Square {
	var list []rgb.Square
	for _, size := range b.Sizes {
		list = append(list, rgb.Square{Size: size})
	}
	if b.squash {
		list = append(list, rgb.Square{Size: b.report.Baseline, Squash: true})
	}
	return list
}

// dumpName names the vectors of a frozen encoder.
func dumpName(s rgb.Square) string {
	if s.Squash {
		return fmt.Sprintf("frozen-%d-squash", s.Size)
	}
	return fmt.Sprintf("frozen-%d", s.Size)
}

// truthFinder returns what finds the foreground of the frames, in order. It does nothing
// for a rendered clip, whose truth is known.
func (b *bench) truthFinder(ctx context.Context) (func([]*rgb.Image) error, error) {
	if b.Clip.Truth != nil {
		return func([]*rgb.Image) error { return nil }, nil
	}
	b.progress("the background", 0)
	background, err := NewBackground(ctx, b.Decoder, b.Clip)
	if err != nil {
		return nil, err
	}
	if err := b.dump.background(background); err != nil {
		return nil, err
	}
	return func(batch []*rgb.Image) error { return b.truth.add(background, batch) }, nil
}

// measureTruth describes the truth, and measures what encoders lie between.
func (b *bench) measureTruth(ctx context.Context) error {
	b.report.Errors = b.truth.errorNames()
	n := float64(len(b.truth.Grids))
	for i := range b.truth.Grids {
		area := b.truth.Grids[i].Area()
		b.report.Foreground += area / n
		if area == 0 {
			b.report.Empty += 1 / n
		}
	}
	best, err := b.truth.best(ctx, b.moments)
	if err != nil {
		return err
	}
	b.report.Guess = Scored{Errors: b.truth.guess(b.moments).means()}
	b.report.Best = Scored{Errors: best.means()}
	return b.dump.truth(ctx, b)
}

// scored summarises the errors of an encoder.
func (b *bench) scored(e Errors, compare bool) Scored {
	s := Scored{Errors: e.means()}
	if compare {
		s.Change = map[string]Change{}
		for name, values := range e {
			s.Change[name] = change(values, b.base[name], b.block, b.blocks)
		}
	}
	return s
}

func (b *bench) saved() error {
	b.report.summarise()
	if b.Save == nil {
		return nil
	}
	return b.Save(b.report)
}

func (b *bench) progress(what string, done float64) {
	if b.OnProgress != nil {
		b.OnProgress(what, done)
	}
}
