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

// Version is the checkpoint that answers queries: what embeds frames, and the
// index that takes their vectors.
type Version interface {
	Checkpoint() storage.CheckpointID
	Embed(ctx context.Context, pictures []*rgb.Image) ([][]float32, error)
	Add(id uint64, vector []float32) error
}

// Serving lends the version that serves. No other version replaces it, and nobody
// else holds it, until release is called.
type Serving interface {
	Hold() (v Version, release func())
}

// Corpus is what there is to learn from.
type Corpus interface {
	// Small is a picture in the size that the corpus keeps.
	Small(m *rgb.Image) *rgb.Image
	// Admit takes in a stored frame, in the order of the frames. The store has its
	// small picture.
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
	Learner func() string      // its state, as the status shows it; for the LED
	Board   gpio.Board         // where pins come from; nil is this machine
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
	took   time.Duration // for the last batch

	mu       sync.Mutex
	feeds    Feeds          // in the order of the configuration
	controls *gpio.Controls // the pins of the board; nil until Start
	failure  error          // why frames cannot be stored at the moment

	ctx     context.Context // of all that runs; nil before Start
	stop    context.CancelFunc
	running sync.WaitGroup
	save    func() error // saves the gate, once
}

// New loads what the gate has seen before. Nothing runs until Start.
func New(ctx context.Context, o Options) *Ingest {
	in := &Ingest{Options: o, queues: newQueues()}
	in.gate.open(ctx, o.Config().Gate, o.Store, o.Log)
	in.save = sync.OnceValue(func() error { return in.gate.save(o.Store) })
	return in
}

// Start opens the sources, takes the board's pins and starts to take frames until
// ctx ends. A source that cannot be opened and a pin that cannot be had are
// errors. The status shows what fails later.
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

// Started tells whether frames are taken from sources.
func (in *Ingest) Started() bool { return in.ctx != nil }

// Close stops the sources, waits for the batch under way and saves what the gate
// has seen. Closing again does nothing.
func (in *Ingest) Close() error {
	if in.ctx != nil {
		in.stop()
		in.running.Wait()
		in.controls.Close()
	}
	return in.save()
}

// Failure is why frames cannot be stored at the moment; nil when they can.
func (in *Ingest) Failure() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.failure
}

// Pins tells how the board's pins are.
func (in *Ingest) Pins() client.GPIOStatus {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.controls == nil {
		return client.GPIOStatus{}
	}
	return client.GPIOStatus(in.controls.Status())
}
