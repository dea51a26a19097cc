package daemon

import (
	"context"
	"fmt"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/daemon/api"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/events"
	"edgeclr/daemon/heartbeat"
	"edgeclr/daemon/ingest"
	"edgeclr/daemon/learn"
	"edgeclr/daemon/serving"
	"edgeclr/model"
	"edgeclr/storage"
)

// open opens the parts in the order in which they need each other. When a part
// fails, the caller closes the parts before it with Close.
func (s *Service) open(ctx context.Context) error {
	heartbeat.Allow(ctx, heartbeat.WorkTime)
	for _, part := range []func(context.Context) error{
		s.openStore, s.openDecoder, s.ensureCheckpoint, s.openCorpus, s.openVersions, s.openIngest, s.openLearner, s.openAPI,
	} {
		if err := part(ctx); err != nil {
			return err
		}
		heartbeat.Tick(ctx)
	}
	s.background.Go(func() { s.retain(s.lifetime) })
	if err := s.openEncoderFile(ctx); err != nil {
		return err
	}
	s.forgetTeacher()
	s.background.Go(func() {
		s.versions.Mend(s.lifetime)
		s.versions.KeepRoot(s.lifetime)
	})
	s.background.Go(func() { s.ingest.StoreSightings(s.lifetime) })
	if s.opt.Heart != nil {
		s.background.Go(func() { s.beatStore(s.lifetime, storeBeatEvery, heartbeat.LeastTime) })
	}
	return nil
}

// openStore opens the store and the bus of events. The store gives events their
// ids, and listens to them.
func (s *Service) openStore(ctx context.Context) (err error) {
	s.events = events.NewBus(func(e storage.Event) storage.Event { return s.store.Stamp(e) })
	s.events.Listen(events.ToLog(s.log))
	s.store, err = storage.Open(ctx, s.config().Data, storage.Options{
		Command: s.opt.Command, MaxBytes: s.opt.maxStoreBytes, Log: s.log, Now: s.opt.Now, OnEvent: s.events.Publish,
	})
	if err != nil {
		return err
	}
	s.recorded = s.events.Listen(events.ToStore(s.store, s.log))
	return nil
}

// openDecoder makes the decoder of pictures. Its limits change only with a
// restart.
func (s *Service) openDecoder(context.Context) error {
	s.jpeg = model.NewJPEGDecoder()
	limits := s.config().Limits
	s.decoder = &decode.Decoder{
		Limits: decode.Limits{MaxBytes: int64(limits.FileBytes), MaxPixels: limits.Pixels},
		JPEG:   s.jpeg,
	}
	return nil
}

// ensureCheckpoint gives an empty store its first checkpoint. The checkpoint decides
// parts of the configuration.
func (s *Service) ensureCheckpoint(ctx context.Context) error {
	s.placed.runtime = s.runtime()
	cfg, err := serving.EnsureCheckpoint(ctx, serving.EnsureOptions{
		Store: s.store, Config: s.config(), Explicit: s.opt.Explicit, FitBudget: s.opt.FitBudget, Now: s.opt.Now, Log: s.log,
	})
	if err != nil {
		return err
	}
	s.settings.set(cfg)
	return nil
}

// openVersions loads the version that serves. Its encoder may be checked on pictures of
// the corpus.
func (s *Service) openVersions(ctx context.Context) (err error) {
	s.opener = blend.Configured(s.config())
	s.opener.States, s.opener.Publish = s.store, s.events.Publish
	s.opener.Pictures = func(ctx context.Context, n int) []*rgb.Image { return s.corpus.HeldBack(ctx, s.decoder, n) }
	s.opener.Calibration = func(ctx context.Context, n, size int) []*rgb.Image {
		return serving.SampleSquares(ctx, s.store, s.decoder, n, rgb.Square{Size: size, Squash: s.config().Squash()})
	}
	if s.opener.Runtime == config.RuntimeLiteRT {
		// A missing library is a mistake of the installation, which a person mends. An
		// encoder that LiteRT cannot run is none: TensorFlow serves it.
		if err := s.opener.LoadLiteRT(); err != nil {
			return fmt.Errorf("model.runtime: litert: %w", err)
		}
	}
	s.versions, err = serving.Open(ctx, serving.Options{
		Store: s.store, Decoder: s.decoder, Opener: s.opener, Heart: s.opt.Heart,
		KeepCheckpoints: func() int { return s.config().Store.KeepCheckpoints }, Learns: s.learns, OnSize: s.resized, Now: s.opt.Now,
		Publish: s.events.Publish, Log: s.log,
	})
	return err
}

// learns tells whether the frames that come are learned from.
func (s *Service) learns() bool {
	cfg := s.config()
	return cfg.Learn.Enabled && cfg.Store.Frames != config.FramesNone && cfg.Encoder.File == ""
}

func (s *Service) runtime() model.Runtime {
	m := s.config().Model
	return model.Runtime{Threads: m.Threads, Device: m.Device}
}

func (s *Service) openCorpus(ctx context.Context) (err error) {
	s.corpus, err = learn.OpenCorpus(ctx, s.store, s.config(), s.log)
	return err
}

func (s *Service) openIngest(ctx context.Context) error {
	s.ingest = ingest.New(ctx, ingest.Options{
		Config: s.config, Store: s.store, Decoder: s.decoder, Serving: ingestServing{s.versions}, Corpus: s.corpus,
		Publish: s.events.Publish, Learner: func() string { return s.learner.State() }, Board: s.opt.board,
		Heart: s.opt.Heart, Log: s.log, Now: s.opt.Now,
	})
	return nil
}

func (s *Service) openLearner(ctx context.Context) (err error) {
	s.learner, err = learn.New(ctx, learn.Options{
		Store: s.store, Versions: s.versions, Vectors: s.versions, Opener: s.opener, Corpus: s.corpus, Decoder: s.decoder, Device: s.runtime(), Config: s.config,
		Publish: s.events.Publish, Now: s.opt.Now, Log: s.log, Heart: s.opt.Heart,
		Unjudged: s.opt.Unjudged, KeepDropped: s.opt.KeepDropped, PollEvery: s.opt.pollEvery,
		OnStep: s.metrics.Step, OnRound: s.metrics.Round,
	})
	if err != nil {
		return err
	}
	s.learning = s.learner.Status
	return nil
}

func (s *Service) openAPI(context.Context) error {
	s.api = api.New(api.Parts{
		Status: s.Status, Store: s.store, Versions: s.versions, Ingest: apiIngest{s.ingest}, Learner: s.learner, Corpus: s.corpus,
		Loops: s.opt.Heart, Metrics: s.metrics, Decoder: s.decoder, Opener: s.opener, Now: s.opt.Now, Log: s.log, Lifetime: s.lifetime,
	})
	return nil
}
