package daemon

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

// gateName is the gate's entry among the store's states.
const gateName = "gate"

// duplicateGate finds frames that show what is stored already. Ingest uses it
// while it holds the version that serves, and so does whoever configures it.
type duplicateGate struct {
	store   *storage.Store
	gate    *gate.Gate
	enabled bool // else nobody asks the gate

	close func() error // keeps what the gate has seen, once
}

// gateDecision says what the gate makes of a frame.
type gateDecision struct {
	look      gate.Look
	duplicate bool
	twin      uint64 // the stored frame that shows the same
}

// openGate loads what the last process left. A gate that begins anew keeps some
// frames too many, which does no harm.
func openGate(ctx context.Context, st *storage.Store, cfg config.Gate, log *slog.Logger) *duplicateGate {
	g := &duplicateGate{store: st, gate: gate.New(gate.Options{MaxGap: time.Duration(cfg.MaxGap)}), enabled: cfg.Enabled}
	g.close = sync.OnceValue(g.last)
	var state json.RawMessage
	_, err := st.LoadState(ctx, gateName, &state)
	if err == nil {
		err = g.gate.Restore(state)
	}
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		log.Warn("the gate begins anew", "error", err)
	}
	return g
}

func (g *duplicateGate) configure(cfg config.Gate) {
	g.enabled = cfg.Enabled
	g.gate.SetMaxGap(time.Duration(cfg.MaxGap))
}

// look is the first stage, by pixels. Frames of one source come in order.
func (g *duplicateGate) look(f camera.Frame, m *rgb.Image) gateDecision {
	if !g.enabled {
		return gateDecision{}
	}
	l := g.gate.Look(f.Source, f.Time, m)
	return gateDecision{look: l, duplicate: l.Same, twin: l.Twin}
}

// pass is the second stage, by the vector that a version made. The gate keeps a
// frame that passes under that number. When the frame is not stored after all,
// forget undoes that.
func (g *duplicateGate) pass(d *gateDecision, id uint64, version string, vector []float32) {
	if !g.enabled || d.duplicate {
		return
	}
	if d.twin, d.duplicate = g.gate.NearDuplicate(d.look, version, vector); !d.duplicate {
		g.gate.Keep(d.look, id, version, vector)
	}
}

// forget lets the gate begin anew with the sources of frames that were not
// stored after all. Otherwise it would take them for their own twins when they
// are tried again.
func (g *duplicateGate) forget(frames []camera.Frame) {
	if !g.enabled {
		return
	}
	for _, f := range frames {
		g.gate.Forget(f.Source)
	}
}

// last keeps what the gate has seen, which is not worth a write before.
func (g *duplicateGate) last() error {
	if !g.enabled || g.store.CountReplay() == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastSave)
	defer cancel()
	state, err := g.gate.Snapshot()
	if err == nil {
		err = g.store.SaveState(ctx, gateName, json.RawMessage(state), nil)
	}
	if errors.Is(err, storage.ErrFull) {
		return nil
	}
	return err
}
