package daemon

import (
	"cmp"
	"context"
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
	st := client.Status{
		Version: s.opt.Version, PID: os.Getpid(), Uptime: time.Since(s.started).Seconds(),
		TensorFlow: model.Version(), Device: s.placed.device(),
		Store: client.StoreStatus{Path: s.store.Path(), ID: s.store.ID(), Frames: s.store.CountFrames(),
			Bytes: live, FileBytes: file, WrittenBytes: s.store.BytesWritten()},
		Frames:     s.store.Counters(),
		Embeddings: v.Index.Len(),
		Train:      s.learning(),
		Checkpoint: client.CheckpointStatus{Serving: string(v.Checkpoint.ID), Arch: v.Checkpoint.Arch, Size: v.Checkpoint.Size, LearnSize: v.Checkpoint.LearnSize,
			Blend: cmp.Or(v.Checkpoint.Blend, config.BlendNone), Share: v.Encoder.Share(), Candidate: string(candidate),
			Encoder: EncoderStatus(v.Encoder.Report())},
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
