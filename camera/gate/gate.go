package gate

import (
	"sync"
	"time"

	"edgeclr/camera/rgb"
)

// Gate remembers the last kept frames of each source. It is safe for concurrent use.
// The frames of one source must come in order.
type Gate struct {
	opt Options

	mu      sync.Mutex
	sources map[string]*source
	clock   uint64 // counts uses, to find the least recently used source
}

// New makes a gate that has seen nothing.
func New(opt Options) *Gate {
	return &Gate{opt: opt.withDefaults(), sources: map[string]*source{}}
}

// SetMaxGap changes Options.MaxGap for later frames.
func (g *Gate) SetMaxGap(gap time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opt.MaxGap = gap
	g.opt = g.opt.withDefaults()
}

// Look is the result of stage 1 for a frame.
type Look struct {
	// Same says that the frame shows what Twin shows: it need not be embedded.
	Same bool

	// Twin is the id of a kept frame. It is valid only with Same.
	Twin uint64

	source string
	at     time.Time
	thumb  *thumb
}

// Look compares a frame with the kept frames of its source by their pixels. A picture
// without pixels is never the same.
func (g *Gate) Look(source string, at time.Time, m *rgb.Image) Look {
	l := Look{source: source, at: at, thumb: newThumb(m)}
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.source(source)
	s.observe(l.thumb)
	if s.due(at, g.opt) {
		return l
	}
	twin := s.same(l.thumb)
	if twin == nil || s.wantsMeasurement(twin) {
		return l
	}
	l.Same, l.Twin = true, twin.id
	s.run++
	return l
}

// NearDuplicate compares a frame that passed stage 1 with the kept frames of its
// source, by L2-normalised vectors of the given version of the encoder. It returns the
// id of the kept frame that the frame nearly repeats. A frame with an empty vector is
// near only to frames that stage 1 finds the same.
func (g *Gate) NearDuplicate(l Look, version string, vector []float32) (twin uint64, near bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.source(l.source)
	s.setVersion(version)
	if s.due(l.at, g.opt) {
		return 0, false
	}
	// Stage 1 again: the twin may have been kept after the Look, or the frame passed
	// stage 1 only to measure the noise.
	found := s.same(l.thumb)
	if found != nil {
		s.radius.measureNoise(found.vector, vector)
	} else {
		found = s.nearest(vector, s.radius.length(g.opt))
	}
	if found == nil {
		return 0, false
	}
	s.run++
	return found.id, true
}

// Keep tells the gate that the frame was kept under that id, with that vector (empty:
// none was computed). The gate copies the vector.
func (g *Gate) Keep(l Look, id uint64, version string, vector []float32) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.source(l.source)
	s.setVersion(version)
	s.keep(l, id, vector, g.opt)
}

// Forget drops everything about a source.
func (g *Gate) Forget(source string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.sources, source)
}

// source returns the state of a source and marks it as used. It makes a missing one.
func (g *Gate) source(name string) *source {
	g.clock++
	s := g.sources[name]
	if s == nil {
		for len(g.sources) >= g.opt.MaxSources {
			g.dropOldest()
		}
		s = &source{}
		g.sources[name] = s
	}
	s.used = g.clock
	return s
}

func (g *Gate) dropOldest() {
	oldest := ""
	for name, s := range g.sources {
		if o := g.sources[oldest]; o == nil || s.used < o.used {
			oldest = name
		}
	}
	delete(g.sources, oldest)
}

// Options configure a gate. The zero value works.
type Options struct {
	// MaxGap is the longest time between two kept frames of a source that delivers
	// frames, by the frames' own times; 0 means 10 minutes.
	MaxGap time.Duration

	// MaxRun is the largest number of consecutive frames that are left out. It counts
	// for sources whose times do not advance. 0 means 20,000: eleven minutes at 30
	// frames a second.
	MaxRun int

	// Share is the largest share of unrelated pictures that stage 2 may take for
	// near-duplicates, 0 to 1; 0 means 0.05. A larger share leaves out more frames
	// that are only similar.
	Share float64

	// Floor is the least radius (1 - cosine, 0 to 2), for every source; 0 means
	// 0.002.
	Floor float64

	// MaxSources is the largest number of sources that the gate remembers. Beyond
	// that it forgets the least recently used one. 0 means 16.
	MaxSources int
}

// withDefaults replaces zeros and values out of range.
func (o Options) withDefaults() Options {
	if o.MaxGap <= 0 {
		o.MaxGap = 10 * time.Minute
	}
	if o.MaxRun <= 0 {
		o.MaxRun = 20_000
	}
	if !(o.Share > 0 && o.Share <= 1) {
		o.Share = 0.05
	}
	if !(o.Floor > 0 && o.Floor <= 2) {
		o.Floor = 0.002
	}
	if o.MaxSources <= 0 {
		o.MaxSources = 16
	}
	return o
}
