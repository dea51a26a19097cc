package ingest

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"edgeclr/camera"
	"edgeclr/camera/decode"
	"edgeclr/camera/gpio"
	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/daemon/replay"
	"edgeclr/storage"
)

// TestMain fails when a test leaves a goroutine behind. Nothing is ignored.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// harness is an Ingest with a store, a version that embeds without a network, and a
// corpus that remembers the entries that it was given.
type harness struct {
	*Ingest
	version

	mu      sync.Mutex
	config  config.Config
	learner string
	events  []storage.Event
	corpus  []replay.Entry
}

// newHarness makes a harness. It is closed when the test ends.
func newHarness(t *testing.T, board gpio.Board) *harness {
	t.Helper()
	h := &harness{config: config.Default(), learner: client.LearnOff}
	h.config.Serve.Size = 32
	st, err := storage.Open(t.Context(), filepath.Join(t.TempDir(), "store"), storage.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	h.version.checkpoint, err = st.PutCheckpoint(t.Context(), storage.Checkpoint{Kind: storage.CheckpointPretrained, Arch: "none", Size: 32, Dim: vectorSide * vectorSide}, nil)
	if err != nil {
		t.Fatal(err)
	}
	h.Ingest = New(t.Context(), Options{
		Config: func() config.Config { h.mu.Lock(); defer h.mu.Unlock(); return h.config },
		Store:  st, Decoder: &decode.Decoder{}, Serving: &h.version, Corpus: h, Board: board,
		Publish: func(e storage.Event) { h.mu.Lock(); defer h.mu.Unlock(); h.events = append(h.events, e) },
		Learner: func() string { h.mu.Lock(); defer h.mu.Unlock(); return h.learner },
		Log:     slog.New(slog.DiscardHandler), Now: time.Now,
	})
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func (h *harness) Small(m *rgb.Image) *rgb.Image { return m.Shrink(64) }

func (h *harness) Admit(e replay.Entry) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.corpus = append(h.corpus, e)
}

// vectorSide is the side of the thumbnail that is a picture's vector.
const vectorSide = 8

// version is a Version whose vector of a picture is a thumbnail of it.
type version struct {
	held       sync.Mutex
	checkpoint storage.CheckpointID
	index      []uint64
	next       int   // pixels; a version of this size takes over before the next Hold; 0: none does
	size       int   // pixels; 0: 96
	sides      []int // of the pictures that were embedded last
}

func (v *version) Hold() (Version, func()) {
	v.held.Lock()
	v.size = cmp.Or(v.next, v.size)
	return v, v.held.Unlock
}

func (v *version) Square() rgb.Square { return rgb.Square{Size: cmp.Or(v.size, 96)} }

func (v *version) Checkpoint() storage.CheckpointID { return v.checkpoint }

func (v *version) Encoders() []storage.Encoder {
	return []storage.Encoder{{Weights: "thumbnail", Size: v.Square().Size, Dim: vectorSide * vectorSide}}
}

func (v *version) EmbedHalves(_ context.Context, pictures []*rgb.Image) ([][][]float32, error) {
	vectors := make([][][]float32, len(pictures))
	v.sides = v.sides[:0]
	for i, m := range pictures {
		v.sides = append(v.sides, m.Width)
		small := m.Resize(vectorSide, vectorSide)
		vectors[i] = make([][]float32, 1)
		for p := 0; p < len(small.Pix); p += 3 {
			vectors[i][0] = append(vectors[i][0], float32(small.Pix[p])-127)
		}
	}
	return vectors, nil
}

func (v *version) Join(halves [][]float32) []float32 { return halves[0] }

func (v *version) Add(id uint64, _ []float32) error {
	v.index = append(v.index, id)
	return nil
}

// commit takes frames in and expects no error.
func (h *harness) commit(t *testing.T, frames ...camera.Frame) []client.Outcome {
	t.Helper()
	outcomes, err := h.Commit(t.Context(), frames)
	if err != nil {
		t.Fatal(err)
	}
	return outcomes
}

// rendered is the n-th picture of the conveyor.
func rendered(n int) *rgb.Image {
	m, _ := synthetic.New(synthetic.Options{Seed: 7}).Render(n)
	return m
}

// encoded is a picture as a JPEG file.
func encoded(t *testing.T, m *rgb.Image) []byte {
	t.Helper()
	data, err := m.JPEG(90)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// live gives frames of a camera, one a second.
func live(first int, pictures ...*rgb.Image) []camera.Frame {
	begin := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	frames := make([]camera.Frame, len(pictures))
	for i, m := range pictures {
		frames[i] = camera.Frame{Source: "v4l2:/dev/video0", Path: fmt.Sprint(first + i), Time: begin.Add(time.Duration(first+i) * time.Second), Image: m}
	}
	return frames
}

// file gives a file of a folder.
func file(path string, data []byte) camera.Frame {
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return camera.Frame{Source: "dir:/x", Path: path, Time: when, Data: data,
		File: &camera.FileState{Path: path, Size: int64(len(data)), ModTime: when}}
}
