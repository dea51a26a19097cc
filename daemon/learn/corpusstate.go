package learn

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"edgeclr/config"
	"edgeclr/daemon/probe"
	"edgeclr/daemon/replay"
	"edgeclr/internal/tensor"
	"edgeclr/storage"
)

// Names of the corpus among the store's states.
const (
	corpusName   = "corpus"
	featuresName = "features" // tensor [seen, D] of the replay buffer
)

// corpusState is what the store remembers of the corpus besides its pictures.
type corpusState struct {
	Replay replay.Meta
	Probe  json.RawMessage
}

// OpenCorpus loads the corpus that the last process saved. When the saved state is
// damaged, OpenCorpus logs a warning and does without it. Then all frames count as
// not learned from. The new probe set takes only frames that come later, since all
// others may have been trained on.
func OpenCorpus(ctx context.Context, st *storage.Store, cfg config.Config, log *slog.Logger) (*Corpus, error) {
	c := &Corpus{store: st, config: cfg, moment: time.Duration(cfg.Replay.Moment),
		entries: map[uint64]replay.Entry{}, held: map[uint64]bool{}}
	c.Resize(cfg.ServingSize())
	c.saveLast = sync.OnceValue(c.saveAtClose)
	var err error
	c.buffer, err = replay.New(replay.Options{Capacity: cfg.Replay.Capacity, Policy: cfg.Replay.Policy, Seed: cfg.Model.Seed})
	if err != nil {
		return nil, err
	}
	var state corpusState
	tensors, err := st.LoadState(ctx, corpusName, &state)
	switch {
	case err == nil || errors.Is(err, storage.ErrNotFound):
	case !errors.Is(err, storage.ErrCorrupt):
		return nil, err // the error may be temporary, so keep the state
	default:
		log.Warn("the state of the replay buffer is lost; all frames count as fresh", "error", err)
	}
	unseen := err == nil || errors.Is(err, storage.ErrNotFound) // false: the saved weights may know any frame
	if len(state.Probe) > 0 {
		if c.probe, err = probe.RestoreSet(state.Probe); err != nil {
			log.Warn("the saved probe set cannot be used; the probe set starts empty", "error", err)
			unseen = false
		}
	}
	if c.probe == nil {
		if c.probe, err = probe.NewSet(probe.SetOptions{Seed: cfg.Model.Seed, Capacity: cfg.Probe.Capacity, Every: cfg.Probe.Every}); err != nil {
			return nil, err
		}
	}
	if err := c.restore(ctx, state.Replay, tensors, unseen); err != nil {
		log.Warn("the state of the replay buffer is lost; all frames count as fresh", "error", err)
	}
	return c, nil
}

// restore divides the stored pictures between the probe set and the buffer. With
// unseen, it offers the frames that came after the saved state to the probe set
// again, in order: the weights that were saved with the state have not seen them.
// Without unseen, they go to the buffer.
func (c *Corpus) restore(ctx context.Context, meta replay.Meta, tensors []tensor.Tensor, unseen bool) error {
	var members []replay.Entry
	err := c.store.Replay(ctx, func(e storage.ReplayEntry) error {
		entry := replay.Entry{ID: uint64(e.ID), Source: e.Source, Time: e.Time, Live: e.Live}
		c.entries[entry.ID] = entry
		if unseen && c.probe.Offer(entry.ID) {
			c.held[entry.ID] = true
		} else {
			members = append(members, entry)
		}
		return nil
	})
	if err != nil && !errors.Is(err, storage.ErrCorrupt) { // a damaged entry: the others were listed
		return err
	}
	var features []float32
	for _, t := range tensors {
		if t.Name == featuresName {
			features = t.Data
		}
	}
	for _, id := range c.probe.IDs() {
		if !c.held[id] { // deleted after the state was saved
			c.probe.Remove(id)
		}
	}
	err = c.buffer.Restore(members, meta, features)
	c.drop(c.buffer.Trim())
	c.release()
	return err
}

// save stores the states of the replay buffer and of the probe set. The learner calls
// it right before it saves its own state.
func (c *Corpus) save(ctx context.Context) error {
	var state corpusState
	var err error
	if state.Probe, err = c.probe.MarshalJSON(); err != nil {
		return err
	}
	var features []float32
	state.Replay, features = c.buffer.Snapshot()
	var tensors []tensor.Tensor
	if n := len(state.Replay.Seen); n > 0 {
		tensors = []tensor.Tensor{{Name: featuresName, Shape: []int{n, state.Replay.Dim}, Data: features}}
	}
	return c.store.SaveState(ctx, corpusName, state, tensors)
}

// Close saves what has changed since the learner's last save. Closing again does
// nothing.
func (c *Corpus) Close() error { return c.saveLast() }

func (c *Corpus) saveAtClose() error {
	if c.store.CountReplay() == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastSaveTime)
	defer cancel()
	err := c.save(ctx)
	if errors.Is(err, storage.ErrFull) {
		return nil // as in a crash, the latest features of some frames are lost
	}
	return err
}
