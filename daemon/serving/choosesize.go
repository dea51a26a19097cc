package serving

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/heartbeat"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

const (
	// sizeSamples is how often a picture is embedded at a size. The median counts.
	sizeSamples = 20
	// sizeTries is how often a size is measured again that fits in the fastest quarter of
	// the samples: the board has other work, as it does while it starts.
	sizeTries = 3
	// hopeless is the ratio of an expected time to the budget at which a size is not
	// tried.
	hopeless = 1.2
	// choosingTime bounds how long sizes are measured, since the daemon starts meanwhile.
	// Then the time of a size is reckoned from that of another one.
	choosingTime = 30 * time.Second
	// choiceName is the name of the state in the store that holds the SizeChoice.
	choiceName = "serving size"
)

// SizeChoice says why an automatic serving size was chosen.
type SizeChoice struct {
	Size     int           // in pixels
	Time     time.Duration // median in which this board embeds one picture, by the pretrained and by an adapted encoder
	Budget   time.Duration // serve.budget
	Reckoned bool          // the time is reckoned from that of a larger size
}

// Fits tells whether the size keeps to the budget. Only the smallest one may not.
func (c SizeChoice) Fits() bool { return c.Time <= c.Budget }

func (c SizeChoice) String() string {
	took, budget := c.Time.Round(time.Millisecond).String(), c.Budget
	if c.Reckoned {
		took = "about " + took
	}
	if !c.Fits() {
		return fmt.Sprintf("pictures are embedded at %d px, the smallest automatic size: one takes this board %s, longer than serve.budget (%v)", c.Size, took, budget)
	}
	return fmt.Sprintf("pictures are embedded at %d px, the largest of %s px within serve.budget (%v): one takes this board %s",
		c.Size, strings.ReplaceAll(strings.Trim(fmt.Sprint(config.AutomaticSizes()), "[]"), " ", ", "), budget, took)
}

// LoadSizeChoice returns why the store has its size. Ok is false when its size was not
// chosen by what the board can do.
func LoadSizeChoice(ctx context.Context, st *storage.Store) (c SizeChoice, ok bool, err error) {
	_, err = st.LoadState(ctx, choiceName, &c)
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrCorrupt) { // it only explains
		return SizeChoice{}, false, nil
	}
	return c, err == nil, err
}

// fitBudget measures which serving size this board can afford, and remembers it in the
// store.
func (o EnsureOptions) fitBudget(ctx context.Context, set weights.Set) (int, error) {
	opener := blend.Configured(o.Config)
	opener.States = o.Store
	opener.Precision = config.PrecisionFloat // int8 is calibrated on stored pictures, and there are none yet
	begin := time.Now()
	late := func() bool { return time.Since(begin) > choosingTime }
	choice, err := chooseSize(config.AutomaticSizes(), time.Duration(o.Config.Serve.Budget), late, func(size int, give func(time.Duration) bool) error {
		heartbeat.Tick(ctx)
		return timeEmbedding(ctx, opener, o.Config.Model.Arch, set, size, give)
	})
	if err != nil {
		return 0, fmt.Errorf("choosing the serving size: %w; serve.size sets one", err)
	}
	level := slog.LevelInfo
	if !choice.Fits() {
		level = slog.LevelWarn
	}
	o.Log.Log(ctx, level, choice.String(), "size", choice.Size, "ms", choice.Time.Milliseconds(), "budget", choice.Budget)
	return choice.Size, o.Store.SaveState(ctx, choiceName, choice, nil)
}

// measuring passes the times of a size to give, up to sizeSamples of them, until give
// returns false.
type measuring func(size int, give func(time.Duration) bool) error

// chooseSize finds the largest size whose median time keeps to the budget, or the
// smallest size. Sizes are ascending. Once late returns true, no other size is measured.
func chooseSize(sizes []int, budget time.Duration, late func() bool, measure measuring) (SizeChoice, error) {
	c, err := measureSize(sizes[len(sizes)-1], budget, measure)
	for i := len(sizes) - 2; i >= 0 && err == nil && !c.Fits(); i-- {
		// The work grows with the area, and a small picture has some more of its own.
		size := sizes[i]
		reckoned := SizeChoice{Size: size, Time: c.Time * time.Duration(size*size) / time.Duration(c.Size*c.Size), Budget: budget, Reckoned: true}
		switch {
		case late():
			c = reckoned
		case i == 0 || float64(reckoned.Time) <= hopeless*float64(budget):
			c, err = measureSize(size, budget, measure)
		}
	}
	return c, err
}

// measureSize returns the median time of a size.
func measureSize(size int, budget time.Duration, measure measuring) (SizeChoice, error) {
	var c SizeChoice
	for range sizeTries {
		var times []time.Duration
		err := measure(size, func(t time.Duration) bool {
			times = append(times, t)
			hopeless := len(times) > 2 && !slices.ContainsFunc(times, func(t time.Duration) bool { return t <= 2*budget })
			return len(times) < sizeSamples && !hopeless
		})
		if err != nil {
			return c, err
		}
		slices.Sort(times)
		c = SizeChoice{Size: size, Time: times[len(times)/2], Budget: budget}
		if c.Fits() || times[len(times)/4] > budget {
			break
		}
	}
	return c, nil
}

// timeEmbedding measures how long one picture takes: two networks see it, the pretrained
// one and, once something was learned, the adapted one, which takes as long.
func timeEmbedding(ctx context.Context, o *blend.Opener, arch string, set weights.Set, size int, give func(time.Duration) bool) error {
	e, err := o.Open(ctx, o.Serving(storage.Checkpoint{Arch: arch, Size: size, Blend: config.BlendNone}),
		blend.Halves{Adapted: func() (weights.Set, error) { return set, nil }})
	if err != nil {
		return err
	}
	defer e.Close()
	picture := []*rgb.Image{rgb.New(size, size)}
	embed := func() (time.Duration, error) {
		begin := time.Now()
		for range 2 {
			if _, err := e.Embed(ctx, picture); err != nil {
				return 0, err
			}
		}
		return time.Since(begin), nil
	}
	if _, err := embed(); err != nil { // the first pictures take longer
		return err
	}
	for {
		t, err := embed()
		if err != nil || !give(t) {
			return err
		}
	}
}
