package daemon

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
	"edgeclr/config"
	"edgeclr/daemon/api"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/daemon/learn"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// longTime bounds waits that normally take a moment: these tests share their machine.
const longTime = 60 * time.Second

// knownWeights is where `make deps` puts the pretrained encoder.
const knownWeights = "../.deps/weights/efficientnet_lite0.pth"

// smallConfig configures a service that starts and trains quickly: the pretrained
// EfficientNet-Lite0 when its weights are there, else a random ResNet-18, at 32 px.
func smallConfig(t *testing.T) config.Config {
	t.Helper()
	cfg := config.Default()
	cfg.Data = filepath.Join(t.TempDir(), "store")
	cfg.Serve.Size, cfg.Serve.CropMode = 32, config.CropCenter
	cfg.Model.Threads = 1
	cfg.Model.Runtime = config.RuntimeTensorFlow // starts without a check; runtime_test.go has the others
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

// open opens a service. It is closed at the end of the test, or by the test before.
func open(t *testing.T, cfg config.Config) *Service {
	t.Helper()
	return openWith(t, Options{Config: cfg})
}

func openWith(t *testing.T, o Options) *Service {
	t.Helper()
	o.Command = "daemon test"
	if o.Heart == nil { // with a heart, tests simulate hours, and polling often would be slow
		o.pollEvery = 20 * time.Millisecond
	}
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, s) })
	return s
}

func shut(t *testing.T, s *Service) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Errorf("closing: %v", err)
	}
}

// reconfigure changes the configuration in force.
func reconfigure(s *Service, change func(cfg *config.Config)) {
	cfg := s.config()
	change(&cfg)
	s.settings.set(cfg)
}

// scene renders the n-th picture of the conveyor as a JPEG file.
func scene(t *testing.T, n int) []byte {
	t.Helper()
	m, _ := synthetic.New(synthetic.Options{Seed: 7}).Render(n)
	data, err := m.JPEG(90)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// pictures makes n different pictures for a request, numbered from first.
func pictures(t *testing.T, first, n int) []client.Picture {
	t.Helper()
	all := make([]client.Picture, n)
	for i := range all {
		all[i] = client.Picture{Path: fmt.Sprintf("/camera/%03d.jpg", first+i), Data: scene(t, first+i),
			ModTime: time.Date(2026, 1, 2, 3, 4, 5, first+i, time.UTC)}
	}
	return all
}

// embed stores n pictures through the API and returns them with their ids.
func embed(t *testing.T, s *Service, first, n int) ([]client.Picture, []uint64) {
	t.Helper()
	all := pictures(t, first, n)
	var ids []uint64
	for start := 0; start < n; start += api.MaxPictures {
		answer, err := s.Client().Embed(t.Context(), all[start:min(n, start+api.MaxPictures)])
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range answer.Frames {
			if f.Reason != "" {
				t.Fatalf("a picture was not stored: %+v", f)
			}
			ids = append(ids, f.ID)
		}
	}
	return all, ids
}

// findsItself queries with a picture and expects its own frame first.
func findsItself(t *testing.T, c *client.Client, data []byte, id uint64, checkpoint string) {
	t.Helper()
	answer, err := c.QueryImage(t.Context(), data, 3, checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Results) == 0 || answer.Results[0].ID != id || answer.Results[0].Similarity <= 0.999 {
		t.Fatalf("frame %d asked with its own picture: %+v", id, answer)
	}
}

// wait polls until done reports true.
func wait(t *testing.T, what string, done func() bool) {
	t.Helper()
	for begin := time.Now(); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > longTime {
			t.Fatalf("%s: not within %v", what, longTime)
		}
	}
}

// status asks the service in process.
func status(t *testing.T, s *Service) client.Status {
	t.Helper()
	st, err := s.Client().Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// loop runs a function in n goroutines until stop is called. Stop waits for them.
func loop(t *testing.T, n int, body func(ctx context.Context, worker int)) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() {
			for ctx.Err() == nil {
				body(ctx, i)
			}
		})
	}
	return func() { cancel(); running.Wait() }
}

// decoded decodes a file.
func decoded(t *testing.T, data []byte) *rgb.Image {
	t.Helper()
	d := decode.Decoder{}
	m, _, err := d.Decode(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// cosine is that of two vectors of length 1.
func cosine(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// storedVector returns the vector of a frame by the encoders with which a checkpoint
// served last.
func storedVector(t *testing.T, s *Service, cp storage.CheckpointID, id uint64) []float32 {
	t.Helper()
	encoders, err := s.store.Encoders(cp)
	if err != nil {
		t.Fatal(err)
	}
	described, err := s.store.Checkpoint(cp)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.store.Vector(encoders, described.Share, storage.FrameID(id))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// encodersOf names the encoders of a checkpoint, which need not have served.
func encodersOf(t *testing.T, s *Service, id storage.CheckpointID) []storage.Encoder {
	t.Helper()
	cp, err := s.store.Checkpoint(id)
	if err != nil {
		t.Fatal(err)
	}
	encoders, err := blend.FloatEncoders(t.Context(), s.store, cp)
	if err != nil {
		t.Fatal(err)
	}
	return encoders
}

// countVectors counts the frames with vectors of a checkpoint.
func countVectors(t *testing.T, s *Service, id storage.CheckpointID) int {
	t.Helper()
	n, err := s.store.CountVectors(encodersOf(t, s, id))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// countEvents counts the latest events whose text has a phrase in it.
func countEvents(t *testing.T, s *Service, phrase string) (n int) {
	t.Helper()
	for _, e := range status(t, s).Events {
		if strings.Contains(e.Text, phrase) {
			n++
		}
	}
	return n
}

// nextRound waits for the end of a round.
func nextRound(t *testing.T, s *Service) learn.RoundEnd {
	t.Helper()
	select {
	case end := <-s.Harness().Rounds():
		return end
	case <-time.After(longTime):
		t.Fatalf("no round ended: %+v", s.learner.Status())
		return learn.RoundEnd{}
	}
}

func tensors(t *testing.T, s *Service, id storage.CheckpointID) weights.Set {
	t.Helper()
	set, err := s.store.Tensors(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// distance is the largest difference between weights that both sets have.
func distance(a, b weights.Set) float64 {
	most := 0.0
	for _, x := range a {
		y, ok := b.Find(x.Name)
		if !ok {
			continue
		}
		for i := range x.Data {
			most = max(most, math.Abs(float64(x.Data[i]-y.Data[i])))
		}
	}
	return most
}

// live gives frames of a camera, one a second.
func live(source string, first int, pictures ...*rgb.Image) []camera.Frame {
	begin := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	frames := make([]camera.Frame, len(pictures))
	for i, m := range pictures {
		frames[i] = camera.Frame{Source: source, Path: fmt.Sprintf("%d", first+i), Time: begin.Add(time.Duration(first+i) * time.Second), Image: m}
	}
	return frames
}

func rendered(first, n int) []*rgb.Image {
	scene := synthetic.New(synthetic.Options{Seed: 7})
	pictures := make([]*rgb.Image, n)
	for i := range pictures {
		pictures[i], _ = scene.Render(first + i)
	}
	return pictures
}

func sharedFolder() string {
	if folder := os.Getenv(config.EnvShared); folder != "" {
		return folder
	}
	return filepath.Join("..", "..", "shared")
}
