// Package timing measures how long encoders take for pictures, side by side: every
// architecture and size by every runtime and precision.
//
// The encoders of one architecture and size are open at the same time, and take turns in
// each round. So a machine that has other work slows all of them alike. The result is the
// median over the rounds.
//
// Pictures have the size that the encoder sees, so that only the encoder is timed.
package timing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
)

// Way is how an encoder is run.
type Way struct {
	Runtime   string `json:"runtime"`   // config.RuntimeLiteRT or config.RuntimeTensorFlow
	Precision string `json:"precision"` // config.PrecisionFloat or config.PrecisionInt8
}

// Case is an encoder to time.
type Case struct {
	Arch string `json:"arch"`
	Size int    `json:"size"` // side of the square that the encoder sees, in pixels
	Way
}

func (c Case) String() string {
	return fmt.Sprintf("%s, %d px, %s %s", c.Arch, c.Size, c.Runtime, c.Precision)
}

// Encoder is what is timed.
type Encoder interface {
	Embed(ctx context.Context, pictures []*rgb.Image) ([][]float32, error)
	Close() error
}

// ErrSkip is wrapped by the errors of Bench.Open that leave out a case and not the rest.
var ErrSkip = errors.New("this cannot be timed")

// Bench says what to time.
type Bench struct {
	Archs   []string
	Sizes   []int
	Batches []int // pictures of a call
	Ways    []Way
	Rounds  int

	// Open opens an encoder and names the accelerator that runs it.
	Open func(ctx context.Context, c Case) (e Encoder, accelerator string, err error)
	// OnProgress is called before each encoder is opened and after each round; nil: never.
	OnProgress func(done, total int, text string)
	Now        func() time.Time
}

// warmUps is the number of rounds that do not count.
const warmUps = 2

// Run times all cases. Errors: those of the encoders, and that of the context.
func (b Bench) Run(ctx context.Context) (Report, error) {
	report := Report{Benchmark: "embed", Rounds: b.Rounds, Results: []Result{}, Skipped: []Skipped{}}
	done, total := 0, len(b.Archs)*len(b.Sizes)*(len(b.Ways)+warmUps+b.Rounds)
	tick := func(text string) {
		if b.OnProgress != nil {
			b.OnProgress(done, total, text)
		}
		done++
	}
	for _, name := range b.Archs {
		for _, size := range b.Sizes {
			if err := b.group(ctx, name, size, &report, tick); err != nil {
				return report, err
			}
		}
	}
	return report, nil
}

// runner is an open encoder and its times, by batch.
type runner struct {
	Encoder
	c           Case
	accelerator string
	times       map[int][]time.Duration
}

// group times one architecture at one size.
func (b Bench) group(ctx context.Context, name string, size int, report *Report, tick func(string)) error {
	var runners []*runner
	defer func() {
		for _, r := range runners {
			r.Close()
		}
	}()
	for _, w := range b.Ways {
		c := Case{Arch: name, Size: size, Way: w}
		tick("opening " + c.String())
		e, accelerator, err := b.Open(ctx, c)
		if errors.Is(err, ErrSkip) {
			report.Skipped = append(report.Skipped, Skipped{Case: c, Reason: err.Error()})
			continue
		}
		if err != nil {
			return fmt.Errorf("opening %v: %w", c, err)
		}
		runners = append(runners, &runner{Encoder: e, c: c, accelerator: accelerator, times: map[int][]time.Duration{}})
	}
	pictures := Squares(slices.Max(b.Batches), size)
	for round := range warmUps + b.Rounds {
		tick(fmt.Sprintf("%s, %d px", name, size))
		for _, r := range runners {
			for _, batch := range b.Batches {
				start := b.Now()
				if _, err := r.Embed(ctx, pictures[:batch]); err != nil {
					return fmt.Errorf("timing %v: %w", r.c, err)
				}
				if round >= warmUps {
					r.times[batch] = append(r.times[batch], b.Now().Sub(start))
				}
			}
		}
	}
	for _, r := range runners {
		for _, batch := range b.Batches {
			report.Results = append(report.Results, newResult(r, batch))
		}
	}
	return nil
}

// Squares gives n rendered pictures as an encoder of that size sees them.
func Squares(n, size int) []*rgb.Image {
	scene := synthetic.New(synthetic.Options{Seed: 14})
	pictures := make([]*rgb.Image, n)
	for i := range pictures {
		m, _ := scene.Render(i)
		pictures[i] = m.EvalSquare(size)
	}
	return pictures
}
