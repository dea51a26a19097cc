package ingest

import (
	"context"
	"sync"

	"edgeclr/camera"
	"edgeclr/camera/decode"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// batch is what is known of the frames that are committed together. Each slice has
// one element for each frame.
type batch struct {
	frames   []camera.Frame
	pictures []Picture
	outcomes []client.Outcome
}

// Commit decodes, embeds and stores frames in one transaction, and says what
// became of each. Pictures that cannot be read are counted with their reason. The
// error is the store's or the encoder's. Then nothing of the batch is acknowledged:
// the same batch may be committed again, and nothing is stored or counted twice.
func (in *Ingest) Commit(ctx context.Context, frames []camera.Frame) ([]client.Outcome, error) {
	b := batch{frames: frames, outcomes: make([]client.Outcome, len(frames))}
	var failed []error
	b.pictures, failed = in.keepAll(ctx, frames)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var readable []int
	for i, f := range frames {
		if failed[i] == nil {
			readable = append(readable, i)
			continue
		}
		b.outcomes[i] = client.Outcome{Reason: decode.Reason(failed[i]), Error: failed[i].Error()}
		if err := in.countFailure(ctx, f, b.outcomes[i].Reason); err != nil {
			return nil, err
		}
	}
	if len(readable) > 0 {
		if err := in.commitReadable(ctx, b, readable); err != nil {
			return nil, err
		}
	}
	return b.outcomes, nil
}

// keepAll decodes in parallel.
func (in *Ingest) keepAll(ctx context.Context, frames []camera.Frame) ([]Picture, []error) {
	pictures, failed := make([]Picture, len(frames)), make([]error, len(frames))
	var wg sync.WaitGroup
	keeper, size := in.Keeper(), in.Config().Model.Size
	slots := make(chan struct{}, 2) // two pictures of the largest size fit the memory of a small board
	for i, f := range frames {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			pictures[i], failed[i] = keeper.Keep(ctx, f)
			if failed[i] == nil {
				// A batch of large pictures would not fit the memory of a small
				// board. From here on, only these two are needed.
				pictures[i].small = in.Corpus.Small(pictures[i].Pixels)
				pictures[i].Pixels = pictures[i].Pixels.EvalSquare(size)
			}
		})
	}
	wg.Wait()
	return pictures, failed
}

// countFailure counts a picture that cannot be read. A file is counted once for each
// of its states.
func (in *Ingest) countFailure(ctx context.Context, f camera.Frame, reason string) error {
	if f.File != nil {
		counted, err := in.Store.Seen(f.Source, f.File.Path, f.File.Size, f.File.ModTime)
		if err != nil || counted {
			return err
		}
	}
	return in.Store.AddFailure(ctx, f.Source, fileState(f), reason, f.Time)
}

// commitReadable stores the pictures that are new, with everything that belongs
// to them. Meanwhile no other version can take over, and nobody else can store the
// same picture.
func (in *Ingest) commitReadable(ctx context.Context, b batch, readable []int) error {
	v, release := in.Serving.Hold()
	defer release()
	in.gate.mu.Lock()
	defer in.gate.mu.Unlock()
	fresh, twins, err := in.leaveOutStored(ctx, b, readable)
	if err != nil {
		return err
	}
	if err := in.add(ctx, v, b, fresh); err != nil {
		in.gate.forget(b.frames)
		return err
	}
	for i, first := range twins {
		id := b.outcomes[first].ID
		b.outcomes[i] = client.Outcome{ID: id, Reason: client.ReasonStored}
		if err := in.markSeen(ctx, b.frames[i], id); err != nil {
			return err
		}
	}
	return nil
}

// leaveOutStored finds the files that are stored already, and those that the
// batch holds twice. Twins tells for each of the latter which frame of the batch it
// repeats.
func (in *Ingest) leaveOutStored(ctx context.Context, b batch, readable []int) (fresh []int, twins map[int]int, err error) {
	type content struct {
		path string
		sha  [32]byte
	}
	first := map[content]int{}
	twins = map[int]int{}
	for _, i := range readable {
		id, stored, err := in.alreadyStored(ctx, b.frames[i], b.pictures[i])
		if err != nil {
			return nil, nil, err
		}
		if stored {
			b.outcomes[i] = client.Outcome{ID: id, Reason: client.ReasonStored}
			continue
		}
		if b.frames[i].File != nil {
			key := content{b.frames[i].Path, b.pictures[i].sha}
			if before, again := first[key]; again {
				twins[i] = before
				continue
			}
			first[key] = i
		}
		fresh = append(fresh, i)
	}
	return fresh, twins, nil
}

// alreadyStored finds the frame that has a file's content and path, and remembers
// the file's new state: it was touched, or rewritten with the same bytes.
func (in *Ingest) alreadyStored(ctx context.Context, f camera.Frame, p Picture) (id uint64, stored bool, err error) {
	if f.File == nil {
		return 0, false, nil
	}
	frame, stored, err := in.Store.FindContent(p.sha, f.Path)
	if err != nil || !stored {
		return 0, false, err
	}
	return uint64(frame), true, in.markSeen(ctx, f, uint64(frame))
}

// markSeen remembers the state of a file that is stored. It writes nothing when the
// store knows that state: a folder that is embedded again would cost two syncs a
// file.
func (in *Ingest) markSeen(ctx context.Context, f camera.Frame, id uint64) error {
	seen, err := in.Store.Seen(f.Source, f.File.Path, f.File.Size, f.File.ModTime)
	if err != nil || seen {
		return err
	}
	return in.Store.MarkSeen(ctx, f.Source, *fileState(f), storage.FrameID(id))
}
