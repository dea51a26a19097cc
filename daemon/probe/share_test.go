package probe

import (
	"math"
	"testing"
)

func TestChooseShare(t *testing.T) {
	seen := func(retrieval float64) Scores { return Scores{Pictures: 100, ViewRetrieval: retrieval} }
	coarse, smooth := DefaultRule(), DefaultRule()
	coarse.ShareStep, smooth.ShareStep = 0.25, 0
	sharp := DefaultRule()
	sharp.RootBlind = sharp.RootSees
	for _, c := range []struct {
		name          string
		root, adapted Scores
		rule          Rule
		want          float64
	}{
		{"the root finds all", seen(1), seen(1), DefaultRule(), 0.5},
		{"the root finds enough", seen(0.9), seen(0.95), DefaultRule(), 0.5},
		{"the root finds some", seen(0.75), seen(0.9), DefaultRule(), 0.75},
		{"between two steps", seen(0.77), seen(0.9), DefaultRule(), 0.7},
		{"any share", seen(0.78), seen(0.9), smooth, 0.7},
		{"coarse steps", seen(0.85), seen(0.9), coarse, 0.5},
		{"the root finds little", seen(0.6), seen(0.7), DefaultRule(), 1},
		{"the root finds nothing", seen(0), seen(0.5), DefaultRule(), 1},
		{"a step instead of a line", seen(0.89), seen(0.9), sharp, 0.5},
		{"the adapted encoder finds less", seen(0.5), seen(0.44), DefaultRule(), 0.5},
		{"the adapted encoder finds a little less", seen(0.5), seen(0.46), DefaultRule(), 1},
		{"nothing is known of the root", Scores{}, seen(0.5), DefaultRule(), 0.5},
		{"nothing is known of the adapted encoder", seen(0.5), Scores{}, DefaultRule(), 0.5},
	} {
		if got := ChooseShare(c.root, c.adapted, c.rule); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
