package gate

import (
	"slices"
	"time"
)

const (
	// recent is the number of kept frames that a new frame is compared with.
	recent = 8

	// remembered is the number of kept frames in memory: the recent ones, and more
	// for the distances of frames that were not compared.
	remembered = 64

	// Some frames that stage 1 finds the same are embedded to measure the noise: all of
	// them until enoughNoise distances are known, then one in measureEvery.
	measureEvery = 64
)

// source is what the gate knows about one source.
type source struct {
	kept   []*kept // at most remembered, the newest last
	last   *thumb  // of the last frame, kept or not
	noise  noise
	radius radius
	run    int    // frames left out since one was kept
	twins  int    // frames that stage 1 found the same
	used   uint64 // last use, by the gate's clock
}

// kept is a frame that was kept.
type kept struct {
	id     uint64
	at     time.Time
	thumb  *thumb    // nil: none, or not recent
	vector []float32 // nil: none, or one of another version
}

// observe learns the noise from a frame and the previous one.
func (s *source) observe(t *thumb) {
	if t == nil {
		return
	}
	if s.last != nil {
		s.noise.learn(s.last, t)
	}
	s.last = t
}

// due reports whether a frame of that time must be kept. It measures time in both
// directions, so that a clock that is set back does not close the gate until the old
// time comes again.
func (s *source) due(at time.Time, opt Options) bool {
	if len(s.kept) == 0 || s.run >= opt.MaxRun {
		return true
	}
	return at.Sub(s.kept[len(s.kept)-1].at).Abs() >= opt.MaxGap
}

// recent returns the kept frames to compare with, the newest last.
func (s *source) recent() []*kept {
	return s.kept[max(len(s.kept)-recent, 0):]
}

// same returns the newest recent frame that shows the same, or nil.
func (s *source) same(t *thumb) *kept {
	if t == nil {
		return nil
	}
	level := s.noise.level(t)
	for _, k := range slices.Backward(s.recent()) {
		if k.thumb != nil && !changed(k.thumb, t, level) {
			return k
		}
	}
	return nil
}

// wantsMeasurement reports whether a frame that is the same as twin should be embedded
// to learn the effect of noise on vectors.
func (s *source) wantsMeasurement(twin *kept) bool {
	if len(twin.vector) == 0 {
		return false
	}
	s.twins++
	return s.radius.noise.len() < enoughNoise || s.twins%measureEvery == 0
}

// nearest returns the recent frame nearest to the vector, or nil if none is closer than
// radius.
func (s *source) nearest(vector []float32, radius float32) *kept {
	var nearest *kept
	for _, k := range s.recent() {
		if d, ok := distance(k.vector, vector); ok && d < radius {
			nearest, radius = k, d
		}
	}
	return nearest
}

// setVersion forgets the vectors and what was learned from them when the version of the
// encoder changes.
func (s *source) setVersion(version string) {
	if s.radius.version == version {
		return
	}
	s.radius = radius{version: version}
	for _, k := range s.kept {
		k.vector = nil
	}
}

// keep remembers a kept frame and learns from it. A frame with a twin was kept only
// because it was due. It says nothing about how much frames differ.
func (s *source) keep(l Look, id uint64, vector []float32, opt Options) {
	if s.same(l.thumb) == nil {
		s.radius.adapt(s.nearest(vector, s.radius.length(opt)) != nil)
		s.radius.measurePairs(s.kept, vector)
	}
	if len(s.kept) >= recent {
		s.kept[len(s.kept)-recent].thumb = nil // no longer compared
	}
	if len(s.kept) == remembered {
		s.kept = slices.Delete(s.kept, 0, 1)
	}
	s.kept = append(s.kept, &kept{id: id, at: l.at, thumb: l.thumb, vector: slices.Clone(vector)})
	s.run = 0
}
