package daemon

import (
	"fmt"

	"edgeclr/camera"
	"edgeclr/camera/sources"
	"edgeclr/config"
)

// openSource makes a source without starting it. Its changes of state become
// events.
func (s *Service) openSource(w config.Source) (camera.Source, error) {
	diary := newDiary(func(text string) { s.event(s.lifetime, "source", text) })
	source, err := sources.Open(w.URI, sources.Options{
		Cursor: s.store, Limits: s.decoder.Limits, Decoder: s.decoder, Log: s.log, Seed: s.config().Model.Seed, Now: s.opt.Now,
		Live: w.LiveOptions, Changed: diary.changed,
	})
	if err != nil {
		return nil, err
	}
	diary.uri = source.URI()
	return source, nil
}

// SourceStatus tells how a source is.
type SourceStatus struct {
	URI   string `json:"uri"`   // without credentials
	State string `json:"state"` // connecting live stalled failed
	Error string `json:"error"`
	*SourceCounters
}

// SourceCounters tell what a camera did since the service started; folders and
// rendered scenes have none.
type SourceCounters struct {
	Frames     uint64   `json:"frames"`                 // handed over, whatever became of them
	Damaged    uint64   `json:"damaged"`                // cut or broken, left out
	Skipped    uint64   `json:"skipped"`                // beyond the source's rate, left out
	Reconnects uint64   `json:"reconnects"`             // times that the camera was opened again
	LastFrame  *float64 `json:"last_frame_s,omitempty"` // how long ago a picture came; absent when none has
}

// sourceStatus asks a source.
func sourceStatus(source camera.Source) SourceStatus {
	state, err := source.State()
	st := SourceStatus{URI: source.URI(), State: state}
	if err != nil {
		st.Error = err.Error()
	}
	counting, ok := source.(interface{ Counters() camera.Counters })
	if !ok {
		return st
	}
	c := counting.Counters()
	st.SourceCounters = &SourceCounters{Frames: c.Frames, Damaged: c.Damaged, Skipped: c.Skipped, Reconnects: c.Reconnects}
	if c.LastFrame >= 0 {
		age := c.LastFrame.Seconds()
		st.LastFrame = &age
	}
	return st
}

// describe is a state as an event has it.
func describe(uri, state string, err error) string {
	if err == nil {
		return fmt.Sprintf("source %s is %s", uri, state)
	}
	return fmt.Sprintf("source %s is %s: %v", uri, state, err)
}
