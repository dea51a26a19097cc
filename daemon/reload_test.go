package daemon

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/daemon/ingest"
	"edgeclr/storage"
)

// reload puts a changed configuration in force, as a changed file does.
func reload(t *testing.T, s *Service, cfg config.Config, change func(cfg *config.Config)) config.Config {
	t.Helper()
	change(&cfg)
	if err := s.Reload(func() (config.Config, error) { return cfg, nil }); err != nil {
		t.Fatal(err)
	}
	return cfg
}

// uris lists the sources that the status shows, in its order.
func uris(t *testing.T, s *Service) (all []string) {
	t.Helper()
	for _, source := range status(t, s).Sources {
		all = append(all, source.URI)
	}
	return all
}

// feeds lists the feeds that run.
func feeds(t *testing.T, s *Service) ingest.Feeds {
	t.Helper()
	all, err := s.ingest.Open(s.config().Sources)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Only the sources that the configuration adds or takes away start and stop.
func TestReloadSources(t *testing.T) {
	cfg := smallConfig(t)
	stays, goes, comes := t.TempDir(), t.TempDir(), t.TempDir()
	cfg.Sources = config.SourcesOf("dir:"+stays, "dir:"+goes)
	s := open(t, cfg)
	if err := s.Ingest(cfg.Sources); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(stays, "1.jpg"), scene(t, 1))
	write(t, filepath.Join(goes, "2.jpg"), scene(t, 2))
	counts(t, s, 2, 0)
	before := feeds(t, s)
	cfg = reload(t, s, cfg, func(cfg *config.Config) { cfg.Sources = config.SourcesOf("dir:"+comes, "dir:"+stays) })
	after := feeds(t, s)
	if len(after) != 2 || after[1] != before[0] {
		t.Error("the source that stays was not left alone")
	}
	if got := uris(t, s); !reflect.DeepEqual(config.SourcesOf(got...), cfg.Sources) {
		t.Errorf("status shows %q", got)
	}
	write(t, filepath.Join(goes, "never.jpg"), scene(t, 3))
	write(t, filepath.Join(stays, "4.jpg"), scene(t, 4))
	write(t, filepath.Join(comes, "5.jpg"), scene(t, 5))
	counts(t, s, 4, 0)
	// A source that comes back finds the files that it missed.
	reload(t, s, cfg, func(cfg *config.Config) { cfg.Sources = config.SourcesOf("dir:" + goes) })
	counts(t, s, 5, 0)
	if n := countEvents(t, s, "the configuration is loaded: sources"); n != 2 {
		t.Errorf("%d events", n)
	}
	reload(t, s, cfg, func(cfg *config.Config) { cfg.Sources = nil })
	if got := uris(t, s); len(got) != 0 {
		t.Errorf("status shows %q", got)
	}
}

// A configuration with one part that fails changes nothing.
func TestReloadRefused(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Sources = config.SourcesOf("dir:" + t.TempDir())
	cfg.Learn.Steps = 100_000 // no round ends
	var hours atomic.Int64
	clock := func() time.Time { return time.Date(2026, 1, 2, int(hours.Load()), 0, 0, 0, time.UTC) }
	s := openWith(t, Options{Config: cfg, Now: clock})
	if err := s.Ingest(cfg.Sources); err != nil {
		t.Fatal(err)
	}
	wait(t, "the source, whose event could else come between", func() bool { return countEvents(t, s, " is live") == 1 })
	feed := feeds(t, s)[0]
	embed(t, s, 0, 12)
	s.Learn()
	for _, tt := range []struct {
		name   string
		change func(cfg *config.Config) error
		want   string
	}{
		{"a file that is bad", func(cfg *config.Config) error {
			return &config.Error{Problems: []config.Problem{{Key: "learn.lr", Where: "x.yaml:7", Text: "no"}, {Key: "a"}}}
		}, "x.yaml:7: learn.lr: no"},
		{"a file that is gone", func(*config.Config) error { return errors.New("no such file") }, "no such file"},
		{"a value out of range", func(cfg *config.Config) error { cfg.Learn.LR = -1; return nil }, "learn.lr"},
		{"a source that is not there", func(cfg *config.Config) error {
			cfg.Sources = config.SourcesOf("dir:" + filepath.Join(t.TempDir(), "none"))
			return nil
		}, "none"},
		{"a source of no kind", func(cfg *config.Config) error { cfg.Sources = config.SourcesOf("tape:a"); return nil }, "tape"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			hours.Add(1)
			next := cfg
			next.Learn.Duty, next.Learn.Batch, next.Learn.Windows = 0.5, 8, []string{"23:00-23:30"} // the clock is never there
			err := tt.change(&next)
			got := s.Reload(func() (config.Config, error) { return next, err })
			if got == nil || !strings.Contains(got.Error(), tt.want) {
				t.Errorf("%v, want %q", got, tt.want)
			}
			if d := config.Diff(s.config(), cfg); d != nil {
				t.Errorf("in force although refused: %q", d)
			}
			st := status(t, s)
			if st.Config.Error != got.Error() || !st.Config.Loaded.Equal(s.started) {
				t.Errorf("status %+v", st.Config)
			}
			if last := st.Events[len(st.Events)-1].Text; !strings.Contains(last, "refused") || !strings.Contains(last, tt.want) {
				t.Errorf("event %q", last)
			}
			if feeds(t, s)[0] != feed || st.Sources[0].State == "" {
				t.Errorf("sources %+v", st.Sources)
			}
			wait(t, "a step that begins now, which another governor would not allow", func() bool { return s.learner.Status().Step > st.Train.Step+1 })
			if reason := s.learner.Status().Holding; reason != "" {
				t.Errorf("the governor has changed: %q", reason)
			}
		})
	}
	// A good configuration takes the error out of the status.
	reload(t, s, cfg, func(*config.Config) {})
	if c := status(t, s).Config; c.Error != "" || !c.Loaded.Equal(clock()) {
		t.Errorf("status %+v", c)
	}
}

// A key that needs a restart is named until it has its old value again, or the
// service restarts.
func TestReloadNeedsRestart(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	next := reload(t, s, cfg, func(cfg *config.Config) {
		cfg.Data, cfg.Listen, cfg.Serve.Size, cfg.Learn.Duty, cfg.Replay.Fresh = "/elsewhere", "127.0.0.1:1", 64, 0.25, 0.5
	})
	if got := strings.Join(status(t, s).Config.NeedsRestart, " "); got != "data listen serve.size" {
		t.Errorf("needs a restart: %q", got)
	}
	if live := s.config(); live.Data != cfg.Data || live.Listen != "" || live.Serve.Size != 32 || live.Learn.Duty != 0.25 || live.Replay.Fresh != 0.5 {
		t.Errorf("in force: %+v", live)
	}
	if countEvents(t, s, "learn.duty, replay.fresh; `"+client.RestartCommand+"` puts the rest in force: data, listen, serve.size") != 1 {
		t.Errorf("events %+v", status(t, s).Events)
	}
	wantConfigEvent(t, s, map[string]any{"changed": []any{"learn.duty", "replay.fresh"}, "needs_restart": []any{"data", "listen", "serve.size"}})
	reload(t, s, next, func(next *config.Config) {
		next.Data, next.Listen, next.Serve.Size = cfg.Data, cfg.Listen, cfg.Serve.Size
	})
	if got := status(t, s).Config.NeedsRestart; got == nil || len(got) > 0 {
		t.Errorf("needs a restart: %q", got)
	}
}

// The store decides architecture and size. The file may name others.
func TestReloadAfterTheStoreDecided(t *testing.T) {
	cfg := smallConfig(t)
	shut(t, open(t, cfg))
	cfg.Serve.Size = 96
	s := open(t, cfg)
	reload(t, s, cfg, func(cfg *config.Config) { cfg.Learn.Duty = 0.5 })
	if got := status(t, s); len(got.Config.NeedsRestart) > 0 || got.Checkpoint.Size != 32 || s.config().Serve.Size != 32 {
		t.Errorf("%+v, %+v", got.Config, got.Checkpoint)
	}
}

func TestReloadWhatIsKept(t *testing.T) {
	cfg := smallConfig(t)
	level := new(slog.LevelVar)
	s := openWith(t, Options{Config: cfg, Level: level})
	_, ids := embed(t, s, 0, 1)
	cfg = reload(t, s, cfg, func(cfg *config.Config) {
		cfg.Log.Level, cfg.Gate.Enabled, cfg.Store.Frames, cfg.Store.ThumbnailSide = "debug", false, config.FramesThumbnail, 32
	})
	_, more := embed(t, s, 1, 1)
	for id, side := range map[uint64]int{ids[0]: 120, more[0]: 32} {
		data, err := s.store.FrameData(storage.FrameID(id))
		if err != nil || decoded(t, data).Height != side {
			t.Errorf("frame %d is kept with another height than %d: %v", id, side, err)
		}
	}
	again := rendered(3, 1)[0]
	gated := func(first int) bool {
		outcomes, err := s.ingest.Commit(t.Context(), live("v4l2:/dev/video0", first, again, again))
		if err != nil {
			t.Fatal(err)
		}
		return outcomes[1].Reason == client.ReasonNearDuplicate
	}
	if level.Level() != slog.LevelDebug || gated(0) {
		t.Errorf("level %v, or the gate is still on", level)
	}
	reload(t, s, cfg, func(cfg *config.Config) { cfg.Gate.Enabled, cfg.Store.MaxBytes = true, 64*config.MiB })
	if !gated(2) || s.config().Store.MaxBytes != 64*config.MiB {
		t.Errorf("the gate is off, or %+v", s.config().Store)
	}
}

// The learner starts and stops with learn.enabled. An interrupted round goes on. A
// round that failed is tried again with the new configuration.
func TestReloadLearner(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Learn.Enabled, cfg.Learn.Steps, cfg.Learn.MaxMemory = false, 1000, 64*config.MiB
	s := open(t, cfg)
	embed(t, s, 0, 12)
	cfg = reload(t, s, cfg, func(cfg *config.Config) { cfg.Learn.Enabled = true })
	wait(t, "a round that does not fit the memory", func() bool { return status(t, s).Train.State == client.LearnFailed })
	cfg = reload(t, s, cfg, func(cfg *config.Config) { cfg.Learn.MaxMemory = 0 })
	wait(t, "steps", func() bool { return status(t, s).Train.Step > 1 })
	cfg = reload(t, s, cfg, func(cfg *config.Config) { cfg.Learn.Enabled = false })
	st := status(t, s).Train
	if st.State != client.LearnOff || st.Step == 0 {
		t.Errorf("%+v", st)
	}
	cfg = reload(t, s, cfg, func(cfg *config.Config) { cfg.Learn.Enabled = true })
	wait(t, "more steps", func() bool { return status(t, s).Train.Step > st.Step })
	// The learner holds at once when its hours end, and goes on at once when they begin.
	hour := time.Now().Add(2 * time.Hour).Truncate(time.Hour)
	cfg = reload(t, s, cfg, func(cfg *config.Config) {
		cfg.Learn.Windows = []string{hour.Format("15:04") + "-" + hour.Add(time.Hour).Format("15:04")}
	})
	wait(t, "holding", func() bool { return strings.Contains(status(t, s).Train.Holding, "learn.windows") })
	held := status(t, s).Train.Step
	reload(t, s, cfg, func(cfg *config.Config) { cfg.Learn.Windows = []string{} })
	wait(t, "going on", func() bool { return status(t, s).Train.Step > held })
}

// Reloads while everything else runs change only what they name.
func TestReloadUnderLoad(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	if err := s.Ingest(config.SourcesOf("synthetic:conveyor?fps=20&seed=1")); err != nil {
		t.Fatal(err)
	}
	all, _ := embed(t, s, 0, 8)
	s.Learn()
	stop := loop(t, 2, func(ctx context.Context, worker int) {
		_, queried := s.Client().QueryImage(ctx, all[worker].Data, 3, "")
		_, embedded := s.Client().Embed(ctx, pictures(t, 8, 2))
		_, asked := s.Client().Status(ctx)
		if err := errors.Join(queried, embedded, asked); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	})
	for n := range 10 {
		cfg = reload(t, s, cfg, func(cfg *config.Config) {
			cfg.Sources = config.SourcesOf("synthetic:conveyor?fps=20&seed=1")
			if n%2 == 0 {
				cfg.Sources = append(cfg.Sources, config.Source{URI: "synthetic:conveyor?fps=20&seed=2"})
			}
			cfg.Gate.Enabled, cfg.Learn.Enabled, cfg.Learn.Duty = n%2 == 0, n%4 != 3, 1/float64(n+1)
			cfg.Store.ThumbnailSide = 64 + n
		})
	}
	stop()
	shut(t, s)
	if err := s.Reload(func() (config.Config, error) { return cfg, nil }); !errors.Is(err, client.ErrClosing) {
		t.Errorf("after closing: %v", err)
	}
}

// wantConfigEvent compares the latest event, as the API gives it: its id is that
// of the event before and one more, and its data is fields.
func wantConfigEvent(t *testing.T, s *Service, data map[string]any) {
	t.Helper()
	st, err := s.Client().Status(t.Context())
	if err != nil || len(st.Events) < 2 {
		t.Fatalf("%d events, %v", len(st.Events), err)
	}
	before, last := st.Events[len(st.Events)-2], st.Events[len(st.Events)-1]
	if last.Kind != storage.EventConfig || last.ID != before.ID+1 || last.Source != "" {
		t.Errorf("the last event is %+v after %+v", last, before)
	}
	for key, want := range data {
		if got := last.Data[key]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, want %v", key, got, want)
		}
	}
}
