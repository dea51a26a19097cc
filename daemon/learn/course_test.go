package learn

import (
	"fmt"
	"strings"
	"testing"
)

// Each line of the table at course.
func TestCourseAfter(t *testing.T) {
	from := func(e ending) ending { e.from, e.serving = "c3", "c5"; return e }
	serves := func(e ending) ending { e.from, e.serving = "c3", "c6"; return e }
	for _, tt := range []struct {
		name   string
		before course
		end    ending
		want   course
	}{
		{"it serves", course{RateHalvings: 2, StepDoublings: 2, Start: "c3", Tries: 4, Detours: 1, Rests: 2}, serves(ending{result: resultServes}),
			course{RateHalvings: 1, StepDoublings: 2, Due: true, Beside: "c6"}},
		{"it serves at the full rate", course{}, serves(ending{result: resultServes}), course{Due: true, Beside: "c6"}},
		{"it serves, harmed", course{StepDoublings: 1, Tries: 2, Rests: 1}, serves(ending{result: resultServes, harmed: true}),
			course{RateHalvings: 1, StepDoublings: 1, Start: "c3", Beside: "c6", Due: true}},
		{"it serves, harmed, at the least rate", course{RateHalvings: maxRateHalvings}, serves(ending{result: resultServes, harmed: true}),
			course{RateHalvings: maxRateHalvings, Start: "c3", Beside: "c6", Due: true}},
		{"it serves, harmed, after a detour", course{Start: "c3", Detours: 1}, serves(ending{result: resultServes, harmed: true, elsewhere: true}),
			course{RateHalvings: 1, Due: true, Beside: "c6", Detours: 2}},
		{"a person decides", course{RateHalvings: 1, StepDoublings: 2, Tries: 3, Rests: 1, Due: true}, from(ending{result: resultKept, harmed: true}),
			course{RateHalvings: 1, StepDoublings: 2, Tries: 3, Rests: 1}},
		{"no better", course{RateHalvings: 1}, from(ending{}.noBetter()), course{RateHalvings: 1, StepDoublings: 1, Tries: 1, Beside: "c5", Due: true}},
		{"no better, however long", course{RateHalvings: 1, StepDoublings: maxStepDoublings, Tries: 3}, from(ending{}.noBetter()),
			course{StepDoublings: maxStepDoublings, Rests: 1, Beside: "c5"}},
		{"no better, harmed", course{StepDoublings: 1}, from(ending{harmed: true}.noBetter()),
			course{RateHalvings: 1, StepDoublings: 1, Tries: 1, Beside: "c5", Due: true}},
		{"worse", course{StepDoublings: 2}, from(ending{result: resultWorse}), course{RateHalvings: 1, Tries: 1, Beside: "c5", Due: true}},
		{"worse, harmed", course{StepDoublings: 2}, from(ending{result: resultWorse, harmed: true}), course{RateHalvings: 1, Tries: 1, Beside: "c5", Due: true}},
		{"worse at the least rate", course{RateHalvings: maxRateHalvings, Tries: 4}, from(ending{result: resultWorse}),
			course{RateHalvings: maxRateHalvings - 1, Rests: 1, Beside: "c5"}},
		{"worse than what serves, from elsewhere", course{Start: "c3", RateHalvings: 1}, from(ending{result: resultWorse, elsewhere: true}),
			course{RateHalvings: 1, StepDoublings: 1, Start: "c3", Tries: 1, Detours: 1, Beside: "c5", Due: true}},
		{"worse than what serves, twice from elsewhere", course{Start: "c3", Detours: 1}, from(ending{result: resultWorse, elsewhere: true}),
			course{StepDoublings: 1, Tries: 1, Detours: 2, Beside: "c5", Due: true}},
		{"worse and harmed, from elsewhere", course{Start: "c3"}, from(ending{result: resultWorse, elsewhere: true, harmed: true}),
			course{RateHalvings: 1, Start: "c3", Tries: 1, Detours: 1, Beside: "c5", Due: true}},
		{"worse, and what serves is astray", course{}, from(ending{result: resultWorse, astray: true, root: "c1"}),
			course{RateHalvings: 1, Start: "c1", Tries: 1, Beside: "c5", Due: true}},
		{"astray, and the root is gone", course{}, from(ending{result: resultWorse, astray: true}), course{RateHalvings: 1, Tries: 1, Beside: "c5", Due: true}},
		{"astray after two detours", course{Start: "c1", Detours: 1}, from(ending{result: resultWorse, elsewhere: true, astray: true, root: "c1"}),
			course{StepDoublings: 1, Tries: 1, Detours: 2, Beside: "c5", Due: true}},
		{"astray after a round from what serves", course{Detours: 2}, from(ending{result: resultWorse, astray: true, root: "c1"}),
			course{RateHalvings: 1, Start: "c1", Tries: 1, Beside: "c5", Due: true}},
		{"too many tries", course{Tries: maxTries - 1, Start: "c3"}, from(ending{elsewhere: true}.noBetter()), course{StepDoublings: 1, Detours: 1, Rests: 1, Beside: "c5"}},
		{"one rest after another", course{RateHalvings: maxRateHalvings, Rests: maxRests}, from(ending{result: resultWorse}),
			course{RateHalvings: maxRateHalvings - 1, Rests: maxRests, Beside: "c5"}},
	} {
		if got := tt.before.after(tt.end); got != tt.want {
			t.Errorf("%s:\n%+v, want\n%+v", tt.name, got, tt.want)
		}
	}
}

func (e ending) noBetter() ending { e.result = resultNoBetter; return e }

// endings are all that a round can come to.
func endings() (list []ending) {
	for _, r := range []result{resultServes, resultKept, resultNoBetter, resultWorse} {
		for bits := range 8 {
			list = append(list, ending{result: r, from: "c3", serving: "c5", root: "c1", harmed: bits&1 > 0, elsewhere: bits&2 > 0, astray: bits&4 > 0})
		}
	}
	return list
}

// From any course that is reached, with any endings, the numbers stay in their range, and
// a round that leaves nothing to serve is followed by at most maxTries-1 others without new
// frames. That the search visits every reachable course makes the machine total.
func TestCourseIsBounded(t *testing.T) {
	seen := map[course]bool{}
	next := []course{{}}
	for len(next) > 0 {
		c := next[0]
		next = next[1:]
		if seen[c] {
			continue
		}
		seen[c] = true
		if c.RateHalvings < 0 || c.RateHalvings > maxRateHalvings || c.StepDoublings < 0 || c.StepDoublings > maxStepDoublings ||
			c.Tries < 0 || c.Tries >= maxTries || c.Rests < 0 || c.Rests > maxRests || c.Detours > maxDetours+1 {
			t.Fatalf("out of range: %+v", c)
		}
		for _, e := range endings() {
			// Only a course with a start makes a round from elsewhere.
			if e.elsewhere && c.Start == "" {
				continue
			}
			to := c.after(e)
			if e.result != resultServes && to.Due && to.Tries <= c.Tries {
				t.Fatalf("%+v after %+v is due and has no more tries: %+v", e, c, to)
			}
			if to.Start != "" && to.Detours >= maxDetours {
				t.Fatalf("%+v after %+v starts from %s once more", e, c, to.Start)
			}
			next = append(next, to)
		}
	}
	if len(seen) < 100 {
		t.Errorf("only %d courses", len(seen))
	}
}

// simulate lets a learner make rounds on a finished folder, where no frames come, until
// it rests. It tells the rounds as start, steps and rate.
func simulate(t *testing.T, judge func(c course, round int) ending) (rounds []string) {
	t.Helper()
	c := course{Due: true}
	for round := 0; c.Due; round++ {
		if round == 100 {
			t.Fatalf("the learner never rests: %v", rounds)
		}
		start := string(c.Start)
		if start == "" {
			start = "serving"
		}
		rounds = append(rounds, fmt.Sprintf("%s x%d /%d", start, 1<<c.StepDoublings, 1<<c.RateHalvings))
		e := judge(c, round)
		e.serving, e.elsewhere = "c5", c.Start != ""
		c = c.after(e)
	}
	return rounds
}

// A finished folder: one verdict does not end learning, and learning comes to an end.
func TestFinishedFolder(t *testing.T) {
	always := func(e ending) func(course, int) ending { return func(course, int) ending { return e } }
	sequence := func(list ...ending) func(course, int) ending {
		return func(_ course, round int) ending { return list[min(round, len(list)-1)] }
	}
	worse, noBetter := ending{result: resultWorse}, ending{result: resultNoBetter}
	harmed := ending{result: resultWorse, harmed: true}
	served := ending{result: resultServes}
	for _, tt := range []struct {
		name  string
		judge func(course, int) ending
		want  string
	}{
		{"always worse", always(worse), "serving x1 /1, serving x1 /2, serving x1 /4, serving x1 /8, serving x1 /16"},
		{"always no better", always(noBetter), "serving x1 /1, serving x2 /1, serving x4 /1, serving x8 /1"},
		{"worse, then no better", sequence(worse, noBetter), "serving x1 /1, serving x1 /2, serving x2 /2, serving x4 /2, serving x8 /2"},
		{"worse and no better in turns", func(_ course, round int) ending { return []ending{worse, noBetter}[round%2] },
			"serving x1 /1, serving x1 /2, serving x2 /2, serving x1 /4, serving x2 /4, serving x1 /8"},
		{"worse once, then it serves twice", sequence(worse, served, served, noBetter),
			"serving x1 /1, serving x1 /2, serving x1 /1, serving x1 /1, serving x2 /1, serving x4 /1, serving x8 /1"},
		{"what serves is astray", always(ending{result: resultWorse, astray: true, root: "c1"}),
			"serving x1 /1, c1 x1 /2, c1 x2 /2, serving x4 /2, c1 x1 /4, c1 x2 /4"},
		{"it serves, harmed, and the rounds after are worse", sequence(ending{result: resultServes, harmed: true, from: "c4"}, harmed),
			"serving x1 /1, c4 x1 /2, c4 x1 /4, serving x1 /8, serving x1 /16"},
		{"a person decides", always(ending{result: resultKept}), "serving x1 /1"},
	} {
		if got := strings.Join(simulate(t, tt.judge), ", "); got != tt.want {
			t.Errorf("%s:\n%s, want\n%s", tt.name, got, tt.want)
		}
	}
}

// A live camera brings frames all the time. While nothing better is found, the learner
// rests longer and longer, and makes few rounds for many frames.
func TestLiveCameraRests(t *testing.T) {
	const minNew, perRound = 64, 10
	for _, e := range []ending{{result: resultWorse}, {result: resultNoBetter}, {result: resultWorse, harmed: true, astray: true, root: "c1"}} {
		c, rounds, frames := course{Due: true}, 0, uint64(0)
		for frames < 10_000 {
			if !c.Due {
				frames += c.wait(minNew)
			}
			frames += perRound
			e.elsewhere = c.Start != ""
			c = c.after(e)
			rounds++
		}
		if rounds > 60 {
			t.Errorf("%+v: %d rounds in 10,000 frames", e, rounds)
		}
	}
}

func TestCoursePlan(t *testing.T) {
	for _, tt := range []struct {
		c    course
		want string
	}{
		{course{Due: true}, "The next round begins at once."},
		{course{Due: true, StepDoublings: 2}, "The next round begins at once, with 4 times learn.steps."},
		{course{Due: true, RateHalvings: 1, Start: "c1"}, "The next round begins at once, from c1, at 1/2 of learn.lr."},
		{course{}, "The next round begins when 64 new frames are stored."},
		{course{StepDoublings: 3}, "The next round begins when 512 new frames are stored."},
		{course{Rests: 3, StepDoublings: 1}, "The next round begins when 256 new frames are stored."},
	} {
		if got := tt.c.plan(64); got != tt.want {
			t.Errorf("%+v: %q", tt.c, got)
		}
	}
}
