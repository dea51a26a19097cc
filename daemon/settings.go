package daemon

import (
	"sync"
	"sync/atomic"
	"time"

	"edgeclr/config"
	"edgeclr/daemon/client"
)

// settings owns the configuration that is in force. A reader gets a copy that
// never changes, slices included: a reload puts another in its place.
type settings struct {
	live atomic.Pointer[config.Config]

	mu     sync.Mutex
	status client.ConfigStatus
}

func newSettings(cfg config.Config, now time.Time) *settings {
	s := &settings{status: client.ConfigStatus{File: cfg.File, Loaded: now, NeedsRestart: []string{}, Warnings: warnings(cfg)}}
	s.set(cfg)
	return s
}

func (s *settings) set(cfg config.Config) { s.live.Store(&cfg) }

// accept notes that the configuration in force was read, and which keys wait
// for a restart.
func (s *settings) accept(cfg config.Config, now time.Time, later []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = client.ConfigStatus{File: cfg.File, Loaded: now, NeedsRestart: append([]string{}, later...), Warnings: warnings(cfg)}
}

// warnings are those of a configuration, as the status shows them.
func warnings(cfg config.Config) []string {
	texts := make([]string, len(cfg.Warnings))
	for i, w := range cfg.Warnings {
		texts[i] = w.String()
	}
	return texts
}

// refuse notes why a configuration was refused; the one in force stays.
func (s *settings) refuse(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Error = why.Error()
}

func (s *settings) state() client.ConfigStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status // nobody writes to its list
}

// config is the configuration at this moment. What must not change in the
// middle of some work reads it once, at the beginning.
func (s *Service) config() config.Config { return *s.settings.live.Load() }
