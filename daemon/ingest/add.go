package ingest

import (
	"context"
	"fmt"

	"edgeclr/camera"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/client"
	"edgeclr/daemon/replay"
	"edgeclr/storage"
)

// add embeds and commits the pictures that the gate lets pass. Fresh are the places
// in the batch of the frames that are not stored yet. The caller holds the version
// and the gate.
func (in *Ingest) add(ctx context.Context, v Version, b batch, fresh []int) error {
	passed, decisions := in.lookAtPixels(b, fresh)
	halves, err := v.EmbedHalves(ctx, pixelsOf(b.pictures, passed))
	if err != nil {
		return err
	}
	vectors := make([][]float32, len(passed))
	for n := range passed {
		vectors[n] = v.Join(halves[n])
	}
	var records []storage.NewFrame
	var stored []int // for each record, its place in passed
	next, version := uint64(in.Store.NextFrame()), versionName(v)
	for n, i := range passed {
		decision := decisions[n]
		in.gate.lookAtVector(&decision, next, version, vectors[n])
		if decision.duplicate && b.frames[i].File == nil {
			b.outcomes[i] = client.Outcome{ID: decision.twin, Reason: client.ReasonNearDuplicate}
			continue
		}
		if !decision.duplicate && b.pictures[i].kept != storage.KeptNone {
			b.pictures[i].jpeg = learnable(b.pictures[i].small)
		}
		records, stored = append(records, record(b.frames[i], b.pictures[i], halves[n])), append(stored, n)
		next++
	}
	ids, err := in.Store.AddFrames(ctx, v.Encoders(), records)
	if err != nil {
		return err
	}
	// The frames are committed and are not tried again, so they can be counted now.
	in.Store.AddCount(storage.Gated, uint64(len(fresh)-len(records)))
	in.countSightings(b, fresh)
	for k, n := range stored {
		i := passed[n]
		b.outcomes[i] = client.Outcome{ID: uint64(ids[k])}
		if b.pictures[i].jpeg != nil {
			in.Corpus.Admit(replay.Entry{ID: uint64(ids[k]), Source: b.frames[i].Source, Time: b.frames[i].Time, Live: b.frames[i].File == nil})
		}
		if err := v.Add(uint64(ids[k]), vectors[n]); err != nil {
			return fmt.Errorf("frame %d: %w", ids[k], err)
		}
	}
	return nil
}

// versionName names what computes the vectors that the gate compares. After a resize one
// checkpoint gives others.
func versionName(v Version) string {
	e := v.Encoders()[0]
	return fmt.Sprintf("%s at %d px in %s", v.Checkpoint(), e.Size, e.Precision)
}

// lookAtPixels asks the gate before anything is embedded. It returns the places of
// the frames that are left, and the gate's decision about each.
func (in *Ingest) lookAtPixels(b batch, fresh []int) (passed []int, decisions []gateDecision) {
	for _, i := range fresh {
		d := in.gate.lookAtPixels(b.frames[i], b.pictures[i].small)
		if d.duplicate && b.frames[i].File == nil {
			b.outcomes[i] = client.Outcome{ID: d.twin, Reason: client.ReasonNearDuplicate}
			continue
		}
		passed, decisions = append(passed, i), append(decisions, d)
	}
	return passed, decisions
}

// learnable encodes a picture to learn from. It returns nil for a picture that is
// too large for the store at every quality, for example a panorama that is a thousand
// times as wide as high. Then this frame is stored but not learned from.
func learnable(m *rgb.Image) []byte {
	for _, quality := range []int{JPEGQuality, 75, 50} {
		if data, err := m.JPEG(quality); err == nil && len(data) <= storage.MaxReplayBytes {
			return data
		}
	}
	return nil
}

// record makes the store's record of a frame with its vectors, one by each encoder.
func record(f camera.Frame, p Picture, vectors [][]float32) storage.NewFrame {
	var small *storage.ReplayPicture
	if p.jpeg != nil {
		small = &storage.ReplayPicture{Live: f.File == nil, JPEG: p.jpeg}
	}
	return storage.NewFrame{
		Frame: storage.Frame{
			Source: f.Source, Path: f.Path, Time: f.Time,
			Width: p.info.Width, Height: p.info.Height, Format: p.info.Format,
			SHA256: p.sha, Kept: p.kept,
		},
		Data: p.data, Replay: small, Vectors: vectors, File: fileState(f),
	}
}

// fileState converts the state of a frame's file to the store's type; nil for a live
// frame.
func fileState(f camera.Frame) *storage.FileState {
	if f.File == nil {
		return nil
	}
	return &storage.FileState{Path: f.File.Path, Size: f.File.Size, ModTime: f.File.ModTime}
}

func pixelsOf(pictures []Picture, chosen []int) []*rgb.Image {
	pixels := make([]*rgb.Image, len(chosen))
	for n, i := range chosen {
		pixels[n] = pictures[i].Pixels
	}
	return pixels
}
