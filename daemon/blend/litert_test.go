package blend

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
	"edgeclr/config"
	"edgeclr/daemon/blend/calibrate"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// random gives random weights of an architecture.
func random(t testing.TB, name string, seed uint64) Halves {
	t.Helper()
	a, err := arch.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	return Halves{
		Adapted:    func() (weights.Set, error) { return model.Random(a, seed), nil },
		Pretrained: func() (weights.Set, error) { return model.Random(a, seed+1), nil },
	}
}

// needLiteRT skips a test where the library is not installed.
func needLiteRT(t testing.TB) {
	t.Helper()
	if err := new(Opener).LoadLiteRT(); err != nil {
		t.Skip(err)
	}
}

// rendered gives n pictures of a scene.
func rendered(n int) []*rgb.Image {
	list := make([]*rgb.Image, n)
	scene := synthetic.New(synthetic.Options{Seed: 3})
	for i := range list {
		list[i], _ = scene.Render(i)
	}
	return list
}

// openAs opens an embedder that the test closes.
func openAs(t testing.TB, o *Opener, id Identity, from Halves) *Embedder {
	t.Helper()
	e, err := o.Open(t.Context(), id, from)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// LiteRT gives the vectors of TensorFlow, alone and joined with a share, and both go by one name.
func TestLiteRTAgrees(t *testing.T) {
	needLiteRT(t)
	for _, name := range arch.Names() {
		for blend, share := range map[string]float64{config.BlendNone: 0, config.BlendJoin: 0.75} {
			t.Run(name+" "+blend, func(t *testing.T) {
				id := Identity{Arch: name, Size: 64, Blend: blend, Share: share}
				reference := openAs(t, &Opener{}, id, random(t, name, 5))
				id.Runtime = config.RuntimeAuto
				e := openAs(t, &Opener{}, id, random(t, name, 5))
				r := e.Report()
				if r.Runtime != config.RuntimeLiteRT || r.Instead != "" || r.Check == nil || r.Check.Worst < 0.99999 {
					t.Fatalf("%+v, check %+v", r, r.Check)
				}
				for i, is := range e.Encoders() {
					if is != reference.Encoders()[i] {
						t.Errorf("half %d is %+v and by TensorFlow %+v", i, is, reference.Encoders()[i])
					}
				}
				pictures := append(samples(), rendered(5)...)
				got, err := e.Embed(t.Context(), pictures)
				if err != nil {
					t.Fatal(err)
				}
				want, err := reference.Embed(t.Context(), pictures)
				if err != nil {
					t.Fatal(err)
				}
				for i := range pictures {
					if c := calibrate.Cosine(got[i], want[i]); !(c > 0.99999) {
						t.Errorf("picture %d: cosine %v", i, c)
					}
				}
			})
		}
	}
}

// Several goroutines may embed at once. Close waits for the picture that is computed, and
// later calls get an error.
func TestLiteRTConcurrent(t *testing.T) {
	needLiteRT(t)
	e, err := new(Opener).Open(t.Context(), Identity{Arch: "resnet18", Size: 32, Runtime: config.RuntimeLiteRT}, random(t, "resnet18", 1))
	if err != nil {
		t.Fatal(err)
	}
	pictures := rendered(4)
	want, err := e.Embed(t.Context(), pictures)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	var closed atomic.Int64
	for range 4 {
		wait.Go(func() {
			for {
				got, err := e.Embed(t.Context(), pictures)
				if errors.Is(err, model.ErrClosed) {
					closed.Add(1)
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				for i := range want {
					if !slices.Equal(got[i], want[i]) {
						t.Errorf("picture %d has another vector beside others", i)
						return
					}
				}
			}
		})
	}
	time.Sleep(50 * time.Millisecond)
	for range 2 {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	wait.Wait()
	if closed.Load() != 4 {
		t.Errorf("%d of 4 heard of the end", closed.Load())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Embed(ctx, pictures); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
