package benchmark

import (
	"math"

	"edgeclr/config"
)

// settings are the user's, changed to what a variant is. Everything else of the
// recipe (learn, augment, serve) is the same for all but the published one.
func settings(cfg config.Config, o Opening) config.Config {
	v := o.Variant
	cfg.Model.Seed = o.Seed
	cfg.Gate.Enabled = v.Gate
	cfg.Replay.Policy, cfg.Replay.Capacity = v.Policy, o.Buffer
	if v.OneBatch {
		cfg.Replay.Capacity = cfg.Learn.Batch
	}
	if !v.Neighbours {
		cfg.Learn.Neighbours = 0
	}
	if v.Published {
		cfg = published(cfg)
	}
	if !v.Probe {
		cfg.Probe.Every = math.MaxInt32 // of so many frames one is held back: of these none
	}
	return unattended(cfg)
}

// publishedRate is that of the runs on streams of Purushwalkam et al. (2022) and of
// CLIMB (2026), which is constant; here it falls to 0 in the few steps of a round.
const publishedRate = 0.01

// published trains encoder and head together from the first step, batch norm
// included, and serves what comes of it (Chen et al. 2020, section 2.1).
func published(cfg config.Config) config.Config {
	learn := &cfg.Learn
	learn.BatchNorm, learn.Chunk, learn.LR = config.BatchNormTrain, 0, publishedRate
	learn.HeadSteps, learn.Ramp, learn.Stages, learn.StageDecay, learn.Align = 0, 0, 0, 1, 0
	cfg.Serve.Blend = config.BlendNone
	return cfg
}

// unattended makes a store for a moment, whose learner waits for nothing and asks
// nobody.
func unattended(cfg config.Config) config.Config {
	cfg.Learn.Promote, cfg.Learn.CheckpointEvery = true, 0
	cfg.Learn.Windows, cfg.Learn.Duty, cfg.Learn.MaxLoad = nil, 1, 0
	cfg.Store.MinFree, cfg.Store.MaxAge, cfg.Store.MaxBytes = 0, 0, 0
	if cfg.Replay.Policy == policyFIFO {
		// A result that serves embeds all that is stored. What is older than the
		// buffer is never looked at again: let it go, however little it takes.
		cfg.Store.MaxBytes, cfg.Learn.MinFrames = 1, cfg.Replay.Capacity
	}
	return cfg
}
