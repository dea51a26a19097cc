package ingest

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"edgeclr/camera/decode"
	"edgeclr/camera/gpio"
	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/daemon/heartbeat"
	"edgeclr/daemon/replay"
	"edgeclr/storage"
)

// Version is a version of the encoder: it embeds frames, and has the index of their
// vectors.
type Version interface {
	Checkpoint() storage.CheckpointID
	// Encoders are those by which frames get vectors. All see squares of one size.
	Encoders() []storage.Encoder
	// EmbedHalves computes the vectors of each picture, one by each of Encoders.
	EmbedHalves(ctx context.Context, pictures []*rgb.Image) ([][][]float32, error)
	// Join makes one vector out of those by each of Encoders.
	Join(halves [][]float32) []float32
	// Add puts the joined vector of a stored frame into the index.
	Add(id uint64, vector []float32) error
}

// Serving lends the version that serves.
type Serving interface {
	// Hold returns the version. Until release is called, no other version replaces
	// it, and nobody else holds it.
	Hold() (v Version, release func())
	// Square is what the encoder sees of a picture now. A promotion can change it until the
	// version is held.
	Square() rgb.Square
}

// Corpus takes frames to learn from.
type Corpus interface {
	// Small shrinks a picture to the size that the corpus keeps.
	Small(m *rgb.Image) *rgb.Image
	// Admit takes in a stored frame whose small picture is in the store. It is called
	// in the order of the frames.
	Admit(e replay.Entry)
}

// Options describe an Ingest.
type Options struct {
	Config  func() config.Config // in force
	Store   *storage.Store
	Decoder *decode.Decoder
	Serving Serving
	Corpus  Corpus
	Publish func(storage.Event)
	Learner func() string      // state of the learner, one of client.LearnStates; for the LED
	Board   gpio.Board         // has the pins; nil: this machine
	Heart   *heartbeat.Monitor // nil: nobody watches
	Log     *slog.Logger
	Now     func() time.Time
}

// Ingest takes frames from the sources into the store.
type Ingest struct {
	Options

	queues queues
	taps   frameTaps
	gate   duplicateGate
	took   time.Duration // time that the last batch took; of the writer's goroutine

	mu       sync.Mutex
	feeds    Feeds          // in the order of the configuration
	controls *gpio.Controls // the pins of the board; nil until Start
	failure  error          // why frames cannot be stored at the moment

	ctx     context.Context // of the sources and the writer; nil before Start
	stop    context.CancelFunc
	running sync.WaitGroup
	save    func() error // saves the gate; works once
}

// New makes an Ingest and loads the state of its gate. Nothing runs until Start.
func New(ctx context.Context, o Options) *Ingest {
	in := &Ingest{Options: o, queues: newQueues()}
	in.gate.open(ctx, o.Config().Gate, o.Store, o.Log)
	in.save = sync.OnceValue(func() error { return in.gate.save(o.Store) })
	return in
}

// Start opens the sources, takes the board's pins and starts to take frames until
// ctx ends. It is an error when a source cannot be opened or a pin cannot be taken.
// The status shows what fails later.
func (in *Ingest) Start(ctx context.Context, watch []config.Source) error {
	feeds, err := in.Open(watch)
	if err != nil {
		return err
	}
	controls, err := in.openControls(feeds)
	if err != nil {
		return err
	}
	in.mu.Lock() // the API may answer already
	in.controls = controls
	in.mu.Unlock()
	in.ctx, in.stop = context.WithCancel(ctx)
	beat := in.Heart.Beat("ingest", heartbeat.LoopTime)
	in.running.Go(func() {
		defer beat.Stop()
		in.write(heartbeat.With(in.ctx, beat))
	})
	in.Watch(feeds)
	return nil
}

// Started tells whether Start was called.
func (in *Ingest) Started() bool { return in.ctx != nil }

// Close stops the sources and the writer, waits for them, and saves the state of the
// gate. Closing again does nothing.
func (in *Ingest) Close() error {
	if in.ctx != nil {
		in.stop()
		in.running.Wait()
		in.controls.Close()
	}
	return in.save()
}

// Failure returns why frames cannot be stored at the moment; nil when they can.
func (in *Ingest) Failure() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.failure
}

// Pins returns the state of the board's pins.
func (in *Ingest) Pins() client.GPIOStatus {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.controls == nil {
		return client.GPIOStatus{}
	}
	return client.GPIOStatus(in.controls.Status())
}
