package session

import (
	"edgeclr/daemon/probe"
	"edgeclr/storage"
)

// Record tells what a daemon did.
type Record struct {
	Frames      int     `json:"frames"`       // stored at the end
	FeedSeconds float64 `json:"feed_seconds"` // of storing frames before it learned
	Seconds     float64 `json:"seconds"`      // of learning, with judging and promotions
	CPUSeconds  float64 `json:"cpu_seconds"`  // of all cores in that time: low when other programs took them
	Steps       int     `json:"steps"`        // of all rounds that ended
	ViewsPerS   float64 `json:"views_per_s"`  // mean over these steps, while a round trains

	Rounds []Round  `json:"rounds"`
	Served []Served `json:"served"` // in order; the first is the root
}

// Round is one round of learning that ended.
type Round struct {
	AtS       float64              `json:"at_s"` // when it ended, seconds since learning began
	Steps     int                  `json:"steps"`
	Loss      float64              `json:"loss"`
	ViewsPerS float64              `json:"views_per_s"`
	Candidate storage.CheckpointID `json:"candidate"` // "" when the round failed
	Promoted  bool                 `json:"promoted"`
	Verdict   probe.Verdict        `json:"verdict"`          // with its numbers
	Harmed    string               `json:"harmed,omitempty"` // why it is no good start for the next round
	Error     string               `json:"error,omitempty"`
}

// Served is a checkpoint that answered queries, until the next one did.
type Served struct {
	Checkpoint storage.CheckpointID `json:"checkpoint"`
	FromS      float64              `json:"from_s"` // seconds since learning began
}

// sum fills in the totals.
func (r *Record) sum() {
	speed := 0.0
	for _, round := range r.Rounds {
		r.Steps += round.Steps
		speed += float64(round.Steps) * round.ViewsPerS
	}
	if r.Steps > 0 {
		r.ViewsPerS = speed / float64(r.Steps)
	}
}

// Last is the checkpoint that serves at the end.
func (r Record) Last() storage.CheckpointID { return r.Served[len(r.Served)-1].Checkpoint }

// Checkpoints lists every checkpoint of the record once: those that served and the
// candidates that never did, in the order in which they were made.
func (r Record) Checkpoints() []storage.CheckpointID {
	list := []storage.CheckpointID{r.Served[0].Checkpoint}
	seen := map[storage.CheckpointID]bool{"": true, list[0]: true}
	add := func(id storage.CheckpointID) {
		if !seen[id] {
			seen[id] = true
			list = append(list, id)
		}
	}
	for _, round := range r.Rounds {
		add(round.Candidate)
	}
	for _, s := range r.Served {
		add(s.Checkpoint)
	}
	return list
}
