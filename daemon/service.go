package daemon

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"edgeclr/camera/decode"
	"edgeclr/camera/gpio"
	"edgeclr/config"
	"edgeclr/daemon/api"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/daemon/events"
	"edgeclr/daemon/heartbeat"
	"edgeclr/daemon/ingest"
	"edgeclr/daemon/learn"
	"edgeclr/daemon/serving"
	"edgeclr/model"
	"edgeclr/storage"
)

// Options describe a service.
type Options struct {
	Config  config.Config
	Command string // the command that opens the store; the lock file names it
	Version string // of this program; the status shows it
	Log     *slog.Logger
	// Level is the level of Log. A reload changes it. Nil: the level stays.
	Level *slog.LevelVar
	Now   func() time.Time
	// Explicit are the model keys that the user gave as flags ("arch", "size",
	// "learn-size", "weights", "blend"). A store that has a checkpoint decides these itself. A flag
	// that contradicts it is an error; a key of the configuration file is not.
	Explicit map[string]bool
	// FitBudget chooses the serving size of an empty store by serve.budget, unless the
	// configuration names a size.
	FitBudget bool
	// Unjudged lets the result of every round serve, good or bad. It is for
	// benchmarks, which show what learning does to an encoder without a judge.
	Unjudged bool
	// KeepDropped stores every candidate, also one that the judge drops. It is for
	// benchmarks, which ask whether the judge was right.
	KeepDropped bool

	// SharedSocket lets the members of the process's group use the API's socket.
	// Otherwise only its owner can.
	SharedSocket bool
	// Heart watches the service's loops. Nil: nobody watches them.
	Heart *heartbeat.Monitor

	// These are for tests.
	board         gpio.Board    // has the pins; nil: this machine
	maxStoreBytes int64         // bounds the database file, as a full disk would; 0: no bound
	pollEvery     time.Duration // see learn.Options.PollEvery; 0: its default
}

// Service is an open store with everything that works on it.
type Service struct {
	opt      Options
	log      *slog.Logger
	started  time.Time
	settings *settings

	events   *events.Bus
	recorded *events.Subscription // stores the events; the status flushes it

	store    *storage.Store
	jpeg     *model.JPEGDecoder
	decoder  *decode.Decoder
	placed   placement
	opener   *blend.Opener
	versions *serving.Versions
	corpus   *learn.Corpus
	ingest   *ingest.Ingest
	learner  *learn.Learner

	learning  func() client.TrainStatus // the state of the learner; tests replace it
	metrics   *api.Metrics
	api       *api.API
	reloading sync.Mutex // held while the configuration is reloaded, and by Close
	following sync.Mutex // held while the encoder of encoder.file is made to serve

	stopFollowing context.CancelFunc // ends that work; nil: there was none yet

	background sync.WaitGroup  // see open: retention, Mend, sightings, beatStore
	lifetime   context.Context // ends when Close begins
	stop       context.CancelFunc
}

// Open opens the store at Config.Data, gives it a pretrained checkpoint if it has
// none, and loads the version that serves. Frames, learning and the API begin with
// Ingest, Learn and Serve. The heartbeat of ctx, if it has one, ticks at each part.
//
// The error matches storage.ErrInUse when another process has the store, and
// client.ErrContradiction when a flag contradicts the store's checkpoint.
func Open(ctx context.Context, opt Options) (*Service, error) {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	s := &Service{opt: opt, log: opt.Log, settings: newSettings(opt.Config, opt.Now()), started: opt.Now(), metrics: api.NewMetrics()}
	s.lifetime, s.stop = context.WithCancel(context.Background())
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Ingest opens the sources, takes the board's pins and starts to take frames. It
// is an error when a source cannot be opened or a pin cannot be taken. The status
// shows what fails later.
func (s *Service) Ingest(watch []config.Source) error { return s.ingest.Start(s.lifetime, watch) }

// Serve answers the API on the store's socket, and on the address that the
// configuration names. It returns when both are bound.
func (s *Service) Serve() error {
	cfg := s.config()
	return s.api.Listen(api.Listeners{Dir: cfg.Data, Shared: s.opt.SharedSocket, Address: cfg.ListenAddress()})
}

// Listening returns the TCP address of the API, "" for none.
func (s *Service) Listening() string { return s.api.Address() }

// Client returns a client that calls the API within this process, without a socket.
func (s *Service) Client() *client.Client { return s.api.Client() }

// Close stops everything that runs, waits for it, and releases the store. All
// acknowledged frames are committed. Close waits for the current training step.
// Closing again does nothing.
func (s *Service) Close() error {
	var errs []error
	s.stop()           // stops everything at once, so that the waits below do not add up
	s.reloading.Lock() // waits for a running reload; no other begins
	defer s.reloading.Unlock()
	if s.api != nil {
		s.api.Close()
	}
	if s.ingest != nil {
		errs = append(errs, s.ingest.Close())
	}
	if s.learner != nil {
		s.learner.Stop()
	}
	s.background.Wait()
	if s.events != nil {
		s.events.Close()
	}
	if s.corpus != nil {
		errs = append(errs, s.corpus.Close())
	}
	if s.versions != nil {
		s.versions.Close()
	}
	if s.jpeg != nil {
		errs = append(errs, s.jpeg.Close())
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	return errors.Join(errs...)
}

// Learn starts the learner. With encoder.file it stays off: a file cannot be trained.
func (s *Service) Learn() {
	if s.config().Encoder.File == "" {
		s.learner.Start(s.lifetime)
	}
}

// Train learns once from files: see [learn.Learner.Train].
func (s *Service) Train(ctx context.Context, o learn.TrainOptions) (learn.TrainReport, error) {
	return s.learner.Train(ctx, o)
}

// Promote makes a checkpoint serve: see [serving.Versions.Promote].
func (s *Service) Promote(ctx context.Context, name, reason string, progress serving.Progress) (serving.Change, error) {
	return s.versions.Promote(ctx, name, reason, progress)
}

// Import stores an encoder's weights as a checkpoint: see [serving.Versions.Import].
func (s *Service) Import(ctx context.Context, r io.ReaderAt, size int64, name string) (serving.ImportReport, error) {
	return s.versions.Import(ctx, r, size, name)
}

// Store returns the open store.
func (s *Service) Store() *storage.Store { return s.store }
