package learn

import (
	"fmt"
	"strings"

	"edgeclr/storage"
)

const (
	maxRateHalvings  = 4 // down to 1/16 of learn.lr
	maxStepDoublings = 3 // up to 8 times learn.steps
	maxDetours       = 2 // rounds in a row that start from another checkpoint than the one that serves
	maxTries         = 6 // rounds in a row that leave nothing to serve, before the learner rests
	maxRests         = 4 // the fourth rest in a row waits for 8 times learn.min_new frames, and so do all that follow
)

// course says how the next round goes on. The JSON names are those of the first
// release; a name that is new there is zero in an older store.
//
// The end of a round changes it as the table says. Harmed means that the adapted encoder
// by itself is worse than the encoder that the round started from, or than the root.
// Then training was too fast, whatever serves.
//
//	what happened               the next starts from   rate     steps    without new frames
//	it serves                   the candidate          doubled  same     yes
//	it serves, harmed           where this one began   halved   same     yes
//	a person decides            as before              same     same     no
//	no better                   as before (1)          same     doubled  yes, up to 8 times learn.steps
//	no better, harmed           as before (1)          halved   same     yes, down to 1/16 of learn.lr
//	worse, from elsewhere (2)   as before (1)          same     doubled  yes, up to 8 times learn.steps
//	worse, else or harmed       as before (1)          halved   once     yes, down to 1/16 of learn.lr
//
// Worse also stands for collapsed, and for training that diverged, which counts as harmed.
//
// (1) From the root, if the adapted encoder of what serves is worse than it. After
// maxDetours rounds in a row from elsewhere (2), that is from another checkpoint than
// the one that serves, the next starts from what serves.
//
// The learner rests, which means that it waits for new frames, when the last column
// says no, and after maxTries rounds that left nothing to serve. After a rest the next
// round starts from what serves, at twice the rate. Each rest in a row is longer. So a
// finished folder comes to an end, and a live camera does not repeat what failed without
// a break.
type course struct {
	RateHalvings  int  `json:"Slower"` // how often learn.lr is halved, 0 to maxRateHalvings
	StepDoublings int  `json:"Longer"` // how often learn.steps is doubled, 0 to maxStepDoublings
	Due           bool `json:"Again"`  // the next round does not wait for new frames

	Start  storage.CheckpointID // the next round starts from it; "": from what serves
	Beside storage.CheckpointID // what serves since Start was chosen; when something else serves, Start is void

	Tries   int // rounds in a row that left nothing to serve, since the last rest
	Detours int // rounds in a row that started elsewhere
	Rests   int // rests in a row, 0 to maxRests
}

// result is what became of a round's candidate.
type result int

const (
	resultServes   result = iota // it is better, and serves
	resultKept                   // a person decides whether it serves
	resultNoBetter               // it is no better beyond noise
	resultWorse                  // it is worse, or training diverged
)

// ending is how a round ended, as far as the next one depends on it.
type ending struct {
	result    result
	harmed    bool                 // see course
	from      storage.CheckpointID // the round started from it
	elsewhere bool                 // another one served meanwhile
	serving   storage.CheckpointID // what serves now
	astray    bool                 // the adapted encoder of what serves is worse than the root by itself
	root      storage.CheckpointID // of what serves; "": it is gone
}

// after returns the course after the end of a round. It is defined for every course and
// every ending: see the table at course.
func (c course) after(e ending) course {
	if e.result == resultKept {
		c.Due = false
		return c
	}
	c.Beside = e.serving
	if c.Detours++; !e.elsewhere {
		c.Detours = 0
	}
	if e.result == resultServes {
		c.Tries, c.Rests, c.Due = 0, 0, true
		if e.harmed {
			c.RateHalvings, c.Start = min(c.RateHalvings+1, maxRateHalvings), e.from
		} else {
			c.RateHalvings, c.Start = max(c.RateHalvings-1, 0), ""
		}
		return c.bounded()
	}
	c.Tries++
	c.Due = c.change(e) && c.Tries < maxTries
	if !c.Due {
		return c.rested()
	}
	if e.astray {
		c.Start = e.root
	}
	return c.bounded()
}

// change changes the rate and the steps after a round that left nothing to serve. It
// returns false when nothing is left to try.
func (c *course) change(e ending) bool {
	catchingUp := e.result == resultWorse && e.elsewhere
	switch {
	case !e.harmed && (e.result == resultNoBetter || catchingUp):
		if c.StepDoublings >= maxStepDoublings {
			return false
		}
		c.StepDoublings++
		return true
	case e.result == resultWorse:
		c.StepDoublings = 0
	}
	if c.RateHalvings >= maxRateHalvings {
		return false
	}
	c.RateHalvings++
	return true
}

// bounded lets the next round start from what serves after enough rounds from elsewhere.
func (c course) bounded() course {
	if c.Detours >= maxDetours {
		c.Start = ""
	}
	return c
}

// rested is the course of a learner that rests from now on.
func (c course) rested() course {
	c.Due, c.Tries, c.Start = false, 0, ""
	c.RateHalvings = max(c.RateHalvings-1, 0)
	c.Rests = min(c.Rests+1, maxRests)
	return c
}

// wait is how many new frames a rest waits for. Long rounds wait long too.
func (c course) wait(minNew int) uint64 {
	return uint64(minNew) << max(c.StepDoublings, c.Rests-1, 0)
}

// plan says what comes next, as a sentence. MinNew is learn.min_new.
func (c course) plan(minNew int) string {
	if !c.Due {
		return fmt.Sprintf("The next round begins when %d new frames are stored.", c.wait(minNew))
	}
	with := []string{"The next round begins at once"}
	if c.Start != "" {
		with = append(with, fmt.Sprintf("from %s", c.Start))
	}
	if c.StepDoublings > 0 {
		with = append(with, fmt.Sprintf("with %d times learn.steps", 1<<c.StepDoublings))
	}
	if c.RateHalvings > 0 {
		with = append(with, fmt.Sprintf("at 1/%d of learn.lr", 1<<c.RateHalvings))
	}
	return strings.Join(with, ", ") + "."
}
