package daemon

import (
	"context"
	"fmt"
	"sync"

	"edgeclr/camera"
	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
)

// alreadyStored is the reason of a file that is in the store with this content.
const alreadyStored = "already stored"

// commit decodes, embeds and stores frames, all in one transaction; pictures
// that cannot be read are counted with their reason. The error is of the
// store or the encoder, and then nothing of the batch is acknowledged: the same
// batch may be committed again, and nothing is stored or counted twice.
func (in *ingest) commit(ctx context.Context, frames []camera.Frame) ([]client.Outcome, error) {
	outcomes := make([]client.Outcome, len(frames))
	pictures, failed := in.keepAll(ctx, frames)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var readable []int
	for i, f := range frames {
		if failed[i] == nil {
			readable = append(readable, i)
			continue
		}
		outcomes[i] = client.Outcome{Reason: decode.Reason(failed[i]), Error: failed[i].Error()}
		if err := in.fail(ctx, f, outcomes[i].Reason); err != nil {
			return nil, err
		}
	}
	if err := in.store(ctx, frames, pictures, readable, outcomes); err != nil {
		return nil, err
	}
	return outcomes, nil
}

// fail counts a picture that cannot be read; a file once for each of its states.
func (in *ingest) fail(ctx context.Context, f camera.Frame, reason string) error {
	if f.File != nil {
		counted, err := in.s.store.Seen(f.Source, f.File.Path, f.File.Size, f.File.ModTime)
		if err != nil || counted {
			return err
		}
	}
	return in.s.store.AddFailure(ctx, f.Source, f.Path, fileState(f), reason, f.Time)
}

// known finds a file whose content is already stored under its path, and
// remembers its new state (it was touched, or rewritten with the same bytes).
func (in *ingest) known(ctx context.Context, f camera.Frame, p picture) (uint64, bool, error) {
	if f.File == nil {
		return 0, false, nil
	}
	id, found, err := in.s.store.FindContent(p.sha, f.Path)
	if err != nil || !found {
		return 0, false, err
	}
	return uint64(id), true, in.markSeen(ctx, f, uint64(id))
}

// markSeen remembers the state of a file that is stored, unless the store knows
// it: a folder that is embedded again would cost two syncs a file.
func (in *ingest) markSeen(ctx context.Context, f camera.Frame, id uint64) error {
	seen, err := in.s.store.Seen(f.Source, f.File.Path, f.File.Size, f.File.ModTime)
	if err != nil || seen {
		return err
	}
	return in.s.store.MarkSeen(ctx, f.Source, *fileState(f), storage.FrameID(id))
}

// keepAll decodes in parallel.
func (in *ingest) keepAll(ctx context.Context, frames []camera.Frame) ([]picture, []error) {
	pictures, failed := make([]picture, len(frames)), make([]error, len(frames))
	var wg sync.WaitGroup
	keeper, size := in.s.keeper(), in.s.config().Model.Size
	slots := make(chan struct{}, 2) // two pictures of the largest size fit the memory of a small board
	for i, f := range frames {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			pictures[i], failed[i] = keeper.keep(ctx, f)
			if failed[i] == nil {
				// A batch of large pictures would not fit a small board: from
				// here on, only these are needed.
				pictures[i].small = in.s.corpus.small(pictures[i].pixels)
				pictures[i].pixels = pictures[i].pixels.EvalSquare(size)
			}
		})
	}
	wg.Wait()
	return pictures, failed
}

// store embeds the pictures that are new and commits them with everything that
// belongs to them. The version cannot be swapped in between, and nobody else
// can store the same picture.
func (in *ingest) store(ctx context.Context, frames []camera.Frame, pictures []picture, readable []int, outcomes []client.Outcome) error {
	if len(readable) == 0 {
		return nil
	}
	v, release := in.s.versions.Hold()
	defer release()
	chosen, twins, err := in.choose(ctx, frames, pictures, readable, outcomes)
	if err != nil {
		return err
	}
	if err := in.add(ctx, v, frames, pictures, chosen, outcomes); err != nil {
		in.s.gate.forget(frames)
		return err
	}
	for i, first := range twins {
		id := outcomes[first].ID
		outcomes[i] = client.Outcome{ID: id, Reason: alreadyStored}
		if err := in.markSeen(ctx, frames[i], id); err != nil {
			return err
		}
	}
	return nil
}

// choose leaves out the files that are stored already, and those that the
// batch holds twice: twins tells for each which one it repeats.
func (in *ingest) choose(ctx context.Context, frames []camera.Frame, pictures []picture, readable []int, outcomes []client.Outcome) (chosen []int, twins map[int]int, err error) {
	type content struct {
		path string
		sha  [32]byte
	}
	first := map[content]int{}
	twins = map[int]int{}
	for _, i := range readable {
		id, known, err := in.known(ctx, frames[i], pictures[i])
		if err != nil {
			return nil, nil, err
		}
		if known {
			outcomes[i] = client.Outcome{ID: id, Reason: alreadyStored}
			continue
		}
		if frames[i].File != nil {
			key := content{frames[i].Path, pictures[i].sha}
			if before, again := first[key]; again {
				twins[i] = before
				continue
			}
			first[key] = i
		}
		chosen = append(chosen, i)
	}
	return chosen, twins, nil
}

// add embeds and commits the pictures that the gate lets through. The caller
// holds the version.
func (in *ingest) add(ctx context.Context, v *serving.Version, frames []camera.Frame, pictures []picture, chosen []int, outcomes []client.Outcome) error {
	asked := chosen
	decisions, chosen := in.look(frames, pictures, chosen, outcomes)
	vectors, err := v.Encoder.Embed(ctx, pixelsOf(pictures, chosen))
	if err != nil {
		return err
	}
	var records []storage.NewFrame
	var stored []int // by record
	next := uint64(in.s.store.NextFrame())
	for n, i := range chosen {
		decision := decisions[n]
		if in.s.gate.pass(&decision, next, string(v.Checkpoint.ID), vectors[n]); decision.duplicate && frames[i].File == nil {
			outcomes[i] = client.Outcome{ID: decision.twin, Reason: nearDuplicate}
			continue
		}
		if !decision.duplicate && pictures[i].kept != storage.KeptNone {
			pictures[i].jpeg = learnable(pictures[i].small)
		}
		records, stored = append(records, record(frames[i], pictures[i], vectors[n])), append(stored, n)
		next++
	}
	ids, err := in.s.store.AddFrames(ctx, v.Checkpoint.ID, records)
	if err != nil {
		return err
	}
	in.s.store.AddCount(storage.Gated, uint64(len(asked)-len(records))) // now that none of this will be tried again
	in.sight(frames, asked, outcomes)
	for k, n := range stored {
		i := chosen[n]
		outcomes[i] = client.Outcome{ID: uint64(ids[k])}
		if pictures[i].jpeg != nil {
			in.s.corpus.admit(replayEntry(frames[i], ids[k]))
		}
		if err := v.Index.Add(uint64(ids[k]), vectors[n]); err != nil {
			return fmt.Errorf("frame %d: %w", ids[k], err)
		}
	}
	return nil
}

// nearDuplicate is the reason of a live frame that shows what is stored already.
const nearDuplicate = "near-duplicate"

// look asks the gate before anything is embedded. It returns what is left, with
// what the gate saw of each.
func (in *ingest) look(frames []camera.Frame, pictures []picture, chosen []int, outcomes []client.Outcome) (decisions []gateDecision, left []int) {
	for _, i := range chosen {
		d := in.s.gate.look(frames[i], pictures[i].small)
		if d.duplicate && frames[i].File == nil {
			outcomes[i] = client.Outcome{ID: d.twin, Reason: nearDuplicate}
			continue
		}
		decisions, left = append(decisions, d), append(left, i)
	}
	return decisions, left
}

// learnable encodes a picture to learn from: nil where it is too large for the
// store whatever the quality (a panorama a thousand times as wide as high), which
// costs the learner this frame and nothing else.
func learnable(m *rgb.Image) []byte {
	for _, quality := range []int{jpegQuality, 75, 50} {
		if data, err := m.JPEG(quality); err == nil && len(data) <= storage.MaxReplayBytes {
			return data
		}
	}
	return nil
}
