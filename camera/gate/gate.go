package gate

import (
	"sync"
	"time"

	"edgeclr/camera/rgb"
)

// Gate remembers the last kept frames of each source. It is safe for concurrent
// use; frames of one source come in order.
type Gate struct {
	opt Options

	mu      sync.Mutex
	sources map[string]*source
	clock   uint64 // counts uses, to find the source that was silent longest
}

// New makes a gate that has seen nothing.
func New(opt Options) *Gate {
	return &Gate{opt: opt.withDefaults(), sources: map[string]*source{}}
}

// SetMaxGap changes Options.MaxGap, for the frames to come.
func (g *Gate) SetMaxGap(gap time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opt.MaxGap = gap
	g.opt = g.opt.withDefaults()
}

// Look is what stage 1 found out about a frame.
type Look struct {
	// Same tells that the frame shows what Twin shows: it need not be embedded.
	Same bool

	// Twin is the id of a kept frame; it means something only with Same.
	Twin uint64

	source string
	at     time.Time
	thumb  *thumb
}

// Look compares a frame with the kept ones of its source, by pixels. A picture
// without pixels is the same as none.
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
	if twin == nil || s.wantsProbe(twin) {
		return l
	}
	l.Same, l.Twin = true, twin.id
	s.run++
	return l
}

// Near compares a frame that passed stage 1 with the kept ones of its source, by
// vectors (L2-normalised) that the given version of the encoder made. It returns
// the id of the kept frame that the frame is a near-duplicate of. A vector of
// length 0 is near only to what stage 1 finds the same.
func (g *Gate) Near(l Look, version string, vector []float32) (twin uint64, near bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.source(l.source)
	s.use(version)
	if s.due(l.at, g.opt) {
		return 0, false
	}
	// Stage 1 once more: the twin may have been kept since the look, and a probe
	// is to be measured.
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

// Keep tells the gate that a frame was kept, under that id and with that vector
// (empty: none was made). The gate keeps a copy of the vector.
func (g *Gate) Keep(l Look, id uint64, version string, vector []float32) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.source(l.source)
	s.use(version)
	s.keep(l, id, vector, g.opt)
}

// Forget drops what is known of a source.
func (g *Gate) Forget(source string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.sources, source)
}

// source finds or makes the state of a source and notes its use.
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
	// MaxGap is the longest time between two kept frames of a source that
	// delivers any, by the frames' own times; 0 means 10 minutes.
	MaxGap time.Duration

	// MaxRun is how many frames are gated in a row at most, for sources whose
	// times stand still; 0 means 20,000, eleven minutes at 30 frames a second.
	MaxRun int

	// Share bounds the share of unrelated pictures that stage 2 takes for
	// near-duplicates, 0 to 1; 0 means 0.05. More gates more of what is merely alike.
	Share float64

	// Floor is a distance of vectors (1 - cosine, 0 to 2) up to which they are
	// near whatever the source is like; 0 means 0.002.
	Floor float64

	// MaxSources is how many sources are remembered; above it, the one that was
	// silent longest is forgotten. 0 means 16.
	MaxSources int
}

// withDefaults replaces zeros, and values that make no sense.
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
