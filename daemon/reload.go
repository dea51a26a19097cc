package daemon

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/daemon/governor"
	"edgeclr/daemon/ingest"
	"edgeclr/daemon/learn"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
)

// reloadable tells whether a key takes effect while the service runs. The other
// keys are built into parts that outlive a reload.
func reloadable(key string) bool {
	if slices.Contains([]string{"learn.size", "serve.size", "serve.crop_mode", "serve.budget", "serve.precision"}, key) {
		return false // they are built into the encoder, the store and its small pictures
	}
	section, _, _ := strings.Cut(key, ".")
	switch section {
	case "sources", "learn", "augment", "gate", "serve", "store", "encoder":
		return true
	}
	return key == "replay.fresh" || key == "log.level"
}

// change is a valid configuration with all that is needed to put it in force.
type change struct {
	config       config.Config // the configuration in force, with the changed keys
	changed      []string      // keys that change now
	needsRestart []string      // keys that a restart would change
	feeds        ingest.Feeds  // nil when the service takes no frames
	limits       governor.Limits
	encoder      *serving.EncoderFile // nil: the store's own encoder
	teacher      *serving.EncoderFile // nil: none
}

// Reload puts the configuration that load returns in force. Either every key that
// can change while the service runs is changed, or nothing is. Log, events, status
// and metrics tell which, and which keys need a restart. Options.Explicit still
// holds.
//
// Only sources that were added, removed or changed start and stop. A round of
// training goes on as it began, but the limits on when it may step change at once.
// The error is the reason why nothing changed.
func (s *Service) Reload(load func() (config.Config, error)) error {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	if s.lifetime.Err() != nil {
		return client.ErrClosing
	}
	next, err := load()
	var c change
	if err == nil {
		c, err = s.plan(next)
	}
	if err == nil {
		err = s.apply(c)
	}
	if err != nil {
		s.refuse(err)
		return err
	}
	s.events.Publish(storage.Event{
		Kind: storage.EventConfig, Text: c.String(),
		Data: map[string]any{"file": c.config.File, "changed": append([]string{}, c.changed...), "needs_restart": append([]string{}, c.needsRestart...)},
	})
	s.settings.accept(next, s.opt.Now(), c.needsRestart)
	return nil
}

// refuse reports why the configuration that was read last is not in force. It
// writes to the log and the events first, and then to the status.
func (s *Service) refuse(err error) {
	defer s.settings.refuse(err)
	problems := []string{err.Error()}
	if bad := (*config.Error)(nil); errors.As(err, &bad) {
		problems = problems[:0]
		for _, p := range bad.Problems {
			problems = append(problems, p.String())
			s.log.Error("the configuration has a problem", "problem", p.String())
		}
	}
	text := "the configuration was refused, and the one before stays: " + problems[0]
	if n := len(problems); n > 1 {
		text += fmt.Sprintf(" (and %d more, which `edgeclr check` lists)", n-1)
	}
	s.events.Publish(storage.Event{Kind: storage.EventConfig, Text: text, Data: map[string]any{"problems": problems}})
}

// plan finds what changes, and opens the sources that are new. It puts nothing in
// force.
func (s *Service) plan(next config.Config) (c change, err error) {
	if err := next.Validate(); err != nil {
		return c, err
	}
	c.config = s.config()
	for _, key := range config.Diff(c.config, next) {
		if reloadable(key) {
			c.changed = append(c.changed, key)
		}
	}
	for _, key := range config.Diff(s.opt.Config, next) { // a key that the store decides is no change
		if !reloadable(key) {
			c.needsRestart = append(c.needsRestart, key)
		}
	}
	c.config.CopyKeys(next, c.changed...)
	c.config.File = next.File
	if c.limits, err = learn.Limits(c.config.Learn); err != nil {
		return c, err
	}
	// A file is read also when its name is the same: its content may be another.
	if c.encoder, err = serving.OpenEncoderFile(s.lifetime, c.config.ServingFile(), s.opener); err != nil {
		return c, err
	}
	if c.teacher, err = serving.OpenEncoderFile(s.lifetime, c.config.TeacherFile(), s.opener); err != nil {
		return c, err
	}
	if s.ingest.Started() {
		c.feeds, err = s.ingest.Open(c.config.Sources)
	}
	return c, err
}

// apply puts a change in force. When it fails, nothing has changed.
func (s *Service) apply(c change) error {
	before := s.config()
	if limits, err := learn.Limits(before.Learn); err != nil || !reflect.DeepEqual(limits, c.limits) {
		if err := s.learner.ChangeLimits(c.limits); err != nil {
			return err
		}
	}
	s.settings.set(c.config)
	if s.opt.Level != nil {
		_ = s.opt.Level.UnmarshalText([]byte(c.config.Log.Level)) // cannot fail: Validate has checked it
	}
	s.ingest.SetGate(c.config.Gate)
	if s.ingest.Started() {
		s.ingest.Watch(c.feeds)
	}
	s.learner.SetTeacher(c.teacher)
	s.forgetTeacher()
	s.learner.Follow(s.lifetime, learnable(before), learnable(c.config))
	s.followEncoder(c.encoder)
	s.versions.LookForRoot()
	return nil
}

// String is the text of the event.
func (c change) String() string {
	text := "the configuration is loaded"
	if c.config.File != "" {
		text += " from " + c.config.File
	}
	if len(c.changed) > 0 {
		text += ": " + strings.Join(c.changed, ", ")
	} else {
		text += ": nothing to change at once"
	}
	if len(c.needsRestart) > 0 {
		text += fmt.Sprintf("; `%s` puts the rest in force: %s", client.RestartCommand, strings.Join(c.needsRestart, ", "))
	}
	return text
}
