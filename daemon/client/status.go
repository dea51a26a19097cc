package client

import (
	"context"
	"net/http"
	"time"

	"edgeclr/storage"
)

// RestartCommand restarts the service. It puts the keys of
// [ConfigStatus.NeedsRestart] in force, which a reload cannot.
const RestartCommand = "systemctl restart edgeclr"

// States of the learner, as TrainStatus.State has them.
const (
	LearnOff     = "off"
	LearnWaiting = "waiting" // for more frames
	LearnActive  = "learning"
	LearnPaused  = "paused"
	LearnFailed  = "failed" // the learner tries again after a pause
)

// LearnStates lists the states of the learner.
func LearnStates() []string {
	return []string{LearnOff, LearnWaiting, LearnActive, LearnPaused, LearnFailed}
}

// Status is the state of a service. `edgeclr status` and GET /v1/status show it.
type Status struct {
	Version    string           `json:"version"`
	PID        int              `json:"pid"`
	Uptime     float64          `json:"uptime_s"`
	TensorFlow string           `json:"tensorflow"` // version; "" until learning, or an encoder, loads it
	Device     string           `json:"device"`     // where TensorFlow computes; "" until it is loaded
	Store      StoreStatus      `json:"store"`
	Frames     storage.Counters `json:"frames"`
	Embeddings int              `json:"embeddings"` // frames with a vector of the version that answers queries
	Train      TrainStatus      `json:"train"`
	Checkpoint CheckpointStatus `json:"checkpoint"`
	Sources    []SourceStatus   `json:"sources"`
	Ingest     IngestStatus     `json:"ingest"`
	Config     ConfigStatus     `json:"config"`
	GPIO       GPIOStatus       `json:"gpio,omitzero"`
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
	State     string  `json:"state"`       // one of LearnStates
	Step      int     `json:"step"`        // steps done of the round
	Steps     int     `json:"steps"`       // of the whole round
	Loss      float64 `json:"loss"`        // mean of the last 10 steps
	ViewsPerS float64 `json:"views_per_s"` // 0 until known
	Error     string  `json:"error,omitempty"`
	Holding   string  `json:"holding,omitempty"` // why the learner takes no step at the moment
	Verdict   string  `json:"verdict,omitempty"` // on the last candidate
	Next      string  `json:"next,omitempty"`    // what the learner does after it
	Replay    int     `json:"replay"`            // pictures to learn from
	Probe     int     `json:"probe"`             // pictures held back to judge by
	// Teacher is what learn.teacher names; nil when it names nothing.
	Teacher *TeacherStatus `json:"teacher,omitempty"`
}

// TeacherStatus tells what helps to find neighbours.
type TeacherStatus struct {
	File     string `json:"file"`
	Size     int    `json:"size"`            // side of the square that it sees, in pixels; 0 until it is opened
	Embedded int    `json:"embedded"`        // frames with its vector
	Error    string `json:"error,omitempty"` // why it is not used
}

// CheckpointStatus names the checkpoints in play.
type CheckpointStatus struct {
	Serving   string  `json:"serving"`
	Arch      string  `json:"arch"`
	Size      int     `json:"size"`       // serving size: side of the square at which pictures are embedded, in pixels
	LearnSize int     `json:"learn_size"` // learning size: side of training views, in pixels
	CropMode  string  `json:"crop_mode"`  // what of a picture is embedded: config.CropCenter or config.CropSquash
	Blend     string  `json:"blend"`
	Share     float64 `json:"share,omitempty"` // weight of the adapted half in the cosine of a join
	Candidate string  `json:"candidate"`       // "" when there is none

	// SizeNote explains the serving size, or says what a larger one would bring. "" when
	// there is nothing to say.
	SizeNote string      `json:"size_note,omitempty"`
	Choice   *SizeChoice `json:"size_choice,omitempty"` // nil when the size was not chosen by serve.budget

	Encoder EncoderStatus `json:"encoder"`
}

// SizeChoice says how `edgeclr run` chose the serving size of an empty store.
type SizeChoice struct {
	MS       float64 `json:"ms"`        // median time in which this board embedded one picture by two encoders, in milliseconds
	BudgetMS float64 `json:"budget_ms"` // serve.budget, in milliseconds
	Fits     bool    `json:"fits"`      // false: even the smallest size takes longer
}

// EncoderStatus says what really computes the vectors.
type EncoderStatus struct {
	Runtime     string `json:"runtime"`     // litert or tensorflow
	Library     string `json:"library"`     // the version of the runtime
	Precision   string `json:"precision"`   // float or int8
	Accelerator string `json:"accelerator"` // cpu, gpu or npu
	Threads     int    `json:"threads"`     // 0: all cores

	// Cosine is the lowest that the check against TensorFlow found, over Checked
	// pictures. Both are 0 when TensorFlow itself computes.
	Cosine  float64 `json:"cosine,omitempty"`
	Checked int     `json:"checked,omitempty"`
	// Instead says why this computes and not what the configuration asks for; ""
	// when it is what was asked for.
	Instead string `json:"instead,omitempty"`
}

// IngestStatus tells whether frames can be stored.
type IngestStatus struct {
	Paused bool   `json:"paused"`
	Error  string `json:"error,omitempty"`
}

// SourceStatus tells the state of a source.
type SourceStatus struct {
	URI   string `json:"uri"`   // without credentials
	State string `json:"state"` // connecting, live, stalled or failed
	Error string `json:"error"`
	*SourceCounters
}

// SourceCounters tell what a camera did since the service started. Folders and
// rendered scenes have none.
type SourceCounters struct {
	Frames     uint64   `json:"frames"`                 // handed over, stored or not
	Damaged    uint64   `json:"damaged"`                // left out, cut or broken
	Skipped    uint64   `json:"skipped"`                // left out, beyond the source's rate
	Reconnects uint64   `json:"reconnects"`             // times that the camera was opened again
	LastFrame  *float64 `json:"last_frame_s,omitempty"` // how long ago a picture came; absent when none has
}

// ConfigStatus tells which configuration is in force.
type ConfigStatus struct {
	File         string    `json:"file"`            // "" without one
	Loaded       time.Time `json:"loaded"`          // when the service read the one in force
	Error        string    `json:"error,omitempty"` // why the service refused the one it read last; "" when that one is in force
	NeedsRestart []string  `json:"needs_restart"`   // keys that have another value since the start; a restart puts it in force
	Warnings     []string  `json:"warnings"`        // former names and former defaults in the configuration in force
}

// GPIOStatus tells the state of the pins; "" stands for a pin that is not
// configured. It has the fields of camera/gpio's Status. This package does not import
// that one, which would bring the drivers of the pins into every client.
type GPIOStatus struct {
	Trigger string `json:"trigger,omitempty"` // waiting or open
	Lamp    string `json:"lamp,omitempty"`    // on or off
	LED     string `json:"led,omitempty"`     // live, learning or fault
}

// Status asks for the state of the service.
func (c *Client) Status(ctx context.Context) (st Status, err error) {
	return st, c.Call(ctx, http.MethodGet, "/v1/status", nil, "", nil, &st)
}

// Pause pauses the learner before its next step.
func (c *Client) Pause(ctx context.Context) (st Status, err error) {
	return st, c.Call(ctx, http.MethodPost, "/v1/pause", nil, "", nil, &st)
}

// Resume lets the learner go on.
func (c *Client) Resume(ctx context.Context) (st Status, err error) {
	return st, c.Call(ctx, http.MethodPost, "/v1/resume", nil, "", nil, &st)
}
