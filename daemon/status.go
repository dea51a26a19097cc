package daemon

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"time"

	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/model"
	"edgeclr/storage"
)

// statusEvents is how many events the status shows.
const statusEvents = 10

// Status reads the state of every part.
func (s *Service) Status() (client.Status, error) {
	v := s.versions.Current()
	defer v.Done()
	live, file, err := s.store.Usage()
	if err != nil {
		return client.Status{}, err
	}
	events, err := s.latestEvents(s.lifetime, statusEvents)
	if err != nil {
		return client.Status{}, err
	}
	candidate, err := serving.Candidate(s.store, v.Checkpoint.ID)
	if err != nil {
		return client.Status{}, err
	}
	choice, note, err := s.sizeNote(v.Checkpoint)
	if err != nil {
		return client.Status{}, err
	}
	st := client.Status{
		Version: s.opt.Version, PID: os.Getpid(), Uptime: time.Since(s.started).Seconds(),
		TensorFlow: model.Version(), Device: s.placed.device(),
		Store: client.StoreStatus{Path: s.store.Path(), ID: s.store.ID(), Frames: s.store.CountFrames(),
			Bytes: live, FileBytes: file, WrittenBytes: s.store.BytesWritten()},
		Frames:     s.store.Counters(),
		Embeddings: v.Index.Len(),
		Train:      s.learning(),
		Checkpoint: client.CheckpointStatus{Serving: string(v.Checkpoint.ID), Arch: v.Checkpoint.Arch, Size: v.Checkpoint.Size, LearnSize: s.config().LearningSize(),
			CropMode: config.CropModeOf(v.Checkpoint.Squash),
			Blend:    cmp.Or(v.Checkpoint.Blend, config.BlendNone), Share: v.Encoder.Share(), Candidate: string(candidate),
			SizeNote: note, Choice: choice, Encoder: EncoderStatus(v.Encoder.Report())},
		Sources: s.ingest.Sources(),
		GPIO:    s.ingest.Pins(),
		Config:  s.settings.state(),
		Events:  events,
	}
	if err := s.ingest.Failure(); err != nil {
		st.Ingest = client.IngestStatus{Paused: true, Error: err.Error()}
	}
	return st, nil
}

// sizeNote explains the serving size of a checkpoint, or says what a larger one would
// bring.
func (s *Service) sizeNote(cp storage.Checkpoint) (*client.SizeChoice, string, error) {
	if cp.Kind == storage.CheckpointFile {
		return nil, "", nil
	}
	chosen, ok, err := serving.LoadSizeChoice(s.lifetime, s.store)
	switch {
	case err != nil:
		return nil, "", err
	case ok && chosen.Size == cp.Size:
		ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
		return &client.SizeChoice{MS: ms(chosen.Time), BudgetMS: ms(chosen.Budget), Fits: chosen.Fits()}, chosen.String(), nil
	case cp.Size < config.DefaultServingSize:
		const larger = config.DefaultServingSize
		return nil, fmt.Sprintf("pretrained encoders tell more apart at %d px than at %d px, for %.1f times the work a picture; `edgeclr checkpoints resize %d` embeds the stored frames anew",
			larger, cp.Size, float64(larger*larger)/float64(cp.Size*cp.Size), larger), nil
	}
	return nil, "", nil
}

// EncoderStatus puts the report of an embedder in the types of the API.
func EncoderStatus(r blend.Report) client.EncoderStatus {
	st := client.EncoderStatus{Runtime: r.Runtime, Library: r.Library, Precision: r.Precision, Accelerator: r.Accelerator,
		Threads: r.Threads, Instead: r.Instead}
	if r.Check != nil {
		st.Cosine, st.Checked = r.Check.Worst, r.Check.Pictures
	}
	return st
}

// flushTime bounds how long the status waits for the store to take the latest
// events.
const flushTime = time.Second

// latestEvents reads the last n events, oldest first. It waits a moment for those
// that are on their way to the store.
func (s *Service) latestEvents(ctx context.Context, n int) ([]storage.Event, error) {
	soon, cancel := context.WithTimeout(ctx, flushTime)
	defer cancel()
	_ = s.recorded.Flush(soon) // a disk that hangs must not block the status
	return s.store.Events(ctx, n)
}
