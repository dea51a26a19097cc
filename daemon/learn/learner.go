package learn

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/daemon/governor"
	"edgeclr/daemon/heartbeat"
	"edgeclr/daemon/serving"
	"edgeclr/model"
	"edgeclr/storage"
)

const (
	pollEvery  = time.Second     // default of Options.PollEvery
	retryAfter = 5 * time.Minute // pause after a round that failed
)

// Versions is what the learner needs of the version that serves.
type Versions interface {
	Current() *serving.Version
	Promote(ctx context.Context, name, reason string, progress serving.Progress) (serving.Change, error)
	Prune(ctx context.Context, candidate storage.CheckpointID) error
	Picture(ctx context.Context, id storage.FrameID) (*rgb.Image, error)
}

// Options are what the learner needs of a service.
type Options struct {
	Store    *storage.Store
	Versions Versions
	Vectors  Vectors       // of the same versions
	Opener   *blend.Opener // opens the teacher
	Corpus   *Corpus
	Decoder  *decode.Decoder
	Device   model.Runtime
	Config   func() config.Config // the one in force
	Publish  func(storage.Event)
	Now      func() time.Time
	Log      *slog.Logger
	Heart    *heartbeat.Monitor // nil: nobody watches

	// Unjudged lets the result of every round serve, good or bad. It is for
	// benchmarks, which show what learning does to an encoder without a judge.
	Unjudged bool
	// KeepDropped stores every candidate, also one that the judge drops. It is for
	// benchmarks, which ask whether the judge was right.
	KeepDropped bool
	// PollEvery is how often the learner checks whether a round is due. 0: every
	// second.
	PollEvery time.Duration
	// OnStep is called after each step of a round, and OnRound at the end of each
	// round that the running learner made. Optional.
	OnStep  func()
	OnRound func(RoundEnd)
}

// Learner trains on the replay buffer, round after round. The judge compares each
// result with the version that serves. A better result is promoted.
type Learner struct {
	opt      Options
	governor *governor.Governor

	limit     time.Duration // of a round; 0: none
	minFrames atomic.Int64  // before a round; 0: as learn.min_frames says

	mu       sync.Mutex
	state    string // one of client.LearnStates
	progress Progress
	verdict  string // on the last candidate, a sentence for the status
	plan     string // what comes after it, a sentence for the status
	failure  error  // why the last round failed; nil when it did not
	paused   bool
	resumed  chan struct{} // closed when a pause ends

	wish    teacherWish // mu guards it
	teacher teacher     // who trains owns it

	cancel  context.CancelFunc // nil until Start
	running sync.WaitGroup
	rounds  chan RoundEnd // see Rounds; has room for one
}

// New makes a learner that does not run yet. Until Start, its status shows the step
// at which the last process was interrupted.
func New(ctx context.Context, o Options) (*Learner, error) {
	cfg := o.Config()
	limits, err := Limits(cfg.Learn)
	if err != nil {
		return nil, err
	}
	o.PollEvery = cmp.Or(o.PollEvery, pollEvery)
	if o.OnStep == nil {
		o.OnStep = func() {}
	}
	if o.OnRound == nil {
		o.OnRound = func(RoundEnd) {}
	}
	l := &Learner{opt: o, state: client.LearnOff, rounds: make(chan RoundEnd, 1), wish: teacherWish{number: 1}}
	l.governor, err = governor.New(governor.Options{Limits: limits, Threads: cfg.Model.Threads, Now: o.Now, Log: o.Log})
	if err != nil {
		return nil, err
	}
	point, _, err := l.saved(ctx)
	l.progress = Progress{Step: point.Step, Steps: point.Steps, Loss: point.Loss}
	l.verdict = point.Verdict
	if point.Round > 0 && !point.Active {
		l.plan = point.plan(cfg.Learn.MinNew)
	}
	return l, err
}

// Start lets the learner run until Stop is called or ctx ends.
func (l *Learner) Start(ctx context.Context) {
	ctx, l.cancel = context.WithCancel(ctx)
	l.set(client.LearnWaiting, nil)
	beat := l.opt.Heart.Beat("learning", heartbeat.LoopTime)
	l.running.Go(func() {
		defer beat.Stop()
		l.run(heartbeat.With(ctx, beat))
	})
}

// Stop ends the learner. It waits for the current step and its save.
func (l *Learner) Stop() {
	if l.cancel == nil {
		return
	}
	l.cancel()
	l.running.Wait()
}

// Follow starts or stops the learner when the configuration has changed. A learner
// that waits after a failure tries again at once, with the new configuration.
func (l *Learner) Follow(ctx context.Context, before, now config.Learn) {
	if reflect.DeepEqual(before, now) {
		return
	}
	failed := l.State() == client.LearnFailed
	if before.Enabled && (failed || !now.Enabled) {
		l.Stop()
		l.set(client.LearnOff, nil)
	}
	if now.Enabled && (failed || !before.Enabled) {
		l.Start(ctx)
	}
}

// LimitRounds bounds the time of each round. The cosine schedule of the learning
// rate ends at that time too. It is called before Start.
func (l *Learner) LimitRounds(limit time.Duration) { l.limit = limit }

// LearnFrom sets how many frames a round needs to begin, in place of
// learn.min_frames.
func (l *Learner) LearnFrom(frames int) { l.minFrames.Store(int64(frames)) }

// enough is how many frames a round needs.
func (l *Learner) enough() int {
	if n := l.minFrames.Load(); n > 0 {
		return int(n)
	}
	return l.opt.Config().Learn.MinFrames
}

// Rounds returns a channel that delivers the end of each round of the running
// learner. An end is dropped when the one before was not received.
func (l *Learner) Rounds() <-chan RoundEnd { return l.rounds }

// run makes rounds whenever there is enough to learn from.
func (l *Learner) run(ctx context.Context) {
	defer l.closeTeacher()
	tick := time.NewTicker(l.opt.PollEvery)
	defer tick.Stop()
	wait := time.Duration(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		heartbeat.Allow(ctx, heartbeat.LoopTime)
		if wait -= l.opt.PollEvery; wait > 0 {
			continue
		}
		heartbeat.Allow(ctx, heartbeat.WorkTime)
		if l.trainable() == nil {
			if l.followTeacher(ctx) != nil || l.teach(ctx) != nil {
				return
			}
		}
		end, ran, err := l.roundIfDue(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			wait = retryAfter
			l.set(client.LearnFailed, err)
			l.opt.Publish(storage.Event{
				Kind: storage.EventLearn,
				Text: fmt.Sprintf("a round of training failed and is tried again in %v: %v", retryAfter, err),
				Data: map[string]any{"error": err.Error(), "retry_s": retryAfter.Seconds()},
			})
			end.Err = err
		case !ran:
			l.set(client.LearnWaiting, nil)
			continue
		}
		l.opt.OnRound(end)
		select {
		case l.rounds <- end:
		default:
		}
	}
}

// roundIfDue goes on with an interrupted round. Otherwise it runs a new round if there
// are enough frames, and enough new ones since the last round. Ran is false when it
// trained no round.
func (l *Learner) roundIfDue(ctx context.Context) (end RoundEnd, ran bool, err error) {
	point, tensors, err := l.saved(ctx)
	if err != nil {
		return RoundEnd{}, false, err
	}
	if l.trainable() != nil { // a file that encoder.file named serves until the store's own encoder does
		return RoundEnd{}, false, nil
	}
	if point.Promote != "" {
		return RoundEnd{}, false, l.settle(ctx, point)
	}
	if !point.Active {
		learn, stored := l.opt.Config().Learn, l.opt.Store.Counters().Stored
		fresh := point.Round == 0 || point.Due || stored-point.Stored >= point.wait(learn.MinNew)
		if pictures := l.opt.Corpus.buffer.Len(); !fresh || pictures < 2 || pictures+l.opt.Corpus.probe.Len() < l.enough() {
			return RoundEnd{}, false, nil
		}
		if point, err = l.next(point, learn.Steps<<point.StepDoublings); err != nil {
			return RoundEnd{}, false, err
		}
	}
	end, err = l.trainRound(ctx, point, tensors)
	return end, true, err
}

// Round runs one round of that many training steps on the frames that are stored now,
// and judges the result. It returns when the result serves or is dropped. It does not
// wait for frames: with fewer than 2 pictures the error is ErrNoPictures. The learner
// must not run.
func (l *Learner) Round(ctx context.Context, steps int) (RoundEnd, error) {
	if err := l.trainable(); err != nil {
		return RoundEnd{}, err
	}
	point, _, err := l.saved(ctx)
	if err != nil {
		return RoundEnd{}, err
	}
	if n := l.opt.Corpus.buffer.Len(); n < 2 {
		return RoundEnd{}, fmt.Errorf("%w; the replay buffer has %d, and with store.frames: none it stays empty", ErrNoPictures, n)
	}
	if point, err = l.next(point, steps); err != nil {
		return RoundEnd{}, err
	}
	return l.trainRound(ctx, point, nil)
}
