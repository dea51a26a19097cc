package daemon

import (
	"fmt"

	"edgeclr/camera"
	"edgeclr/camera/sources"
	"edgeclr/config"
	"edgeclr/daemon/client"
)

// openSource makes a source without starting it. Its changes of state become
// events.
func (s *Service) openSource(w config.Source) (camera.Source, error) {
	log := newSourceEventLog(s.events)
	source, err := sources.Open(w.URI, sources.Options{
		Cursor: s.store, Limits: s.decoder.Limits, Decoder: s.decoder, Log: s.log, Seed: s.config().Model.Seed, Now: s.opt.Now,
		Live: w.LiveOptions, Changed: log.changed,
	})
	if err != nil {
		return nil, err
	}
	log.uri = source.URI()
	return source, nil
}

// sourceStatus asks a source.
func sourceStatus(source camera.Source) client.SourceStatus {
	state, err := source.State()
	st := client.SourceStatus{URI: source.URI(), State: state}
	if err != nil {
		st.Error = err.Error()
	}
	counting, ok := source.(interface{ Counters() camera.Counters })
	if !ok {
		return st
	}
	c := counting.Counters()
	st.SourceCounters = &client.SourceCounters{Frames: c.Frames, Damaged: c.Damaged, Skipped: c.Skipped, Reconnects: c.Reconnects}
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
