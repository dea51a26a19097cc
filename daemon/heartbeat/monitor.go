package heartbeat

import (
	"slices"
	"sync"
	"time"
)

// Monitor holds the beats of a program. The zero value is one without any; a nil
// monitor watches nothing.
type Monitor struct {
	mu    sync.Mutex
	beats []*Beat // in the order they began
}

// Beat begins to watch a loop, which ticks within that time or is late.
func (m *Monitor) Beat(name string, allowance time.Duration) *Beat {
	if m == nil {
		return nil
	}
	b := &Beat{monitor: m, name: name, allowance: allowance, last: time.Now()}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.beats = append(m.beats, b)
	return b
}

// Check gives a *LateError for the beat that is longest overdue, nil when none is.
func (m *Monitor) Check() error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	var worst *LateError
	for _, b := range m.beats {
		if late, is := b.late(now); is && (worst == nil || late.Silent-late.Allowed > worst.Silent-worst.Allowed) {
			worst = late
		}
	}
	if worst == nil {
		return nil
	}
	return worst
}

func (m *Monitor) remove(b *Beat) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.beats = slices.DeleteFunc(m.beats, func(other *Beat) bool { return other == b })
}
