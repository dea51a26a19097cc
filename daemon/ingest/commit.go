package ingest

import (
	"context"
	"sync"

	"edgeclr/camera"
	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// batch holds the frames that are committed together, with their pictures and
// outcomes. Each slice has one element for each frame.
type batch struct {
	frames   []camera.Frame
	pictures []Picture
	square   rgb.Square // that the pictures are
	outcomes []client.Outcome
}

// Commit decodes and embeds frames, and stores them in one transaction. It returns
// one outcome for each frame, in the same order. Pictures that cannot be read are
// counted with their reason. The error comes from the store, the encoder or ctx.
// Then nothing of the batch is acknowledged. When the same batch is committed again,
// nothing is stored twice and no file is counted twice.
func (in *Ingest) Commit(ctx context.Context, frames []camera.Frame) ([]client.Outcome, error) {
	b := batch{frames: frames, square: in.Serving.Square(), outcomes: make([]client.Outcome, len(frames))}
	var failed []error
	b.pictures, failed = in.keepAll(ctx, frames, b.square)
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

// keepAll decodes the frames in parallel, and makes their squares. It returns a
// picture or an error for each.
func (in *Ingest) keepAll(ctx context.Context, frames []camera.Frame, square rgb.Square) ([]Picture, []error) {
	pictures, failed := make([]Picture, len(frames)), make([]error, len(frames))
	var wg sync.WaitGroup
	keeper := in.Keeper()
	slots := make(chan struct{}, 2) // two pictures of the largest size fit the memory of a small board
	for i, f := range frames {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			pictures[i], failed[i] = keeper.Keep(ctx, f)
			if failed[i] == nil {
				// Only these two sizes are needed from here on. A batch of large
				// pictures would not fit into the memory of a small board.
				pictures[i].small = in.Corpus.Small(pictures[i].Pixels)
				pictures[i].Pixels = square.Of(pictures[i].Pixels)
			}
		})
	}
	wg.Wait()
	return pictures, failed
}

// countFailure counts a picture that cannot be read. A file is counted once for each
// state (size and modification time) in which it was found.
func (in *Ingest) countFailure(ctx context.Context, f camera.Frame, reason string) error {
	if f.File != nil {
		counted, err := in.Store.Seen(f.Source, f.File.Path, f.File.Size, f.File.ModTime)
		if err != nil || counted {
			return err
		}
	}
	return in.Store.AddFailure(ctx, f.Source, fileState(f), reason, f.Time)
}

// commitReadable stores the new pictures among the readable ones. Meanwhile it holds
// the version and the gate: no other version can take over, and no other commit can
// store the same picture.
func (in *Ingest) commitReadable(ctx context.Context, b batch, readable []int) error {
	v, release := in.Serving.Hold()
	defer release()
	if err := in.resize(ctx, &b, readable, v.Encoders()[0].Square()); err != nil {
		return err
	}
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

// resize decodes the readable pictures again when the version that took over meanwhile
// sees other squares.
func (in *Ingest) resize(ctx context.Context, b *batch, readable []int, square rgb.Square) error {
	if square == b.square {
		return nil
	}
	frames := make([]camera.Frame, len(readable))
	for i, place := range readable {
		frames[i] = b.frames[place]
	}
	pictures, failed := in.keepAll(ctx, frames, square)
	for i, place := range readable {
		if failed[i] != nil { // it could be read a moment ago
			return failed[i]
		}
		b.pictures[place] = pictures[i]
	}
	b.square = square
	return nil
}

// leaveOutStored finds the files that are stored already, and those that the batch
// holds twice. It returns the other frames as fresh. Twins maps each repeated frame
// to the earlier frame of the batch that has the same content and path. All are
// places in the batch.
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

// alreadyStored finds the stored frame that has a file's content and path. It
// remembers the file's new state, since the file may have been touched or rewritten
// with the same bytes.
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
// store knows that state. Otherwise a folder that is embedded again would cost two
// syncs for each file.
func (in *Ingest) markSeen(ctx context.Context, f camera.Frame, id uint64) error {
	seen, err := in.Store.Seen(f.Source, f.File.Path, f.File.Size, f.File.ModTime)
	if err != nil || seen {
		return err
	}
	return in.Store.MarkSeen(ctx, f.Source, *fileState(f), storage.FrameID(id))
}
