package daemon

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"edgeclr/camera"
	"edgeclr/storage"
)

const (
	ingestBatch = 16                    // frames committed together
	ingestBytes = 32 << 20              // of files in a batch, above which it is full
	ingestWait  = 50 * time.Millisecond // for a batch to fill
	fileQueue   = 4                     // files waiting; each can be as large as limits.file_bytes
	liveQueue   = 16                    // live frames waiting
	fullPause   = 30 * time.Second      // longest pause while the disk is full
)

// ingest takes frames from the sources into the store: decoded, cut to what is
// kept, embedded by the version that serves, and committed in batches.
type ingest struct {
	s      *Service
	keeper keeper

	files chan camera.Frame // never dropped: the source waits
	live  chan camera.Frame // the oldest is dropped when the board is too slow

	mu      sync.Mutex
	sources []camera.Source
	failure error // why frames cannot be stored at the moment

	stop    context.CancelFunc
	running sync.WaitGroup
}

func newIngest(s *Service) *ingest {
	return &ingest{
		s:      s,
		keeper: newKeeper(s.cfg, s.decoder),
		files:  make(chan camera.Frame, fileQueue),
		live:   make(chan camera.Frame, liveQueue),
	}
}

// Ingest opens the sources and starts taking their frames. A source that
// cannot be opened is an error; one that fails later is shown in the status.
func (s *Service) Ingest(uris []string) error {
	in := s.ingest
	var sources []camera.Source
	for _, uri := range uris {
		source, err := camera.Open(uri, camera.OpenOptions{
			Cursor: s.store, Limits: s.decoder.Limits, Log: s.log, Seed: s.cfg.Model.Seed, Now: s.opt.Now,
		})
		if err != nil {
			return err
		}
		sources = append(sources, source)
	}
	in.mu.Lock() // the API may answer already
	in.sources = sources
	in.mu.Unlock()
	ctx, stop := context.WithCancel(s.lifetime)
	in.stop = stop
	for _, source := range sources {
		in.running.Go(func() { in.read(ctx, source) })
	}
	in.running.Go(func() { in.write(ctx) })
	return nil
}

// read runs one source; the source itself reconnects, so an end is final.
func (in *ingest) read(ctx context.Context, source camera.Source) {
	err := source.Run(ctx, in.emit)
	if err != nil && ctx.Err() == nil {
		in.s.event(ctx, "source", fmt.Sprintf("source %s ended: %v", source.URI(), err))
	}
}

// emit puts a frame in its queue.
func (in *ingest) emit(ctx context.Context, f camera.Frame) error {
	queue := in.live
	if f.File != nil {
		queue = in.files
	}
	for {
		select {
		case queue <- f:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		if f.File != nil {
			select {
			case queue <- f:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		select {
		case <-in.live:
			in.s.store.AddCount(storage.Dropped, 1)
		default:
		}
	}
}

// write commits what the queues hold, in batches, until ctx ends.
func (in *ingest) write(ctx context.Context) {
	for {
		batch := in.gather(ctx)
		if len(batch) == 0 {
			return
		}
		in.commitPatiently(ctx, batch)
	}
}

// gather waits for a frame and takes what else arrives in a moment. It returns
// none when ctx has ended.
func (in *ingest) gather(ctx context.Context) []camera.Frame {
	var batch []camera.Frame
	var full <-chan time.Time
	for bytes := 0; len(batch) < ingestBatch && bytes < ingestBytes; {
		var f camera.Frame
		select {
		case f = <-in.files:
		case f = <-in.live:
		case <-full:
			return batch
		case <-ctx.Done():
			return nil
		}
		batch, bytes = append(batch, f), bytes+len(f.Data)
		if full == nil {
			full = time.After(ingestWait)
		}
	}
	return batch
}

// commitPatiently commits a batch, and waits with growing pauses while the
// disk is full: queries go on meanwhile, and ingestion resumes by itself. What
// is too large for the room there is goes in smaller batches.
func (in *ingest) commitPatiently(ctx context.Context, batch []camera.Frame) {
	pause := time.Second
	for {
		_, err := in.commit(ctx, batch)
		in.note(ctx, err)
		switch {
		case err == nil || ctx.Err() != nil:
			return
		case !errors.Is(err, storage.ErrFull):
			in.s.log.Error("frames were not stored", "frames", len(batch), "error", err)
			return
		case len(batch) > 1:
			half := len(batch) / 2
			in.commitPatiently(ctx, batch[:half])
			in.commitPatiently(ctx, batch[half:])
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
			pause = min(2*pause, fullPause)
		}
	}
}

// note keeps why storing fails, and tells of it once when it begins and ends.
func (in *ingest) note(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	in.mu.Lock()
	before := in.failure
	in.failure = err
	in.mu.Unlock()
	switch {
	case before == nil && err != nil:
		in.s.log.Error("ingestion is paused", "error", err)
	case before != nil && err == nil:
		in.s.event(ctx, "ingest", "ingestion goes on again")
	}
}

// Outcome says what became of a frame.
type Outcome struct {
	ID     uint64 `json:"id,omitempty"`     // of the stored frame, or of the one that was there already
	Reason string `json:"reason,omitempty"` // why it was not stored; empty when it was
	Error  string `json:"error,omitempty"`
}

// alreadyStored is the reason of a file that is in the store with this content.
const alreadyStored = "already stored"

// commit decodes, embeds and stores frames, all in one transaction; pictures
// that cannot be read are counted with their reason. The error is of the
// store or the encoder, and then nothing of the batch is acknowledged: the same
// batch may be committed again, and nothing is stored or counted twice.
func (in *ingest) commit(ctx context.Context, frames []camera.Frame) ([]Outcome, error) {
	outcomes := make([]Outcome, len(frames))
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
		outcomes[i] = Outcome{Reason: camera.Reason(failed[i]), Error: failed[i].Error()}
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
	slots := make(chan struct{}, 2) // two pictures of the largest size fit the memory of a small board
	for i, f := range frames {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			pictures[i], failed[i] = in.keeper.keep(ctx, f)
			if failed[i] == nil {
				// A batch of large pictures would not fit a small board: from
				// here on, only what the encoder sees is needed.
				pictures[i].pixels = pictures[i].pixels.EvalSquare(in.s.cfg.Model.Size)
			}
		})
	}
	wg.Wait()
	return pictures, failed
}

// store embeds the pictures that are new and commits them with everything that
// belongs to them. The version cannot be swapped in between, and nobody else
// can store the same picture.
func (in *ingest) store(ctx context.Context, frames []camera.Frame, pictures []picture, readable []int, outcomes []Outcome) error {
	if len(readable) == 0 {
		return nil
	}
	vs := in.s.versions
	vs.commit.Lock()
	defer vs.commit.Unlock()
	chosen, twins, err := in.choose(ctx, frames, pictures, readable, outcomes)
	if err != nil {
		return err
	}
	if err := in.add(ctx, frames, pictures, chosen, outcomes); err != nil {
		return err
	}
	for i, first := range twins {
		id := outcomes[first].ID
		outcomes[i] = Outcome{ID: id, Reason: alreadyStored}
		if err := in.markSeen(ctx, frames[i], id); err != nil {
			return err
		}
	}
	return nil
}

// choose leaves out the files that are stored already, and those that the
// batch holds twice: twins tells for each which one it repeats.
func (in *ingest) choose(ctx context.Context, frames []camera.Frame, pictures []picture, readable []int, outcomes []Outcome) (chosen []int, twins map[int]int, err error) {
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
			outcomes[i] = Outcome{ID: id, Reason: alreadyStored}
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

// add embeds and commits pictures. The caller holds versions.commit.
func (in *ingest) add(ctx context.Context, frames []camera.Frame, pictures []picture, chosen []int, outcomes []Outcome) error {
	if len(chosen) == 0 {
		return nil
	}
	v := in.s.versions.current()
	defer v.done()

	vectors, err := v.encoder.Embed(ctx, pixelsOf(pictures, chosen))
	if err != nil {
		return err
	}
	records := make([]storage.NewFrame, len(chosen))
	for n, i := range chosen {
		records[n] = record(frames[i], pictures[i], vectors[n])
	}
	ids, err := in.s.store.AddFrames(ctx, v.checkpoint.ID, records)
	if err != nil {
		return err
	}
	for n, i := range chosen {
		outcomes[i] = Outcome{ID: uint64(ids[n])}
		if err := v.index.Add(uint64(ids[n]), vectors[n]); err != nil {
			return fmt.Errorf("frame %d: %w", ids[n], err)
		}
	}
	return nil
}

// close stops the sources and waits for the batch under way.
func (in *ingest) close() {
	if in.stop == nil {
		return
	}
	in.stop()
	in.running.Wait()
}
