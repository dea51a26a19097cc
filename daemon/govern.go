package daemon

import (
	"context"
	"fmt"
	"log/slog"

	"edgeclr/config"
	"edgeclr/daemon/governor"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/objective"
)

// newGovernor holds the learner to what the configuration allows.
func newGovernor(cfg config.Config, log *slog.Logger) (*governor.Governor, error) {
	limits, err := learnLimits(cfg.Learn)
	if err != nil {
		return nil, err
	}
	return governor.New(governor.Options{Limits: limits, Threads: cfg.Model.Threads, Log: log})
}

// learnLimits say when the configuration allows learning.
func learnLimits(learn config.Learn) (governor.Limits, error) {
	limits := governor.Limits{Duty: learn.Duty, MaxTemperature: learn.MaxTemperature, MaxLoad: learn.MaxLoad}
	for _, text := range learn.Windows {
		w, err := config.ParseWindow(text)
		if err != nil {
			return limits, fmt.Errorf("learn.windows: %w", err)
		}
		limits.Windows = append(limits.Windows, w)
	}
	return limits, nil
}

// mayStep waits until a step is allowed: a pause has ended, and the governor
// has nothing against it.
func (l *learner) mayStep(ctx context.Context) error {
	if err := l.untilResumed(ctx); err != nil {
		return err
	}
	return l.governor.Before(ctx)
}

// chunk is how many pictures are in memory at a time: what the configuration
// says, or as many as fit learn.max_memory beside what the process has now.
func (l *learner) chunk(cfg config.Config, a *arch.Architecture, batch int) (int, error) {
	limit := int64(cfg.Learn.MaxMemory)
	if limit == 0 || cfg.Learn.Chunk > 0 {
		return cfg.Learn.Chunk, nil
	}
	plan, err := arch.NewPlan(a, cfg.Model.Size)
	if err != nil {
		return 0, fmt.Errorf("model.size: %w", err)
	}
	o, err := objective.Get(cfg.Learn.Loss)
	if err != nil {
		return 0, fmt.Errorf("learn.loss: %w", err)
	}
	fixed, perPair := model.StepMemory(plan, o.NeedsTarget(cfg.Learn.Align))
	chunk, err := governor.ChunkFor(limit, int64(RSS())+fixed, perPair, batch)
	if err != nil {
		return 0, fmt.Errorf("learn.max_memory: %w", err)
	}
	if chunk > 0 && cfg.Learn.BatchNorm == config.BatchNormTrain {
		return 0, fmt.Errorf("learn.max_memory: a batch of %d does not fit %v, and it cannot be cut while learn.batch_norm is train; lower learn.batch",
			batch, cfg.Learn.MaxMemory)
	}
	for _, c := range o.Conflicts(objective.Settings{Chunk: chunk}) {
		return 0, fmt.Errorf("learn.max_memory: %s %s; lower learn.batch", c.Key, c.Text)
	}
	return chunk, nil
}
