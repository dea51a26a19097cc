package gate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"
)

const (
	// stateFormat is the version of the format. A change that old code would misread
	// increases it.
	stateFormat = 1

	// stateKept is the number of kept frames of a source in a state. They are enough to
	// recognise the current scene after a restart.
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
	Sources []sourceState `json:"sources"` // the least recently used first
}

// Snapshot returns the state of the gate, for Restore after a restart. It holds the last
// 4 kept frames of each source and what was learned, up to 40 kB. Thumbnails and vectors
// are rounded to 8 bits, which is less than the noise.
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

// Restore replaces the state of the gate by one from Snapshot. After an error, which
// matches ErrState, the gate is unchanged: a new gate then goes on without the state, at
// the cost of a few frames that are kept twice.
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
	g.mu.Lock()
	defer g.mu.Unlock()
	// MaxSources may be smaller now; the most recently used sources stay.
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
	g.sources, g.clock = sources, uint64(len(st.Sources))
	return nil
}

// sourceState is a source as JSON.
type sourceState struct {
	Name    string              `json:"name"`
	Kept    []keptState         `json:"kept"`
	Noise   [channels][]float32 `json:"noise"`
	Version string              `json:"version"`
	Pairs   [2][]float32        `json:"pairs"`
	Twins   []float32           `json:"twins"`
	Run     int                 `json:"run"`
}

// maxScale bounds the components of a vector, with room for rounding errors.
const maxScale = 1.01

// keptState is a kept frame as JSON.
type keptState struct {
	ID     uint64  `json:"id"`
	At     int64   `json:"at"`   // milliseconds since 1970
	Cols   int     `json:"cols"` // 0: no thumbnail
	Rows   int     `json:"rows"`
	Cells  []byte  `json:"cells"`
	Scale  float32 `json:"scale"`  // largest component of the vector
	Vector []byte  `json:"vector"` // components, 128 + 127 times their share of Scale
}

// state returns what a Snapshot holds of a source.
func (s *source) state(name string) sourceState {
	st := sourceState{
		Name: name, Kept: []keptState{}, Version: s.radius.version, Run: s.run,
		Twins: s.radius.noise.inOrder(),
	}
	for kind := range st.Pairs {
		st.Pairs[kind] = s.radius.pairs[kind].inOrder()
	}
	for c := range st.Noise {
		st.Noise[c] = s.noise.levels[c].inOrder()
	}
	for _, k := range s.kept[max(len(s.kept)-stateKept, 0):] {
		st.Kept = append(st.Kept, k.state())
	}
	return st
}

// source is the inverse of state.
func (st sourceState) source() (*source, error) {
	s := &source{run: max(st.Run, 0), radius: radius{version: st.Version}}
	if len(st.Kept) > stateKept {
		return nil, fmt.Errorf("%d kept frames, more than %d", len(st.Kept), stateKept)
	}
	for _, each := range st.Kept {
		k, err := each.kept()
		if err != nil {
			return nil, fmt.Errorf("frame %d: %w", each.ID, err)
		}
		s.kept = append(s.kept, k)
	}
	err := s.radius.noise.fill(st.Twins, noiseWindow)
	for kind := range st.Pairs {
		err = errors.Join(err, s.radius.pairs[kind].fill(st.Pairs[kind], pairWindow))
	}
	for c := range st.Noise {
		err = errors.Join(err, s.noise.levels[c].fill(st.Noise[c], levelWindow))
	}
	return s, err
}

func (k *kept) state() keptState {
	st := keptState{ID: k.id, At: k.at.UnixMilli()}
	if k.thumb != nil {
		st.Cols, st.Rows = k.thumb.cols, k.thumb.rows
		for _, v := range k.thumb.cells {
			st.Cells = append(st.Cells, uint8(v+0.5))
		}
	}
	for _, v := range k.vector {
		st.Scale = max(st.Scale, v, -v)
	}
	if !(st.Scale > 0 && st.Scale <= maxScale) {
		st.Scale = 0 // not normalised: stored without a vector
		return st
	}
	for _, v := range k.vector {
		st.Vector = append(st.Vector, uint8(math.Round(float64(128+127*v/st.Scale))))
	}
	return st
}

func (st keptState) kept() (*kept, error) {
	k := &kept{id: st.ID, at: time.UnixMilli(st.At)}
	if st.Cols != 0 || st.Rows != 0 || len(st.Cells) != 0 {
		if min(st.Cols, st.Rows) < 1 || max(st.Cols, st.Rows) > maxCells || len(st.Cells) != 3*st.Cols*st.Rows {
			return nil, fmt.Errorf("%d values for a thumbnail of %d x %d cells", len(st.Cells), st.Cols, st.Rows)
		}
		k.thumb = &thumb{cols: st.Cols, rows: st.Rows}
		for _, v := range st.Cells {
			k.thumb.cells = append(k.thumb.cells, float32(v))
		}
		k.thumb.summarise()
	}
	if !(st.Scale >= 0 && st.Scale <= maxScale) {
		return nil, fmt.Errorf("%v is not the largest component of a normalised vector", st.Scale)
	}
	for _, v := range st.Vector {
		k.vector = append(k.vector, (float32(v)-128)/127*st.Scale)
	}
	return k, nil
}
