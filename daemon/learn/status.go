package learn

import (
	"context"

	"edgeclr/daemon/client"
	"edgeclr/daemon/heartbeat"
)

// Status tells what the learner does.
func (l *Learner) Status() client.TrainStatus {
	teacher := l.teacherStatus()
	l.mu.Lock()
	defer l.mu.Unlock()
	t := client.TrainStatus{State: l.shownState(), Step: l.progress.Step, Steps: l.progress.Steps,
		Loss: l.progress.Loss, ViewsPerS: l.progress.ViewsPerS, Teacher: teacher}
	if l.failure != nil {
		t.Error = l.failure.Error()
	}
	if holding, why := l.governor.State(); holding && t.State == client.LearnActive {
		t.Holding = why
	}
	if l.opt.Store.CountReplay() == 0 && l.opt.Store.CountFrames() >= l.enough() && l.state == client.LearnWaiting {
		t.Holding = "the store has no pictures to learn from: store.frames is none, or all frames came before this release"
	}
	if l.opt.Config().Encoder.File != "" {
		t.Holding = "encoder.file serves, and a .tflite file cannot be trained; empty the key to learn again"
	}
	t.Verdict, t.Next, t.Replay, t.Probe = l.verdict, l.plan, l.opt.Corpus.buffer.Len(), l.opt.Corpus.probe.Len()
	return t
}

// State is one of [client.LearnStates]. It is fast: it reads nothing from the store.
func (l *Learner) State() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shownState()
}

// shownState is the state, or client.LearnPaused while a pause holds the learner. The
// caller holds mu.
func (l *Learner) shownState() string {
	if l.paused && (l.state == client.LearnActive || l.state == client.LearnWaiting) {
		return client.LearnPaused
	}
	return l.state
}

func (l *Learner) set(state string, failure error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state, l.failure = state, failure
}

func (l *Learner) report(p Progress) {
	l.mu.Lock()
	l.progress = p
	l.mu.Unlock()
}

// Pause pauses the learner before its next step. Ingestion and queries go on.
func (l *Learner) Pause() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.paused {
		l.paused, l.resumed = true, make(chan struct{})
	}
}

// Resume lets the learner go on.
func (l *Learner) Resume() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.paused {
		l.paused = false
		close(l.resumed)
	}
}

// untilResumed waits while the learner is paused. It ticks the heartbeat: a pause
// is no hang.
func (l *Learner) untilResumed(ctx context.Context) error {
	for {
		l.mu.Lock()
		paused, resumed := l.paused, l.resumed
		l.mu.Unlock()
		if !paused {
			return ctx.Err()
		}
		if err := heartbeat.Wait(ctx, resumed); err != nil {
			return err
		}
	}
}
