package augment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"edgeclr/camera/rgb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errBroken = errors.New("broken file")

// gallery loads a different picture for each id. Ids of 900 and more fail.
func gallery(_ context.Context, id uint64) (*rgb.Image, error) {
	if id >= 900 {
		return nil, fmt.Errorf("picture %d: %w", id, errBroken)
	}
	m := rgb.New(40+int(id), 30)
	for i := range m.Pix {
		m.Pix[i] = uint8(i*int(id+3) ^ i>>4)
	}
	return m, nil
}

func testOptions() LoaderOptions {
	return LoaderOptions{
		Config: Default(), Size: 16, Batch: 5, Workers: 2, Depth: 2, Seed: 42,
		Choose: func(step int) ([]Pick, error) {
			s := uint64(step)
			return Same([]uint64{s, s + 1, s + 2, s + 3, s + 4}), nil
		},
		Load: gallery,
	}
}

func start(t *testing.T, o LoaderOptions) *Loader {
	t.Helper()
	l, err := NewLoader(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func next(t *testing.T, l *Loader) *Batch {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	b, err := l.Next(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBatchesDoNotDependOnWorkers(t *testing.T) {
	collect := func(workers, depth int, recycle bool) (views [][]uint8) {
		o := testOptions()
		o.Workers, o.Depth = workers, depth
		o.Choose = func(step int) ([]Pick, error) { return Same([]uint64{1, 901, 3, 902, uint64(step)}), nil }
		l := start(t, o)
		for step := range 6 {
			b := next(t, l)
			if b.Step != step || b.Failed != 2 {
				t.Fatalf("step %d with %d failed, want step %d with 2", b.Step, b.Failed, step)
			}
			views = append(views, slices.Clone(b.Views))
			if recycle {
				l.Recycle(b)
			}
		}
		return views
	}
	want := collect(1, 1, false)
	for _, c := range []struct {
		workers, depth int
		recycle        bool
	}{{1, 1, true}, {2, 3, true}, {7, 2, false}} {
		for step, views := range collect(c.workers, c.depth, c.recycle) {
			if !bytes.Equal(views, want[step]) {
				t.Errorf("%+v: step %d differs", c, step)
			}
		}
	}
}

func TestResumedLoaderGoesOn(t *testing.T) {
	l := start(t, testOptions())
	for range 3 {
		next(t, l)
	}
	want := next(t, l)
	o := testOptions()
	o.StartStep = 3
	got := next(t, start(t, o))
	if got.Step != 3 || !bytes.Equal(got.Views, want.Views) || !slices.Equal(got.Picks, want.Picks) {
		t.Error("step 3 of a resumed loader differs")
	}
}

func TestViewsDiffer(t *testing.T) {
	o := testOptions()
	o.Choose = func(int) ([]Pick, error) { return Same([]uint64{7, 7, 7, 7, 7}), nil }
	l := start(t, o)
	seen := map[string]bool{}
	for range 2 {
		b := next(t, l)
		if len(b.Views) != 2*5*3*16*16 {
			t.Fatalf("%d bytes of views", len(b.Views))
		}
		for i := range b.N {
			seen[string(b.view(i, 0))], seen[string(b.view(i, 1))] = true, true
		}
	}
	if len(seen) != 20 {
		t.Errorf("%d different views of 20", len(seen))
	}
}

func TestSeedChangesViews(t *testing.T) {
	o := testOptions()
	a := next(t, start(t, o))
	o.Seed++
	if b := next(t, start(t, o)); bytes.Equal(a.Views, b.Views) {
		t.Error("another seed gives the same views")
	}
}

func TestSeedsAreDistinct(t *testing.T) {
	seen := map[[2]uint64]bool{}
	n := 0
	for seed := range uint64(4) {
		for step := range 20 {
			for position := range 20 {
				for use := viewOne; use <= substitute; use++ {
					a, b := seeds(seed, step, position, use)
					seen[[2]uint64{a, b}] = true
					n++
				}
			}
		}
	}
	if len(seen) != n {
		t.Errorf("%d generators for %d uses", len(seen), n)
	}
}

func TestFailedPicturesAreReplaced(t *testing.T) {
	o := testOptions()
	o.Choose = func(int) ([]Pick, error) { return Same([]uint64{901, 2, 902, 4, 900}), nil }
	b := next(t, start(t, o))
	if b.Failed != 3 || !errors.Is(b.FirstError, errBroken) || !strings.Contains(b.FirstError.Error(), "901") {
		t.Errorf("%d failed, first: %v", b.Failed, b.FirstError)
	}
	for i, pick := range b.Picks {
		if pick != (Pick{2, 2}) && pick != (Pick{4, 4}) {
			t.Errorf("position %d holds %v", i, pick)
		}
	}
	if bytes.Equal(b.view(0, 0), make([]uint8, 3*16*16)) {
		t.Error("the replaced view is empty")
	}
}

func TestReplacementThatVanishes(t *testing.T) {
	// Picture 2 loads only once, so picture 4 must take both places.
	var loads atomic.Int32
	o := testOptions()
	o.Choose = func(int) ([]Pick, error) { return Same([]uint64{901, 2, 902, 4, 4}), nil }
	o.Load = func(ctx context.Context, id uint64) (*rgb.Image, error) {
		if id == 2 && loads.Add(1) > 1 {
			return nil, errBroken
		}
		return gallery(ctx, id)
	}
	o.Depth, o.Workers = 1, 1
	b := next(t, start(t, o))
	if !slices.Equal(b.Picks, Same([]uint64{4, 2, 4, 4, 4})) {
		t.Errorf("positions hold %v", b.Picks)
	}
}

func TestFinalErrors(t *testing.T) {
	errSource := errors.New("replay is empty")
	for _, c := range []struct {
		name  string
		spoil func(*LoaderOptions)
		want  error
		text  string
	}{
		{"nothing loads", func(o *LoaderOptions) {
			o.Load = func(context.Context, uint64) (*rgb.Image, error) { return nil, errBroken }
		}, ErrNoImages, "5 of 5"},
		{"the cause of nothing loading", func(o *LoaderOptions) {
			o.Load = func(context.Context, uint64) (*rgb.Image, error) { return nil, errBroken }
		}, errBroken, "step 0"},
		{"nil picture", func(o *LoaderOptions) {
			o.Load = func(context.Context, uint64) (*rgb.Image, error) { return nil, nil }
		}, errNoPixels, "picture 0"},
		{"empty picture", func(o *LoaderOptions) {
			o.Load = func(context.Context, uint64) (*rgb.Image, error) { return rgb.New(0, 5), nil }
		}, errNoPixels, ""},
		{"choose fails", func(o *LoaderOptions) {
			o.Choose = func(int) ([]Pick, error) { return nil, errSource }
		}, errSource, "step 0"},
		{"too few picks", func(o *LoaderOptions) {
			o.Choose = func(int) ([]Pick, error) { return Same([]uint64{1}), nil }
		}, nil, "got 1 picks for a batch of 5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := testOptions()
			c.spoil(&o)
			l := start(t, o)
			for range 2 { // final: the second call says the same
				_, err := l.Next(context.Background())
				if err == nil || (c.want != nil && !errors.Is(err, c.want)) || !strings.Contains(err.Error(), c.text) {
					t.Errorf("got %v", err)
				}
			}
		})
	}
}

func TestChooseFailsLater(t *testing.T) {
	o := testOptions()
	choose := o.Choose
	o.Choose = func(step int) ([]Pick, error) {
		if step == 2 {
			return nil, errBroken
		}
		return choose(step)
	}
	l := start(t, o)
	next(t, l)
	next(t, l)
	if _, err := l.Next(context.Background()); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}

func TestChooserStaysWithinDepth(t *testing.T) {
	var chosen atomic.Int32
	o := testOptions()
	o.Depth = 3
	choose := o.Choose
	o.Choose = func(step int) ([]Pick, error) { chosen.Add(1); return choose(step) }
	l := start(t, o)
	b := next(t, l)
	deadline := time.Now().Add(5 * time.Second)
	for chosen.Load() < 4 && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond) // it must not go on from here
	if n := chosen.Load(); n != 4 {
		t.Errorf("%d steps chosen with one taken and a depth of 3, want 4", n)
	}
	l.Recycle(b)
}

// blocked returns a loader whose pictures never load.
func blocked(t *testing.T, ctx context.Context) *Loader {
	t.Helper()
	o := testOptions()
	o.Load = func(ctx context.Context, _ uint64) (*rgb.Image, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	l, err := NewLoader(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func TestNextEndsWithItsContextAndLosesNothing(t *testing.T) {
	gate := make(chan struct{})
	o := testOptions()
	o.Load = func(ctx context.Context, id uint64) (*rgb.Image, error) {
		select {
		case <-gate:
			return gallery(ctx, id)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	l := start(t, o)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if _, err := l.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	close(gate)
	if b := next(t, l); b.Step != 0 || b.Failed != 0 {
		t.Errorf("step %d with %d failed, want step 0", b.Step, b.Failed)
	}
}

func TestCloseWakesNext(t *testing.T) {
	l := blocked(t, context.Background())
	result := make(chan error)
	go func() {
		_, err := l.Next(context.Background())
		result <- err
	}()
	time.Sleep(5 * time.Millisecond)
	l.Close()
	l.Close() // again is fine
	if err := <-result; err != ErrClosed {
		t.Errorf("got %v", err)
	}
	if _, err := l.Next(context.Background()); err != ErrClosed {
		t.Errorf("after Close: %v", err)
	}
}

func TestLoaderEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	l := blocked(t, ctx)
	cancel(errBroken)
	if _, err := l.Next(context.Background()); !errors.Is(err, ErrClosed) || !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}

func TestRecycleIgnoresOtherShapes(t *testing.T) {
	l := start(t, testOptions())
	l.Recycle(nil)
	for range 10 {
		l.Recycle(newBatch(1, 1))
	}
	for range 5 {
		if b := next(t, l); b.N != 5 || b.Size != 16 {
			t.Fatalf("got a batch of %d at %d pixels", b.N, b.Size)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, c := range []struct {
		text  string
		spoil func(*LoaderOptions)
	}{
		{"blur_kernel", func(o *LoaderOptions) { o.Config = Config{} }},
		{"view of 0 pixels", func(o *LoaderOptions) { o.Size = 0 }},
		{"batch of -1", func(o *LoaderOptions) { o.Batch = -1 }},
		{"-2 workers", func(o *LoaderOptions) { o.Workers = -2 }},
		{"-1 batches ahead", func(o *LoaderOptions) { o.Depth = -1 }},
		{"step -4", func(o *LoaderOptions) { o.StartStep = -4 }},
		{"Choose and Load", func(o *LoaderOptions) { o.Choose = nil }},
		{"Choose and Load", func(o *LoaderOptions) { o.Load = nil }},
	} {
		o := testOptions()
		c.spoil(&o)
		if _, err := NewLoader(context.Background(), o); !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: got %v", c.text, err)
		}
	}
}

func TestOptionsHaveDefaults(t *testing.T) {
	o := testOptions()
	o.Workers, o.Depth = 0, 0
	o, err := o.withDefaults()
	if err != nil || o.Workers < 1 || o.Depth != 2 {
		t.Errorf("%d workers, depth %d, %v", o.Workers, o.Depth, err)
	}
}
