package daemon

import (
	"sync"
	"sync/atomic"
	"time"

	"edgeclr/config"
	"edgeclr/daemon/client"
)

// settings owns the configuration in force. A reader gets a copy that never
// changes, slices included. A reload puts another copy in its place.
type settings struct {
	live atomic.Pointer[config.Config]
	// size is the serving size of the store, in pixels, which wins over that of live: a
	// promotion changes it at any time. 0: there is none yet.
	size atomic.Int64

	mu     sync.Mutex
	status client.ConfigStatus
}

func newSettings(cfg config.Config, now time.Time) *settings {
	s := &settings{status: client.ConfigStatus{File: cfg.File, Loaded: now, NeedsRestart: []string{}, Warnings: warnings(cfg)}}
	s.set(cfg)
	return s
}

func (s *settings) set(cfg config.Config) { s.live.Store(&cfg) }

// accept notes when the configuration in force was read, and which keys need a
// restart.
func (s *settings) accept(cfg config.Config, now time.Time, needsRestart []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = client.ConfigStatus{File: cfg.File, Loaded: now, NeedsRestart: append([]string{}, needsRestart...), Warnings: warnings(cfg)}
}

// warnings lists the warnings of a configuration as text for the status.
func warnings(cfg config.Config) []string {
	texts := make([]string, len(cfg.Warnings))
	for i, w := range cfg.Warnings {
		texts[i] = w.String()
	}
	return texts
}

// refuse notes why a configuration was refused. The configuration in force stays.
func (s *settings) refuse(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Error = why.Error()
}

func (s *settings) state() client.ConfigStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status // nobody writes to its lists
}

// config returns the configuration in force at this moment. Work that must not see
// it change calls config once, at the beginning.
func (s *Service) config() config.Config {
	cfg := *s.settings.live.Load()
	if size := s.settings.size.Load(); size > 0 {
		cfg.Serve.Size = int(size)
	}
	return cfg
}

// resized puts another serving size in force, in pixels.
func (s *Service) resized(size int) {
	s.settings.size.Store(int64(size))
	s.corpus.Resize(size)
}
