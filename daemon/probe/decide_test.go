package probe

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// scene holds pictures with views, for encoders of known quality. An encoder adds to
// each vector the noise that it cannot remove.
type scene struct {
	images, views [][]float32
	classes       []int
}

func newScene(seed uint64, n, groups int) scene {
	const dim = 24
	rng := rand.New(rand.NewPCG(seed, 20))
	centres := make([][]float32, groups)
	for i := range centres {
		centres[i] = gaussian(rng, dim)
	}
	var s scene
	for i := range n {
		s.images = append(s.images, moved(rng, centres[i%groups], 0.6))
		s.classes = append(s.classes, i%groups)
	}
	for _, v := range s.images {
		s.views = append(s.views, v, v)
	}
	return s
}

// encoder distorts pictures and views, each vector by itself.
type encoder func(rng *rand.Rand, v []float32, view bool) []float32

// noisy lets the noise of the picture through and, to a smaller part, that of the
// view.
func noisy(picture, view float64) encoder {
	return func(rng *rand.Rand, v []float32, isView bool) []float32 {
		if isView {
			return moved(rng, v, view)
		}
		return moved(rng, v, picture)
	}
}

// measured encodes the scene with noise from a seed, and measures it.
func (s scene) measured(t *testing.T, seed uint64, e encoder, opt Options) (Scores, [][]float32) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 21))
	var images, views [][]float32
	for i, v := range s.images {
		images = append(images, e(rng, v, false))
		views = append(views, e(rng, s.views[2*i], true), e(rng, s.views[2*i+1], true))
	}
	scores, err := Measure(t.Context(), images, views, opt)
	if err != nil {
		t.Fatal(err)
	}
	return scores, images
}

func TestDecide(t *testing.T) {
	s := newScene(1, 200, 8)
	labels := Options{Classes: s.classes}
	few := Options{Classes: slices.Repeat([]int{-1}, 200)}
	copy(few.Classes, s.classes[:32])
	var pairs Options
	for i := range 192 { // pictures next to each other in time show the same group
		pairs.Pairs = append(pairs.Pairs, [2]int{i, i + 8})
	}
	one := gaussian(rand.New(rand.NewPCG(1, 22)), 24)
	collapsed := func(rng *rand.Rand, _ []float32, _ bool) []float32 { return moved(rng, one, 0.01) }
	// Only the first values of the picture are left, and views change them less.
	emptied := func(keep int) encoder {
		return func(rng *rand.Rand, v []float32, view bool) []float32 {
			v = noisy(0.3, 0.3)(rng, v, view)
			clear(v[keep:])
			return v
		}
	}
	offset := func(rng *rand.Rand, v []float32, view bool) []float32 {
		v = noisy(0.3, 0.3)(rng, v, view)
		v[3] += 500
		return v
	}
	// Views agree better, and the groups are gone.
	blind := func(rng *rand.Rand, v []float32, view bool) []float32 {
		own := rand.New(rand.NewPCG(uint64(int64(v[0]*1e6)), uint64(int64(v[1]*1e6))))
		return moved(rng, gaussian(own, len(v)), 0.1)
	}
	for _, c := range []struct {
		name               string
		serving, candidate encoder
		opt                Options
		promote, collapsed bool
		reason             string // a part of it
	}{
		{"better", noisy(0.5, 0.5), noisy(0.25, 0.25), Options{}, true, false, ": better (+"},
		{"a little better", noisy(0.5, 0.5), noisy(0.43, 0.43), Options{}, true, false, "the candidate takes over"},
		{"better by labels too", noisy(1.5, 0.5), noisy(0.5, 0.5), labels, true, false, "top-1 "},
		{"noise", noisy(0.5, 0.5), noisy(0.5, 0.5), Options{}, false, false, "no better beyond noise"},
		{"noise in labels", noisy(0.5, 0.5), noisy(0.5, 0.2), labels, false, false, "no better beyond noise"},
		{"worse", noisy(0.5, 0.5), noisy(0.6, 0.6), Options{}, false, false, ": worse; the serving checkpoint stays"},
		{"ruined", noisy(0.3, 0.3), noisy(0.7, 0.7), Options{}, false, false, "view retrieval "},
		{"ruined by labels", noisy(0.3, 0.3), noisy(0.7, 0.7), labels, false, false, "precision@10 "},
		{"no more than noise is left", noisy(0.3, 0.3), noisy(2, 2), Options{}, false, true, "information "},
		{"worse by a few labels", noisy(0.5, 0.5), blind, few, false, false, "precision@10 "},
		{"worse in time", noisy(0.5, 0.5), blind, pairs, false, false, "temporal neighbours "},
		{"blind to the groups", noisy(0.5, 0.5), blind, Options{}, false, false, "of all neighbours were replaced"},
		{"better in time too", noisy(1, 0.5), noisy(0.3, 0.3), pairs, true, false, "temporal neighbours "},
		{"collapsed", noisy(0.5, 0.5), collapsed, Options{}, false, true, "collapsed"},
		{"collapsed, with labels", noisy(0.5, 0.5), collapsed, labels, false, true, "collapsed"},
		{"two dimensions left", noisy(0.5, 0.5), emptied(2), Options{}, false, true, "collapsed"},
		{"two fifths of the dimensions left", noisy(0.5, 0.5), emptied(10), Options{}, false, false, "content may have been lost"},
		{"half of the dimensions left, as noisy", noisy(0.3, 0.3), emptied(14), Options{}, false, false, ": worse"},
		{"a constant outweighs", noisy(0.5, 0.5), offset, Options{}, false, true, "deviation "},
	} {
		t.Run(c.name, func(t *testing.T) {
			serving, before := s.measured(t, 1, c.serving, c.opt)
			candidate, after := s.measured(t, 2, c.candidate, c.opt)
			travel, err := Distance(t.Context(), before, after)
			if err != nil {
				t.Fatal(err)
			}
			v := Decide(serving, candidate, travel, DefaultRule())
			t.Log(v.Reason)
			if v.Promote != c.promote || v.Collapsed != c.collapsed || !strings.Contains(v.Reason, c.reason) {
				t.Errorf("promote %v, collapsed %v: %s", v.Promote, v.Collapsed, v.Reason)
			}
			if again := Decide(candidate, serving, travel, DefaultRule()); v.Promote && again.Promote {
				t.Errorf("each is better than the other: %s; %s", v.Reason, again.Reason)
			}
		})
	}
}

// An encoder compared with itself is a tie, good or bad.
func TestDecideTie(t *testing.T) {
	s := newScene(2, 60, 4)
	for _, opt := range []Options{{}, {Classes: s.classes}} {
		scores, images := s.measured(t, 3, noisy(0.4, 0.4), opt)
		travel, err := Distance(t.Context(), images, images)
		if err != nil {
			t.Fatal(err)
		}
		v := Decide(scores, scores, travel, DefaultRule())
		if v.Promote || v.Collapsed || v.Together.Finds != Same || v.Together.Z != 0 || v.Travel.Neighbours != 0 {
			t.Errorf("promote %v, collapsed %v: %s", v.Promote, v.Collapsed, v.Reason)
		}
	}
}

// Encoders that are equally good but see the pictures differently are promoted about
// as often as the margin says, 0.6 %. Z has a standard deviation of about 1. So the
// errors are right although pictures share neighbours.
func TestDecideByNoise(t *testing.T) {
	const trials = 200
	var promoted, worse, squares float64
	for trial := range uint64(trials) {
		s := newScene(100+trial, 80, 5)
		serving, _ := s.measured(t, 2*trial, noisy(0.5, 0.5), Options{})
		candidate, _ := s.measured(t, 2*trial+1, noisy(0.5, 0.5), Options{})
		v := Decide(serving, candidate, Travel{}, DefaultRule())
		if v.Promote {
			promoted++
		}
		if v.Together.Z <= -v.Rule.Worse {
			worse++
		}
		squares += v.Together.Z * v.Together.Z / trials
	}
	t.Logf("of %d: %v promoted, %v worse, Z deviates by %.2f", trials, promoted, worse, math.Sqrt(squares))
	if promoted > 0.03*trials || worse > 0.06*trials || squares > 1.2*1.2 || squares < 0.5*0.5 {
		t.Errorf("of %d equal encoders %v were promoted and %v called worse; Z deviates by %.2f", trials, promoted, worse, math.Sqrt(squares))
	}
}

func TestDecideWithoutGround(t *testing.T) {
	s := newScene(3, 60, 4)
	bad, _ := s.measured(t, 4, noisy(0.8, 0.8), Options{})
	good, _ := s.measured(t, 5, noisy(0.2, 0.2), Options{})
	named, _ := s.measured(t, 5, noisy(0.2, 0.2), Options{Classes: s.classes})
	other, _ := newScene(3, 59, 4).measured(t, 5, noisy(0.2, 0.2), Options{})
	tiny := newScene(4, 20, 4)
	badTiny, _ := tiny.measured(t, 4, noisy(0.8, 0.8), Options{})
	goodTiny, _ := tiny.measured(t, 5, noisy(0.2, 0.2), Options{})
	stored := good // as it comes back from JSON
	stored.Each = nil
	for _, c := range []struct {
		name               string
		serving, candidate Scores
		rule               Rule
		promote            bool
		reason             string
	}{
		{"with ground", bad, good, DefaultRule(), true, "the candidate takes over"},
		{"no rule", bad, good, Rule{}, false, "the rule of promotion cannot work"},
		{"nothing measured", Scores{}, Scores{}, DefaultRule(), false, "not measured on the same pictures"},
		{"other pictures", bad, other, DefaultRule(), false, "not measured on the same pictures"},
		{"other names", bad, named, DefaultRule(), false, "not measured on the same pictures"},
		{"without outcomes", bad, stored, DefaultRule(), false, "not measured on the same pictures"},
		{"few pictures", badTiny, goodTiny, DefaultRule(), false, "20 pictures are held back so far, and a comparison needs 30"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := Decide(c.serving, c.candidate, Travel{}, c.rule)
			if v.Promote != c.promote || !strings.Contains(v.Reason, c.reason) {
				t.Errorf("%v: %s", v.Promote, v.Reason)
			}
		})
	}
}

func TestVerdictAsJSON(t *testing.T) {
	s := newScene(5, 60, 4)
	serving, before := s.measured(t, 4, noisy(0.8, 0.8), Options{Classes: s.classes})
	candidate, after := s.measured(t, 5, noisy(0.2, 0.2), Options{Classes: s.classes})
	travel, err := Distance(t.Context(), before, after)
	if err != nil {
		t.Fatal(err)
	}
	v := Decide(serving, candidate, travel, DefaultRule())
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var back Verdict
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if back.Reason != v.Reason || !v.Promote || !back.Promote || !v.ByLabels || !slices.Equal(back.Parts, v.Parts) || back.Together != v.Together ||
		back.Travel != travel || back.Rule != v.Rule || back.Candidate.RankMe != candidate.RankMe || back.Serving.Labels.P10 != serving.Labels.P10 {
		t.Errorf("%s\nbecame %+v", text, back)
	}
}
