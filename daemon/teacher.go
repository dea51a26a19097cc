package daemon

import "edgeclr/storage"

// forgetTeacher deletes, in the background, the vectors of a teacher that the
// configuration does not name any more. The learner may be off, so it is done here.
func (s *Service) forgetTeacher() {
	if s.config().Learn.Teacher != "" {
		return
	}
	s.background.Go(func() {
		if err := s.versions.UseTeacher(s.lifetime, nil); err != nil && s.lifetime.Err() == nil {
			s.events.Publish(storage.Event{Kind: storage.EventLearn, Text: "the vectors of the former teacher were not deleted: " + err.Error(),
				Data: map[string]any{"error": err.Error()}})
		}
	})
}
