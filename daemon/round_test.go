package daemon

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"
)

func TestMeter(t *testing.T) {
	start := time.Unix(1000, 0)
	type step struct {
		loss  float64
		head  bool
		after time.Duration // since the step before
		pause time.Duration // of it
	}
	ten := func(loss float64) step { return step{loss: loss, after: time.Second} }
	for _, tt := range []struct {
		name  string
		steps []step
		loss  float64
		speed float64 // views a second; each step has 64 views
	}{
		{"nothing yet", nil, 0, 0},
		{"head alone", []step{{5, true, time.Second, 0}, {4, true, time.Second, 0}}, 4.5, 0},
		{"only warm steps", []step{ten(4), ten(3), ten(2)}, 3, 0},
		{"one measured step", []step{ten(1), ten(1), ten(1), {1, false, 2 * time.Second, 0}}, 1, 32},
		{"the head's steps do not count", []step{{9, true, 90 * time.Second, 0}, ten(1), ten(1), ten(1), ten(1), ten(1)}, 14.0 / 6, 64},
		{"the last ten losses", []step{ten(100), ten(1), ten(2), ten(3), ten(4), ten(5), ten(6), ten(7), ten(8), ten(9), ten(10)}, 5.5, 64},
		{"a pause does not count", []step{ten(1), ten(1), ten(1), ten(1), {1, false, time.Hour + time.Second, time.Hour}}, 1, 64},
		{"a clock that stands still", []step{{after: 0}, {after: 0}, {after: 0}, {after: 0}}, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var m meter
			now := start
			for _, s := range tt.steps {
				m.pause(s.pause)
				now = now.Add(s.after)
				m.add(s.loss, 64, s.head, now)
			}
			if got := m.loss(); math.Abs(got-tt.loss) > 1e-9 {
				t.Errorf("loss %v, want %v", got, tt.loss)
			}
			if got := m.viewsPerS(now); math.Abs(got-tt.speed) > 1e-9 {
				t.Errorf("%v views a second, want %v", got, tt.speed)
			}
		})
	}
}

func TestShareOfTheLimit(t *testing.T) {
	begin := time.Now().Add(-40 * time.Second)
	for _, tt := range []struct {
		name   string
		limit  time.Duration
		moving time.Duration // after begin; negative: not yet
		want   float64
	}{
		{"no limit", 0, 10 * time.Second, 0},
		{"head alone", time.Minute, -1, 0},
		{"in the middle", time.Minute, 20 * time.Second, 0.5},
		{"the head took all", time.Second, 20 * time.Second, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := round{Limit: tt.limit}
			var moving time.Time
			if tt.moving >= 0 {
				moving = begin.Add(tt.moving)
			}
			if got := r.share(begin, moving); math.Abs(got-tt.want) > 0.05 {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

// A limit ends a round early, and its cosine with it.
func TestLimitedRound(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Learn.Steps = 100000
	s := open(t, cfg)
	embed(t, s, 0, 12)
	s.Harness().LimitRounds(time.Second)
	s.Learn()
	end := nextRound(t, s)
	if end.Err != nil || end.Progress.Step < 1 || end.Progress.Step >= 100000 || end.Candidate == "" {
		t.Errorf("%+v", end)
	}
}

func TestTrainOnAFolder(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Learn.Steps = 8
	s := open(t, cfg)
	all, ids := embed(t, s, 0, 5)
	folder := t.TempDir()
	var files []string
	for i, name := range []string{"a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"} {
		files = append(files, folder+"/"+name)
		write(t, files[i], scene(t, 30+i))
	}
	files = append(files, folder+"/text.txt", folder+"/gone.jpg", folder)
	write(t, folder+"/text.txt", []byte("not a picture"))
	steps := 0
	report, err := s.Train(t.Context(), TrainOptions{Files: files, OnStep: func(Progress) { steps++ }})
	if err != nil {
		t.Fatal(err)
	}
	if report.Steps != 8 || steps != 8 || report.Skipped != 3 || report.Promoted || report.Serving != "c1" || !strings.Contains(report.Reason, "too few") ||
		!(report.Loss > 0) || !(report.ViewsPerS > 0) || report.PeakRSSMB < 50 || !(report.FirstStepS > 0) {
		t.Errorf("%+v, %d steps seen", report, steps)
	}
	if n := s.store.CountFrames(); n != 5 {
		t.Errorf("training stored frames: %d", n)
	}
	if _, err := s.versions.Promote(t.Context(), report.Checkpoint, "test", nil); err != nil {
		t.Fatal(err)
	}
	findsItself(t, s.Client(), all[2].Data, ids[2], report.Checkpoint)

	for _, tt := range []struct {
		name  string
		files []string
	}{{"nothing", nil}, {"one picture", files[:1]}, {"no pictures", files[5:]}} {
		if _, err := s.Train(t.Context(), TrainOptions{Files: tt.files}); err == nil {
			t.Errorf("learned from %s", tt.name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = s.Train(ctx, TrainOptions{Files: files, OnStep: func(p Progress) {
		if p.Step == 2 {
			cancel()
		}
	}})
	if err == nil || status(t, s).Checkpoint.Serving != report.Checkpoint {
		t.Errorf("an interrupted training: %v", err)
	}
}
