package learn

import (
	"context"
	"fmt"

	"edgeclr/config"
	"edgeclr/daemon/governor"
	"edgeclr/internal/process"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/objective"
)

// Limits reads from the configuration when learning is allowed. The error names
// learn.windows.
func Limits(learn config.Learn) (governor.Limits, error) {
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

// ChangeLimits puts other limits in force at once.
func (l *Learner) ChangeLimits(limits governor.Limits) error { return l.governor.Change(limits) }

// Temperature returns that of the hottest thermal zone, in degrees Celsius. Known is
// false when no zone can be read.
func (l *Learner) Temperature() (degrees float64, known bool) { return l.governor.Temperature() }

// untilAllowed waits until a step may begin: no pause holds the learner, and the
// governor allows it.
func (l *Learner) untilAllowed(ctx context.Context) error {
	if err := l.untilResumed(ctx); err != nil {
		return err
	}
	return l.governor.Before(ctx)
}

// chunkFor is how many pairs of views a step holds in memory at a time; 0 means the
// whole batch. It is learn.chunk, or as many as fit into learn.max_memory together
// with the memory that the process uses now.
func chunkFor(cfg config.Config, a *arch.Architecture, batch int) (int, error) {
	limit := int64(cfg.Learn.MaxMemory)
	if limit == 0 || cfg.Learn.Chunk > 0 {
		return cfg.Learn.Chunk, nil
	}
	plan, err := arch.NewPlan(a, cfg.LearningSize())
	if err != nil {
		return 0, fmt.Errorf("learn.size: %w", err)
	}
	o, err := objective.Get(cfg.Learn.Loss)
	if err != nil {
		return 0, fmt.Errorf("learn.loss: %w", err)
	}
	fixed, perPair := model.StepMemory(plan, cfg.Learn.Stages, o.NeedsTarget(cfg.Learn.Align))
	chunk, err := governor.ChunkFor(limit, int64(process.RSS())+fixed, perPair, batch)
	if err != nil {
		return 0, fmt.Errorf("learn.max_memory: %w", err)
	}
	if chunk > 0 && cfg.Learn.BatchNorm == config.BatchNormTrain {
		return 0, fmt.Errorf("learn.max_memory: a batch of %d does not fit %v, and it cannot be cut while learn.batch_norm is train; lower learn.batch",
			batch, cfg.Learn.MaxMemory)
	}
	if conflicts := o.Conflicts(objective.Settings{Chunk: chunk}); len(conflicts) > 0 {
		return 0, fmt.Errorf("learn.max_memory: %s %s; lower learn.batch", conflicts[0].Key, conflicts[0].Text)
	}
	return chunk, nil
}
