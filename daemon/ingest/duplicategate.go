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
	mu      sync.Mutex // held while the gate decides about a batch, and while it is committed
	gate    *gate.Gate
	enabled bool // false: every frame passes
}

// gateDecision is what the gate says about a frame.
type gateDecision struct {
	look      gate.Look
	duplicate bool   // the frame is a near-duplicate
	twin      uint64 // id of the stored frame that it repeats
}

// open loads what the last process saved. When that fails, the gate is empty and
// lets some near-duplicates pass, which does no harm.
func (g *duplicateGate) open(ctx context.Context, cfg config.Gate, st *storage.Store, log *slog.Logger) {
	g.gate, g.enabled = gate.New(gate.Options{MaxGap: time.Duration(cfg.MaxGap)}), cfg.Enabled
	var state json.RawMessage
	_, err := st.LoadState(ctx, gateName, &state)
	if err == nil {
		err = g.gate.Restore(state)
	}
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		log.Warn("the saved state of the gate cannot be used; the gate starts empty", "error", err)
	}
}

// save stores what the gate has seen. It is called once, at the end: the state is not
// worth more writes. On a full disk nothing is saved, as in a crash.
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

// lookAtPixels is the first stage, before a frame is embedded. M is the frame's small
// picture. Frames of one source come in order. The caller of this method and of those
// below holds mu.
func (g *duplicateGate) lookAtPixels(f camera.Frame, m *rgb.Image) gateDecision {
	if !g.enabled {
		return gateDecision{}
	}
	l := g.gate.Look(f.Source, f.Time, m)
	return gateDecision{look: l, duplicate: l.Same, twin: l.Twin}
}

// lookAtVector is the second stage. It compares the vector that a version computed,
// and updates d. The gate remembers a frame that passes under that id. When the frame
// is not stored after all, the caller calls forget.
func (g *duplicateGate) lookAtVector(d *gateDecision, id uint64, version string, vector []float32) {
	if !g.enabled || d.duplicate {
		return
	}
	if d.twin, d.duplicate = g.gate.NearDuplicate(d.look, version, vector); !d.duplicate {
		g.gate.Keep(d.look, id, version, vector)
	}
}

// forget drops what the gate knows of the sources of these frames, because they were
// not stored after all. Otherwise the gate would take them for near-duplicates of
// themselves when they are tried again.
func (g *duplicateGate) forget(frames []camera.Frame) {
	if !g.enabled {
		return
	}
	for _, f := range frames {
		g.gate.Forget(f.Source)
	}
}
