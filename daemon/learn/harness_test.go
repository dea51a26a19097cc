package learn

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/replay"
	"edgeclr/daemon/serving"
	"edgeclr/model"
	"edgeclr/model/objective"
	"edgeclr/storage"
)

// knownWeights is where `make deps` puts the pretrained encoder.
const knownWeights = "../../.deps/weights/efficientnet_lite0.pth"

// smallConfig configures a learner that trains quickly: the pretrained
// EfficientNet-Lite0 when its weights are there, else a random ResNet-18, at 32 px.
func smallConfig(t testing.TB) config.Config {
	t.Helper()
	cfg := config.Default()
	cfg.Data = filepath.Join(t.TempDir(), "store")
	cfg.Serve.Size = 32
	cfg.Model.Threads = 1
	if _, err := os.Stat(knownWeights); err == nil {
		cfg.Model.Weights = knownWeights
	} else {
		cfg.Model.Arch = "resnet18"
	}
	cfg.Learn.Batch, cfg.Learn.Steps, cfg.Learn.HeadSteps = 4, 6, 2
	cfg.Learn.Stages = 1
	cfg.Learn.MinFrames, cfg.Learn.MinNew = 8, 1000
	return cfg
}

// fixture is a learner with what it needs of a service.
type fixture struct {
	cfg      config.Config
	store    *storage.Store
	versions *serving.Versions
	corpus   *Corpus
	learner  *Learner

	mu     sync.Mutex
	events []storage.Event
}

func open(t testing.TB, cfg config.Config) *fixture {
	t.Helper()
	f := &fixture{cfg: cfg}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	log := slog.New(slog.DiscardHandler)
	var err error
	f.store, err = storage.Open(t.Context(), cfg.Data, storage.Options{})
	must(err)
	f.cfg, err = serving.EnsureCheckpoint(t.Context(), serving.EnsureOptions{Store: f.store, Config: cfg, Now: time.Now, Log: log})
	must(err)
	device := model.Runtime{Threads: cfg.Model.Threads}
	f.versions, err = serving.Open(t.Context(), serving.Options{Store: f.store, Decoder: &decode.Decoder{}, Opener: &blend.Opener{Device: device},
		KeepCheckpoints: func() int { return cfg.Store.KeepCheckpoints }, Publish: f.publish})
	must(err)
	f.corpus, err = OpenCorpus(t.Context(), f.store, f.cfg, log)
	must(err)
	f.learner, err = New(t.Context(), Options{Store: f.store, Versions: f.versions, Vectors: f.versions, Opener: &blend.Opener{Device: device}, Corpus: f.corpus, Decoder: &decode.Decoder{}, Device: device,
		Config: func() config.Config { return f.cfg }, Publish: f.publish, Now: time.Now, Log: log})
	must(err)
	t.Cleanup(func() {
		f.learner.Stop()
		if err := f.corpus.Close(); err != nil {
			t.Error(err)
		}
		f.versions.Close()
		if err := f.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func (f *fixture) publish(e storage.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events = append(f.events, e)
}

// countEvents counts the events whose text holds a phrase.
func countEvents(f *fixture, phrase string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.events {
		if strings.Contains(e.Text, phrase) {
			n++
		}
	}
	return n
}

// scene renders the n-th picture of the conveyor.
func scene(n int) *rgb.Image {
	m, _ := synthetic.New(synthetic.Options{Seed: 7}).Render(n)
	return m
}

// embed stores n frames, as ingest would. It admits them to the corpus only if they are
// learnable.
func embed(t testing.TB, f *fixture, n int, learnable bool) {
	t.Helper()
	v, release := f.versions.Hold()
	defer release()
	for i := range n {
		m := scene(i)
		small, err := f.corpus.Small(m).JPEG(90)
		if err != nil {
			t.Fatal(err)
		}
		vectors, err := v.Encoder.EmbedHalves(t.Context(), []*rgb.Image{m})
		if err != nil {
			t.Fatal(err)
		}
		frame := storage.NewFrame{Vectors: vectors[0], Frame: storage.Frame{Source: "dir:/camera", Path: fmt.Sprintf("%d.jpg", i), Time: time.Unix(int64(i), 0)}}
		if learnable {
			frame.Replay = &storage.ReplayPicture{JPEG: small}
		}
		ids, err := f.store.AddFrames(t.Context(), v.Encoder.Encoders(), []storage.NewFrame{frame})
		if err != nil {
			t.Fatal(err)
		}
		if learnable {
			f.corpus.Admit(replay.Entry{ID: uint64(ids[0]), Source: frame.Source, Time: frame.Time})
		}
		if err := v.Index.Add(uint64(ids[0]), v.Encoder.Join(vectors[0])); err != nil {
			t.Fatal(err)
		}
	}
}

// adapt stores a checkpoint as training from parent would, and returns its state too.
// It changes each weight by a share of itself, which is normally distributed with that
// deviation.
func adapt(t testing.TB, f *fixture, parent storage.CheckpointID, how string, deviation float64) (storage.Checkpoint, model.State) {
	t.Helper()
	from, err := f.store.Checkpoint(parent)
	if err != nil {
		t.Fatal(err)
	}
	_, state, err := f.learner.startingPoint(t.Context(), from, objective.Default, 1)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, tensor := range state.Encoder {
		for i := range tensor.Data {
			tensor.Data[i] *= float32(1 + deviation*rng.NormFloat64())
		}
	}
	f.cfg.Serve.Blend = how
	id, err := f.learner.putTrained(t.Context(), from, state, Progress{Step: 5, Loss: 1}, 1, judgement{blend: how})
	if err != nil {
		t.Fatal(err)
	}
	cp, err := f.store.Checkpoint(id)
	if err != nil || blend.Check(cp.Blend) != nil {
		t.Fatal(cp, err)
	}
	return cp, state
}
