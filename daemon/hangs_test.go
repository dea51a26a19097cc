package daemon

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"edgeclr/camera"
	"edgeclr/daemon/heartbeat"
	"edgeclr/storage"
)

// hanging names the loop that is late; "" means none.
func hanging(h *heartbeat.Monitor) string {
	var late *heartbeat.LateError
	if errors.As(h.Check(), &late) {
		return late.Name
	}
	return ""
}

// quiet lets simulated hours pass and expects that nothing hangs.
func quiet(t *testing.T, h *heartbeat.Monitor, hours int) {
	t.Helper()
	for range hours * 60 {
		time.Sleep(time.Minute)
		if err := h.Check(); err != nil {
			t.Fatal(err)
		}
	}
}

// stuckClock is a clock whose Now does not return while it is stopped.
type stuckClock struct {
	mu      sync.Mutex
	stopped chan struct{} // nil: it runs
}

func (c *stuckClock) Now() time.Time {
	c.mu.Lock()
	stopped := c.stopped
	c.mu.Unlock()
	if stopped != nil {
		<-stopped
	}
	return time.Now()
}

func (c *stuckClock) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = make(chan struct{})
}

// run starts the clock again. The calls that wait return.
func (c *stuckClock) run() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.stopped)
	c.stopped = nil
}

// None of these is a hang, however long it lasts: a camera that sends nothing, a
// learner that has nothing to learn from, a pause, a governor that holds.
func TestWaitingIsNoHang(t *testing.T) {
	for _, tt := range []struct {
		name  string
		learn bool // there is something to learn from
		then  func(s *Service)
	}{
		{"nothing to learn from", false, func(*Service) {}},
		{"paused", true, func(s *Service) { s.learner.Pause() }},
		{"held by the governor", true, func(*Service) {}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg, heart := smallConfig(t), &heartbeat.Monitor{}
				if tt.name == "held by the governor" {
					now := time.Now() // simulated time, in the year 2000
					cfg.Learn.Windows = []string{now.Add(-2*time.Hour).Format("15:04") + "-" + now.Add(-time.Hour).Format("15:04")}
				}
				s := openWith(t, Options{Config: cfg, Heart: heart})
				if tt.learn {
					embed(t, s, 0, 16)
				}
				tt.then(s)
				if err := s.Ingest(nil); err != nil {
					t.Fatal(err)
				}
				s.Learn()
				quiet(t, heart, 2)
				if st, err := s.Status(); err != nil || st.Train.Step > 0 {
					t.Errorf("it learned: %+v, %v", st.Train, err)
				}
				shut(t, s)
				time.Sleep(time.Hour)
				if err := heart.Check(); err != nil {
					t.Errorf("after the end: %v", err)
				}
			})
		})
	}
}

// A full disk is no hang. Ingestion waits and tries again.
func TestFullDiskIsNoHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, heart := smallConfig(t), &heartbeat.Monitor{}
		s := open(t, cfg)
		_, file, err := s.store.Usage()
		if err != nil {
			t.Fatal(err)
		}
		shut(t, s)
		s = openWith(t, Options{Config: cfg, Heart: heart, maxStoreBytes: file})
		if err := s.Ingest(nil); err != nil {
			t.Fatal(err)
		}
		var paused bool
		for n := 0; !paused; n++ {
			large := decoded(t, scene(t, n)).Resize(1400, 1000)
			data, err := large.JPEG(98)
			if err != nil {
				t.Fatal(err)
			}
			name := fmt.Sprint(n)
			if err := s.ingest.Emit(t.Context(), camera.Frame{Source: "test", Path: name, Data: data, File: &camera.FileState{Path: name}}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			st, err := s.Status()
			if err != nil {
				t.Fatal(err)
			}
			paused = st.Ingest.Paused
		}
		quiet(t, heart, 1)
		shut(t, s)
	})
}

// The monitor notices when a loop hangs, and when it goes on.
func TestHangsAreNoticed(t *testing.T) {
	for _, tt := range []struct {
		loop  string
		begin func(t *testing.T, s *Service, clock *stuckClock) // makes the loop hang on the clock
	}{
		{"ingest", func(t *testing.T, s *Service, clock *stuckClock) {
			if err := s.Ingest(nil); err != nil {
				t.Fatal(err)
			}
			clock.stop()
			if err := s.ingest.Emit(t.Context(), camera.Frame{Source: "test", Path: "a", Data: scene(t, 1)}); err != nil {
				t.Fatal(err)
			}
		}},
		{"learning", func(t *testing.T, s *Service, clock *stuckClock) {
			embed(t, s, 0, 16)
			clock.stop()
			s.Learn()
		}},
	} {
		t.Run(tt.loop, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg, heart, clock := smallConfig(t), &heartbeat.Monitor{}, &stuckClock{}
				s := openWith(t, Options{Config: cfg, Heart: heart, Now: clock.Now})
				tt.begin(t, s, clock)
				time.Sleep(heartbeat.WorkTime + time.Minute)
				if got := hanging(heart); got != tt.loop {
					t.Errorf("%q hangs, want %q", got, tt.loop)
				}
				clock.run()
				time.Sleep(time.Minute)
				if err := heart.Check(); err != nil {
					t.Errorf("it goes on, and %v", err)
				}
				shut(t, s)
			})
		})
	}
}

// The monitor notices a write that does not end, even when nobody else wants to
// write.
func TestStoreThatHangs(t *testing.T) {
	heart, clock := &heartbeat.Monitor{}, &stuckClock{}
	cfg := smallConfig(t)
	s := openWith(t, Options{Config: cfg, Heart: heart, Now: clock.Now})
	other, err := s.store.PutCheckpoint(t.Context(), storage.Checkpoint{Kind: storage.CheckpointImported, Arch: cfg.Model.Arch, Size: cfg.Serve.Size}, tensors(t, s, "c1"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { s.beatStore(ctx, 10*time.Millisecond, 500*time.Millisecond) })
	written := s.store.BytesWritten()
	wait(t, "writes that prove the disk", func() bool { return s.store.BytesWritten() > written })

	clock.stop()
	running.Go(func() { // SetServing calls the clock within its transaction
		if err := s.store.SetServing(t.Context(), other, "it hangs"); err != nil {
			t.Error(err)
		}
	})
	wait(t, "the hang", func() bool { return hanging(heart) == "storage" })
	clock.run()
	wait(t, "the end of it", func() bool { return hanging(heart) == "" })
	stop()
	running.Wait()
}
