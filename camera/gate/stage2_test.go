package gate

import (
	"testing"
	"time"

	"edgeclr/camera/synthetic"
)

const dims = 64

// TestStillVectors checks that only the warm-up of a still scene costs anything: the frames
// that pass stage 1 show the effect of noise on vectors.
func TestStillVectors(t *testing.T) {
	for _, far := range []float64{0.0005, 0.01, 0.1} {
		rng, c, m := newRand(1), newCamera(Options{}), scene(160, 120)
		base := direction(rng, dims)
		for range 300 {
			c.see(shot(rng, m, 1, 5), near(rng, base, far))
		}
		if c.kept > 5 {
			t.Errorf("noise of %v: %d of 300 frames were kept", far, c.kept)
		}
		if c.near > 30 {
			t.Errorf("noise of %v: %d of 300 frames were embedded", far, c.near)
		}
		// Now stage 1 fails: every frame differs somewhere. The radius is known when 64
		// distances are known.
		c.kept = 0
		for i := range 300 {
			c.see(patch(shot(rng, m, 1, 5), 8*(i%10), 8*(i/10%10), 16, 60), near(rng, base, far))
		}
		if c.kept > 60 {
			t.Errorf("noise of %v: %d of 300 frames were kept that only pixels tell apart", far, c.kept)
		}
	}
}

// TestUnrelatedVectors checks that a stream of unrelated pictures loses few, also after a
// long time, in which the radius could have grown.
func TestUnrelatedVectors(t *testing.T) {
	rng, c := newRand(2), newCamera(Options{})
	for part := range 4 {
		c.near = 0
		for range 2000 {
			c.see(blank(), direction(rng, dims))
		}
		t.Logf("part %d: %d of 2000 near", part, c.near)
		if c.near > 2000/10 {
			t.Errorf("part %d: %d of 2000 unrelated frames are near", part, c.near)
		}
	}
}

// TestBelt has objects of some kinds that pass, each in several similar frames.
func TestBelt(t *testing.T) {
	for _, frames := range []int{3, 8, 30} {
		rng, c := newRand(3), newCamera(Options{})
		var kinds [][]float32
		for range 12 {
			kinds = append(kinds, direction(rng, dims))
		}
		const warm = 60
		lost, kept, objects := 0, 0, 0
		for i := range 200 {
			object := near(rng, kinds[i%len(kinds)], 0.3)
			seen := 0
			for range frames {
				if c.see(blank(), near(rng, object, 0.02)) {
					seen++
				}
			}
			if i < warm {
				continue
			}
			objects++
			kept += seen
			if seen == 0 {
				lost++
			}
		}
		share := float64(kept) / float64(objects)
		t.Logf("%d frames an object: %.2f kept of each, %d of %d objects lost", frames, share, lost, objects)
		if share > 1.5 || lost > 0 {
			t.Errorf("%d frames an object: %.2f kept of each, %d of %d objects lost", frames, share, lost, objects)
		}
	}
}

// TestRenderedBelt is the same with rendered frames. The test makes the vectors from the true
// classes instead of an encoder: those of one part are similar. The gate does not see the
// classes.
func TestRenderedBelt(t *testing.T) {
	const passage = 8 // frames a part is in view
	rng, c := newRand(4), newCamera(Options{})
	s := synthetic.New(synthetic.Options{Seed: 9, Stream: true})
	lost, kept, parts := 0, 0, 0
	for i := range 60 {
		part, seen := direction(rng, dims), 0
		for step := range passage {
			m, _ := s.Render(passage*i + step)
			if c.see(m, near(rng, part, 0.03)) {
				seen++
			}
		}
		if i < 10 {
			continue
		}
		parts++
		kept += seen
		if seen == 0 {
			lost++
		}
	}
	t.Logf("%d of %d frames kept, %d of %d parts lost", kept, passage*parts, lost, parts)
	if kept > 2*parts || lost > 0 {
		t.Errorf("%d of %d frames kept, %d of %d parts lost", kept, passage*parts, lost, parts)
	}
}

// TestBatch takes several looks before the first frame is kept.
func TestBatch(t *testing.T) {
	rng, g, m := newRand(5), New(Options{}), scene(160, 120)
	now := newCamera(Options{}).now
	base := direction(rng, dims)
	var looks []Look
	for range 16 {
		looks = append(looks, g.Look("a", now, shot(rng, m, 1, 1)))
	}
	kept := 0
	for i, look := range looks {
		if twin, near := g.NearDuplicate(look, "v1", near(rng, base, 0.001)); near {
			if twin != 0 {
				t.Errorf("frame %d is the twin of %d, not of 0", i, twin)
			}
			continue
		}
		g.Keep(look, uint64(i), "v1", base)
		kept++
	}
	if kept != 1 {
		t.Errorf("%d of 16 equal frames of a batch were kept", kept)
	}
}

// TestVersion checks that vectors of another version are not compared, and that the gate
// forgets what it learned from them.
func TestVersion(t *testing.T) {
	rng, c := newRand(6), newCamera(Options{})
	for range 100 {
		c.see(blank(), direction(rng, dims))
	}
	v := direction(rng, dims)
	c.see(blank(), v)
	look := c.gate.Look("camera", c.now, blank())
	if twin, near := c.gate.NearDuplicate(look, "v1", v); !near || twin != c.next-1 {
		t.Errorf("the same vector: near %v, twin %d", near, twin)
	}
	if _, near := c.gate.NearDuplicate(look, "v2", v); near {
		t.Error("vectors of two versions are near")
	}
	if _, near := c.gate.NearDuplicate(look, "v1", v); near {
		t.Error("vectors of a version that was left came back")
	}
}

func TestVectorsThatAreNone(t *testing.T) {
	c := newCamera(Options{})
	rng := newRand(7)
	for range 100 {
		c.see(blank(), direction(rng, dims))
	}
	huge := make([]float32, dims)
	for i := range huge {
		huge[i] = 3e38
	}
	for _, v := range [][]float32{{}, {1}, huge, normalised(make([]float32, dims))} {
		if !c.see(blank(), v) {
			t.Errorf("%d numbers are near to something", len(v))
		}
	}
	if data, err := c.gate.Snapshot(); err != nil || New(Options{}).Restore(data) != nil {
		t.Errorf("the state after it: %v", err)
	}
}

// TestMovedCamera checks a scene whose frames are more similar than those of the scene
// before it. The radius that was learned before keeps its frames out for about an hour at
// most.
func TestMovedCamera(t *testing.T) {
	rng, c := newRand(8), newCamera(Options{})
	for turn, variety := range []float64{0.5, 0.02, 0.5} {
		centre := direction(rng, dims)
		for i := range 6000 {
			if i == 4500 {
				c.near = 0
			}
			c.see(blank(), near(rng, centre, variety))
		}
		if c.near > 150 {
			t.Errorf("scene %d: %d of 1500 unrelated frames are near", turn, c.near)
		}
	}
}

// TestNight checks that hours without an event do not make the gate forget differences.
func TestNight(t *testing.T) {
	rng, c, m := newRand(10), newCamera(Options{}), scene(64, 48)
	belt := func() (kept int) {
		for range 50 {
			object := direction(rng, dims)
			for range 8 {
				if c.see(blank(), near(rng, object, 0.02)) {
					kept++
				}
			}
		}
		return kept
	}
	belt()
	evening := belt()
	base := direction(rng, dims)
	for range 8 * 60 {
		c.now = c.now.Add(time.Minute)
		c.see(shot(rng, m, 1, 3), near(rng, base, 0.001))
	}
	if morning := belt(); evening > 55 || morning > 60 {
		t.Errorf("of 50 objects %d frames were kept in the evening, %d in the morning", evening, morning)
	}
}

// TestVectorsDrift checks that a scene that changes all the time is kept now and then.
func TestVectorsDrift(t *testing.T) {
	rng, c := newRand(9), newCamera(Options{})
	v := direction(rng, dims)
	last, longest := c.now, c.now.Sub(c.now)
	for range 7200 {
		v = near(rng, v, 1e-6)
		if c.see(blank(), v) {
			longest, last = max(longest, c.now.Sub(last)), c.now
		}
	}
	t.Logf("%d of 7200 kept", c.kept)
	if c.kept < 12 || c.kept > 1000 || longest > c.gate.opt.MaxGap {
		t.Errorf("%d of 7200 frames kept, at most %v apart", c.kept, longest)
	}
}
