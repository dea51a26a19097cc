package daemon

import (
	"cmp"
	"os"
	"time"

	"edgeclr/camera/gpio"
	"edgeclr/config"
	"edgeclr/model"
	"edgeclr/storage"
)

// Status is the state of a service, as `edgeclr status` and GET /v1/status give it.
type Status struct {
	Version    string           `json:"version"`
	PID        int              `json:"pid"`
	Uptime     float64          `json:"uptime_s"`
	TensorFlow string           `json:"tensorflow"`
	Device     string           `json:"device"` // where operations are placed
	Store      StoreStatus      `json:"store"`
	Frames     storage.Counters `json:"frames"`
	Embeddings int              `json:"embeddings"` // frames with a vector of the version that answers queries
	Train      TrainStatus      `json:"train"`
	Checkpoint CheckpointStatus `json:"checkpoint"`
	Sources    []SourceStatus   `json:"sources"`
	Ingest     IngestStatus     `json:"ingest"`
	Config     ConfigStatus     `json:"config"`
	GPIO       gpio.Status      `json:"gpio,omitzero"`
	Events     []storage.Event  `json:"events"` // the latest, oldest first
}

// StoreStatus tells where the store is and how large.
type StoreStatus struct {
	Path         string `json:"path"`
	ID           string `json:"id"`
	Frames       int    `json:"frames"`
	Bytes        int64  `json:"bytes"`         // live bytes in the file
	FileBytes    int64  `json:"file_bytes"`    // the file itself
	WrittenBytes uint64 `json:"written_bytes"` // since the service started
}

// TrainStatus tells what the learner does.
type TrainStatus struct {
	State     string  `json:"state"` // off waiting learning paused failed
	Step      int     `json:"step"`
	Steps     int     `json:"steps"`
	Loss      float64 `json:"loss"`
	ViewsPerS float64 `json:"views_per_s"`
	Error     string  `json:"error,omitempty"`
	Holding   string  `json:"holding,omitempty"` // why no step is taken at the moment
	Verdict   string  `json:"verdict,omitempty"` // on the last candidate
	Replay    int     `json:"replay"`            // pictures to learn from
	Probe     int     `json:"probe"`             // pictures held back to judge by
}

// CheckpointStatus names the checkpoints in play.
type CheckpointStatus struct {
	Serving   string `json:"serving"`
	Arch      string `json:"arch"`
	Size      int    `json:"size"`
	Blend     string `json:"blend"`
	Candidate string `json:"candidate"` // "" when there is none
}

// IngestStatus tells whether frames can be stored.
type IngestStatus struct {
	Paused bool   `json:"paused"`
	Error  string `json:"error,omitempty"`
}

// statusEvents are shown in the status.
const statusEvents = 10

// Status reads the state of everything.
func (s *Service) Status() (Status, error) {
	v := s.versions.current()
	defer v.done()
	live, file, err := s.store.Usage()
	if err != nil {
		return Status{}, err
	}
	events, err := s.store.Events(s.stopping(), statusEvents)
	if err != nil {
		return Status{}, err
	}
	candidate, err := s.candidate(v.checkpoint.ID)
	if err != nil {
		return Status{}, err
	}
	st := Status{
		Version: s.opt.Version, PID: os.Getpid(), Uptime: time.Since(s.started).Seconds(),
		TensorFlow: model.Version(), Device: model.Placement(s.devices),
		Store: StoreStatus{Path: s.store.Path(), ID: s.store.ID(), Frames: s.store.CountFrames(),
			Bytes: live, FileBytes: file, WrittenBytes: s.store.BytesWritten()},
		Frames:     s.store.Counters(),
		Embeddings: v.index.Len(),
		Train:      s.learner.status(),
		Checkpoint: CheckpointStatus{Serving: string(v.checkpoint.ID), Arch: v.checkpoint.Arch, Size: v.checkpoint.Size,
			Blend: cmp.Or(v.checkpoint.Blend, config.BlendNone), Candidate: candidate},
		Sources: []SourceStatus{},
		Config:  s.settings.state(),
		Events:  events,
	}
	s.ingest.status(&st)
	return st, nil
}

func (in *ingest) status(st *Status) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, f := range in.feeds {
		st.Sources = append(st.Sources, sourceStatus(f.source))
	}
	if in.controls != nil {
		st.GPIO = in.controls.Status()
	}
	if in.failure != nil {
		st.Ingest = IngestStatus{Paused: true, Error: in.failure.Error()}
	}
}

func (l *learner) status() TrainStatus {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := TrainStatus{State: l.shownState(), Step: l.progress.Step, Steps: l.progress.Steps,
		Loss: l.progress.Loss, ViewsPerS: l.progress.ViewsPerS}
	if l.failure != nil {
		t.Error = l.failure.Error()
	}
	if holding, why := l.governor.State(); holding && t.State == learnActive {
		t.Holding = why
	}
	if l.s.store.CountReplay() == 0 && l.s.store.CountFrames() >= l.enough() && l.state == learnWaiting {
		t.Holding = "the store has no pictures to learn from: store.frames is none, or all frames came before this release"
	}
	t.Verdict, t.Replay, t.Probe = l.verdict, l.s.corpus.buffer.Len(), l.s.corpus.probe.Len()
	return t
}

// shown is the learner's state for who looks from outside.
func (l *learner) shown() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shownState()
}

// shownState is for those who hold the lock.
func (l *learner) shownState() string {
	if l.paused && (l.state == learnActive || l.state == learnWaiting) {
		return learnPaused
	}
	return l.state
}

// candidate is the newest trained checkpoint, unless one that came later serves.
func (s *Service) candidate(serving storage.CheckpointID) (string, error) {
	all, err := s.store.Checkpoints()
	if err != nil {
		return "", err
	}
	newest := ""
	for _, cp := range all { // in the order they were made
		switch {
		case cp.ID == serving:
			newest = ""
		case cp.Kind == storage.KindTrained:
			newest = string(cp.ID)
		}
	}
	return newest, nil
}
