package daemon

import (
	"edgeclr/camera"
	"edgeclr/camera/gate"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/replay"
	"edgeclr/storage"
)

// door is a frame's way through the gate.
type door struct {
	look  gate.Look
	gated bool   // a near-duplicate
	twin  uint64 // of this stored frame
}

// look is the first stage, by pixels. Frames of one source come in order.
func (c *corpus) look(f camera.Frame, m *rgb.Image) door {
	if !c.gated {
		return door{}
	}
	l := c.gate.Look(f.Source, f.Time, m)
	return door{look: l, gated: l.Same, twin: l.Twin}
}

// pass is the second stage, by the vector that a version made. A frame that
// passes is kept under that number: what forget is for when it is not.
func (c *corpus) pass(d *door, id uint64, version string, vector []float32) {
	if !c.gated || d.gated {
		return
	}
	if d.twin, d.gated = c.gate.Near(d.look, version, vector); !d.gated {
		c.gate.Keep(d.look, id, version, vector)
	}
}

// forget lets the gate begin anew with the sources of frames that were not
// stored after all: tried again, they would be taken for their own twins.
func (c *corpus) forget(frames []camera.Frame) {
	if !c.gated {
		return
	}
	for _, f := range frames {
		c.gate.Forget(f.Source)
	}
}

// replayEntry describes a stored frame to the corpus.
func replayEntry(f camera.Frame, id storage.FrameID) replay.Entry {
	return replay.Entry{ID: uint64(id), Source: f.Source, Time: f.Time, Live: f.File == nil}
}
