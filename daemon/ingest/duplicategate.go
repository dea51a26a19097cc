package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/gate"
	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/storage"
)

// gateName is the gate's entry among the store's saved states.
const gateName = "gate"

// saveTime bounds how long saving the gate may take: the service must end in time.
const saveTime = 3 * time.Second

// duplicateGate decides which frames are near-duplicates of stored ones.
type duplicateGate struct {
	mu      sync.Mutex // held while a batch is decided and committed
	gate    *gate.Gate
	enabled bool // else every frame passes
}

// gateDecision is what the gate says about a frame.
type gateDecision struct {
	look      gate.Look
	duplicate bool   // it shows what is stored already
	twin      uint64 // of this stored frame
}

// open loads what the last process saved. A gate that begins anew keeps some
// frames too many, and no harm is done.
func (g *duplicateGate) open(ctx context.Context, cfg config.Gate, st *storage.Store, log *slog.Logger) {
	g.gate, g.enabled = gate.New(gate.Options{MaxGap: time.Duration(cfg.MaxGap)}), cfg.Enabled
	var state json.RawMessage
	_, err := st.LoadState(ctx, gateName, &state)
	if err == nil {
		err = g.gate.Restore(state)
	}
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		log.Warn("the gate begins anew", "error", err)
	}
}

// save keeps what the gate has seen. It is not worth a write before the end. A full
// disk costs no more than a crash.
func (g *duplicateGate) save(st *storage.Store) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.enabled || st.CountReplay() == 0 {
		return nil
	}
	state, err := g.gate.Snapshot()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), saveTime)
	defer cancel()
	if err := st.SaveState(ctx, gateName, json.RawMessage(state), nil); !errors.Is(err, storage.ErrFull) {
		return err
	}
	return nil
}

// SetGate changes the gate's settings while frames are taken.
func (in *Ingest) SetGate(cfg config.Gate) {
	in.gate.mu.Lock()
	defer in.gate.mu.Unlock()
	in.gate.enabled = cfg.Enabled
	in.gate.gate.SetMaxGap(time.Duration(cfg.MaxGap))
}

// lookAtPixels is the first stage, before a frame is embedded. Frames of one source
// come in order. The caller of this method and of those below holds mu.
func (g *duplicateGate) lookAtPixels(f camera.Frame, m *rgb.Image) gateDecision {
	if !g.enabled {
		return gateDecision{}
	}
	l := g.gate.Look(f.Source, f.Time, m)
	return gateDecision{look: l, duplicate: l.Same, twin: l.Twin}
}

// lookAtVector is the second stage, by the vector that a version made. The gate
// remembers a frame that passes under that id. When the frame is not stored after
// all, forget takes it back.
func (g *duplicateGate) lookAtVector(d *gateDecision, id uint64, version string, vector []float32) {
	if !g.enabled || d.duplicate {
		return
	}
	if d.twin, d.duplicate = g.gate.NearDuplicate(d.look, version, vector); !d.duplicate {
		g.gate.Keep(d.look, id, version, vector)
	}
}

// forget lets the gate begin anew with the sources of frames that were not
// stored after all. When they are tried again, they would be taken for their own
// twins.
func (g *duplicateGate) forget(frames []camera.Frame) {
	if !g.enabled {
		return
	}
	for _, f := range frames {
		g.gate.Forget(f.Source)
	}
}
