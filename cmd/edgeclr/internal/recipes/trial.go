package recipes

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"edgeclr/camera"
	"edgeclr/cmd/edgeclr/internal/session"
	"edgeclr/cmd/edgeclr/internal/trials"
	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/storage"
)

// Trial is one variant that learned with one seed, and how good its checkpoints are.
type Trial struct {
	Variant  string            `json:"variant"`
	Settings map[string]string `json:"settings"`
	Seed     uint64            `json:"seed"`
	Held     bool              `json:"held"`    // the pictures of the evaluation were held out; each seed has its own
	Program  string            `json:"program"` // begin of the SHA-256 of the program that measured
	Finished time.Time         `json:"finished"`

	Arch      string `json:"arch"`
	Size      int    `json:"size"`       // serving size, in pixels
	LearnSize int    `json:"learn_size"` // learning size, in pixels
	session.Record

	// Frozen are the sizes of the frozen encoder that it was compared at. The changes below
	// are those to the last one, the baseline.
	Frozen      []Frozen     `json:"frozen"`
	Checkpoints []Checkpoint `json:"checkpoints"`       // the first is the root
	Outcomes    Outcomes     `json:"outcomes,omitzero"` // of what serves at the end
}

// Checkpoint is a checkpoint of a trial with its scores at the serving size.
type Checkpoint struct {
	ID     storage.CheckpointID `json:"checkpoint"`
	Served bool                 `json:"served"`
	Serves Score                `json:"serves"` // with the blend that it has
	Blends []Score              `json:"blends"` // with each blend of blends; without average if it neither served nor was made last
}

// Score is how good a checkpoint is with a blend.
type Score struct {
	Blend string          `json:"blend"`
	Share float64         `json:"share,omitempty"` // weight of the adapted half of a join
	Top1  float64         `json:"top1"`
	P10   float64         `json:"p10"`
	Above trials.Estimate `json:"top1_above"` // top-1 above the frozen encoder at the baseline's size, with the paired error
	Ten   trials.Estimate `json:"p10_above"`  // precision@10 above it
}

// blends are the blends with which each checkpoint is scored.
func blends() []Score {
	return []Score{{Blend: config.BlendNone}, {Blend: config.BlendAverage},
		{Blend: config.BlendJoin, Share: 0.25}, {Blend: config.BlendJoin, Share: 0.5}, {Blend: config.BlendJoin, Share: 0.75}}
}

// baseline is the frozen encoder that the trial is compared with.
func (t Trial) baseline() Frozen { return t.Frozen[len(t.Frozen)-1] }

// checkpoint finds a checkpoint of the trial.
func (t Trial) checkpoint(id storage.CheckpointID) (Checkpoint, bool) {
	for _, c := range t.Checkpoints {
		if c.ID == id {
			return c, true
		}
	}
	return Checkpoint{}, false
}

// last is what serves at the end.
func (t Trial) last() Checkpoint {
	c, _ := t.checkpoint(t.Record.Last())
	return c
}

// made is the checkpoint that was made last, promoted or not.
func (t Trial) made() Checkpoint { return t.Checkpoints[len(t.Checkpoints)-1] }

// trial runs one variant with one seed.
func (b *Bench) trial(ctx context.Context, v Variant, seed uint64) (t Trial, err error) {
	cfg := v.Config
	cfg.Model.Seed = seed
	if b.Scene != "" {
		cfg.Serve.CropMode = cfg.CropFor(config.SourcesOf(b.Scene))
	}
	s, err := session.Open(ctx, session.Options{Config: cfg, Command: "edgeclr bench", Log: b.Log, ByCPU: b.ByCPU,
		OnTick: func(learned time.Duration) { b.progress(v, seed, learned) }})
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	set, learned, err := b.split(seed)
	if err != nil {
		return t, err
	}
	root, err := s.Checkpoint(s.Root())
	if err != nil {
		return t, err
	}
	t = Trial{Variant: v.Name, Settings: v.Settings, Seed: seed, Held: b.Held, Program: b.Program, Arch: root.Arch, Size: root.Size, LearnSize: root.LearnSize}
	if err := s.Feed(ctx, b.frames(learned, seed)); err != nil {
		return t, err
	}
	var watched []config.Source
	if b.Scene != "" {
		watched = config.SourcesOf(b.Scene)
	}
	if t.Record, err = s.Learn(ctx, b.Limit, watched); err != nil {
		return t, err
	}
	b.say("%s, seed %d: %d steps in %d rounds, %d checkpoints to evaluate", v.Name, seed, t.Steps, len(t.Rounds), len(t.Record.Checkpoints()))
	if err := b.score(ctx, s, set, &t); err != nil {
		return t, err
	}
	t.Finished = b.Now()
	return t, nil
}

// frames makes frames of pictures, in an order that the seed draws, a second apart. They
// are files of a folder: the daemon stores and embeds all of them.
func (b *Bench) frames(pictures []int, seed uint64) []camera.Frame {
	frames := make([]camera.Frame, len(pictures))
	order := rand.New(rand.NewPCG(seed, 0)).Perm(len(pictures))
	for i, place := range order {
		path := filepath.Join("/bench", fmt.Sprintf("%06d", pictures[place])) // its real path names its class
		file := &camera.FileState{Path: path, Size: int64(len(b.Gallery.File(pictures[place]))), ModTime: time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC)}
		frames[i] = camera.Frame{Source: "dir:/bench", Path: path, Time: file.ModTime, Data: b.Gallery.File(pictures[place]), File: file}
	}
	return frames
}

// score evaluates the frozen encoder, and then every checkpoint.
func (b *Bench) score(ctx context.Context, s *session.Session, set evalSet, t *Trial) error {
	r := b.rootsOf(set, t.Seed)
	for _, size := range b.Sizes {
		f, err := r.evaluate(ctx, s, size)
		if err != nil {
			return err
		}
		t.Frozen = append(t.Frozen, f)
	}
	root, err := r.embed(ctx, s, t.Size)
	if err != nil {
		return err
	}
	served := map[storage.CheckpointID]bool{}
	for _, one := range t.Served {
		served[one.Checkpoint] = true
	}
	e := examination{Session: s, set: set, size: t.Size, root: root, base: t.baseline().Outcomes}
	list := t.Record.Checkpoints()
	for i, id := range list {
		c, outcomes, err := e.examine(ctx, id, served[id] || i == len(list)-1)
		if err != nil {
			return fmt.Errorf("checkpoint %s: %w", id, err)
		}
		c.Served = served[id]
		t.Checkpoints = append(t.Checkpoints, c)
		if id == t.Record.Last() {
			t.Outcomes = outcomes
		}
	}
	return nil
}

// examination scores checkpoints of one session.
type examination struct {
	*session.Session
	set  evalSet
	size int         // serving size, in pixels
	root [][]float32 // vectors of the root at that size
	base Outcomes    // of the baseline
}

// examine scores a checkpoint with every blend; with the average only if all is true, since
// that is another network that embeds all pictures. Outcomes are those of what it serves.
func (e *examination) examine(ctx context.Context, id storage.CheckpointID, all bool) (c Checkpoint, outcomes Outcomes, err error) {
	cp, err := e.Checkpoint(id)
	if err != nil {
		return c, outcomes, err
	}
	c.ID, c.Serves = id, Score{Blend: cp.Blend, Share: cp.Share}
	vectors := map[string][][]float32{config.BlendNone: e.root}
	if cp.Kind == storage.CheckpointTrained {
		c.Blends = blends()
		networks := []string{config.BlendNone, config.BlendAverage}
		if !all && cp.Blend != config.BlendAverage {
			c.Blends = slices.DeleteFunc(c.Blends, func(s Score) bool { return s.Blend == config.BlendAverage })
			networks = networks[:1]
		}
		for _, how := range networks {
			if vectors[how], err = e.embed(ctx, id, how); err != nil {
				return c, outcomes, err
			}
		}
	}
	for i := range c.Blends {
		if _, err := e.score(ctx, vectors, &c.Blends[i]); err != nil {
			return c, outcomes, err
		}
	}
	outcomes, err = e.score(ctx, vectors, &c.Serves)
	return c, outcomes, err
}

func (e *examination) embed(ctx context.Context, id storage.CheckpointID, how string) ([][]float32, error) {
	encoder, err := e.Encoder(ctx, id, how, e.size)
	if err != nil {
		return nil, err
	}
	defer encoder.Close()
	return e.set.embed(ctx, encoder)
}

// score fills in a score from the vectors of the networks, by blend.
func (e *examination) score(ctx context.Context, vectors map[string][][]float32, s *Score) (Outcomes, error) {
	var rows [][]float32
	switch s.Blend {
	case config.BlendJoin:
		if s.Share == 0 {
			s.Share = storage.EvenShare
		}
		rows = blend.JoinRows(e.root, vectors[config.BlendNone], s.Share)
	case "":
		s.Blend = config.BlendNone
		rows = vectors[config.BlendNone]
	default:
		rows = vectors[s.Blend]
	}
	o, err := e.set.outcomes(ctx, rows)
	if err != nil {
		return o, err
	}
	top1, p10 := o.means()
	s.Top1, s.P10 = top1.Value, p10.Value
	s.Above, s.Ten = o.above(e.base)
	return o, nil
}
