package timing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"edgeclr/camera/rgb"
)

// clock moves when an encoder works.
type clock struct{ now time.Time }

// encoder takes a fixed time for each picture and fails at its end.
type encoder struct {
	clock  *clock
	each   time.Duration
	calls  *[]string
	name   string
	err    error
	closed *int
}

func (e encoder) Embed(_ context.Context, pictures []*rgb.Image) ([][]float32, error) {
	*e.calls = append(*e.calls, fmt.Sprintf("%s%d", e.name, len(pictures)))
	e.clock.now = e.clock.now.Add(e.each * time.Duration(len(pictures)))
	return nil, e.err
}

func (e encoder) Close() error { *e.closed++; return nil }

func TestRun(t *testing.T) {
	c, calls, closed := &clock{}, []string(nil), 0
	fast, slow, none := Way{"litert", "float"}, Way{"tensorflow", "float"}, Way{"litert", "int8"}
	b := Bench{
		Archs: []string{"a"}, Sizes: []int{32, 64}, Batches: []int{1, 8}, Ways: []Way{fast, slow, none}, Rounds: 3,
		Now: func() time.Time { return c.now },
		Open: func(_ context.Context, k Case) (Encoder, string, error) {
			switch k.Way {
			case fast:
				return encoder{c, 2 * time.Millisecond, &calls, "f", nil, &closed}, "cpu", nil
			case slow:
				return encoder{c, 5 * time.Millisecond, &calls, "s", nil, &closed}, "cpu", nil
			}
			return nil, "", fmt.Errorf("%w: no ranges", ErrSkip)
		},
	}
	progress := 0
	b.OnProgress = func(done, total int, _ string) {
		if done != progress || done >= total {
			t.Errorf("progress %d of %d, want %d", done, total, progress)
		}
		progress++
	}
	r, err := b.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(calls[:8], " "), "f1 f8 s1 s8 f1 f8 s1 s8"; got != want {
		t.Errorf("calls %s, want %s", got, want)
	}
	if closed != 4 {
		t.Errorf("%d encoders closed, want 4", closed)
	}
	if len(r.Results) != 8 || len(r.Skipped) != 2 {
		t.Fatalf("%d results and %d skipped, want 8 and 2", len(r.Results), len(r.Skipped))
	}
	if got := r.Results[3]; got.MS != 40 || got.PicturesPerS != 200 || got.Batch != 8 || got.Way != slow || got.Size != 32 {
		t.Errorf("result %+v", got)
	}
	var text bytes.Buffer
	r.Print(&text)
	for _, want := range []string{"median of 3 rounds, all cores", "pictures/s", "200.0", "left out: a, 32 px, litert int8: this cannot be timed: no ranges"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, text.String())
		}
	}
}

// An encoder that fails ends the run, and all are closed.
func TestRunFails(t *testing.T) {
	broken := errors.New("broken")
	for name, test := range map[string]struct{ open, embed error }{"open": {open: broken}, "embed": {embed: broken}} {
		t.Run(name, func(t *testing.T) {
			c, calls, closed, opened := &clock{}, []string(nil), 0, 0
			b := Bench{Archs: []string{"a"}, Sizes: []int{32}, Batches: []int{1}, Ways: []Way{{"litert", "float"}, {"tensorflow", "float"}}, Rounds: 1,
				Now: func() time.Time { return c.now },
				Open: func(context.Context, Case) (Encoder, string, error) {
					if opened > 0 && test.open != nil {
						return nil, "", test.open
					}
					opened++
					return encoder{c, 1, &calls, "e", test.embed, &closed}, "cpu", nil
				}}
			if _, err := b.Run(t.Context()); !errors.Is(err, broken) || !strings.Contains(err.Error(), "a, 32 px") {
				t.Errorf("error %v", err)
			}
			if closed != opened {
				t.Errorf("%d of %d encoders closed", closed, opened)
			}
		})
	}
}

func TestMedian(t *testing.T) {
	for want, times := range map[time.Duration][]time.Duration{0: nil, 3: {3}, 4: {9, 4, 1}, 5: {2, 9, 8, 1}} {
		if got := median(times); got != want {
			t.Errorf("median %v, want %v", got, want)
		}
	}
}
