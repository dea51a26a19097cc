package gate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

const (
	// stateFormat is written into a state; a change that old code would
	// misread raises it.
	stateFormat = 1

	// stateKept are the kept frames of a source in a state: enough to go on
	// without keeping the same again.
	stateKept = 4

	// maxState bounds a state, in bytes. 16 sources with vectors of 1,280
	// dimensions need 600 kB.
	maxState = 8 << 20
)

// ErrState matches every error of Restore.
var ErrState = errors.New("not a state of the gate")

// state is a gate as JSON.
type state struct {
	Format  int           `json:"format"`
	Sources []sourceState `json:"sources"` // the one that was silent longest first
}

// Snapshot returns what the gate knows, for Restore after a restart: of each
// source the last 4 kept frames and what was learned, up to 40 kB. Thumbnails
// and vectors are rounded to 8 bits, which is less than noise does.
func (g *Gate) Snapshot() ([]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	st := state{Format: stateFormat, Sources: []sourceState{}}
	names := slices.SortedFunc(maps.Keys(g.sources), func(a, b string) int {
		return int(int64(g.sources[a].used - g.sources[b].used))
	})
	for _, name := range names {
		st.Sources = append(st.Sources, g.sources[name].state(name))
	}
	data, err := json.Marshal(st)
	if err != nil {
		return nil, fmt.Errorf("writing the state of the gate: %w", err)
	}
	return data, nil
}

// Restore replaces what the gate knows by a state that Snapshot gave. After an
// error, which matches ErrState, the gate is as it was: a new gate goes on
// without the state, at the cost of a few frames kept twice.
func (g *Gate) Restore(data []byte) error {
	if len(data) > maxState {
		return fmt.Errorf("%w: %d bytes, more than %d", ErrState, len(data), maxState)
	}
	var st state
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&st); err != nil {
		return fmt.Errorf("%w: %w", ErrState, err)
	}
	if d.More() {
		return fmt.Errorf("%w: something follows the state", ErrState)
	}
	if st.Format != stateFormat {
		return fmt.Errorf("%w: format %d, this program reads %d", ErrState, st.Format, stateFormat)
	}
	// Fewer may be allowed now; those used last stay.
	st.Sources = st.Sources[max(len(st.Sources)-g.opt.MaxSources, 0):]
	sources := map[string]*source{}
	for i, each := range st.Sources {
		s, err := each.source()
		if err != nil {
			return fmt.Errorf("%w: source %q: %w", ErrState, each.Name, err)
		}
		s.used = uint64(i)
		sources[each.Name] = s
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sources, g.clock = sources, uint64(len(st.Sources))
	return nil
}
