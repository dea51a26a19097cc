package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"edgeclr/augment"
	"edgeclr/camera"
	"edgeclr/camera/gate"
	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/daemon/probe"
	"edgeclr/daemon/replay"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// corpus is what there is to learn from and to judge by: the replay buffer, and
// the probe set, which is never learned from. The store has a small picture
// of each member; the gate keeps near-duplicates out.
type corpus struct {
	store  *storage.Store
	side   int           // short side of those pictures, in pixels
	moment time.Duration // frames of one live source so near in time show the same

	gate   *gate.Gate // nil: off
	buffer *replay.Buffer
	probe  *probe.Set

	mu      sync.RWMutex
	entries map[uint64]replay.Entry // of both
	held    map[uint64]bool         // those of the probe set

	close func() error
}

// Names of the corpus among the store's resume states.
const (
	corpusName   = "corpus"
	gateName     = "gate"
	featuresName = "features" // tensor [seen, D] of the replay buffer
)

// corpusState is what the store remembers of the corpus besides its pictures.
type corpusState struct {
	Replay replay.Meta
	Probe  json.RawMessage
}

// openCorpus loads what the last process left. A state that cannot be used is
// given up with a warning: every frame is then fresh, and the probe set begins
// anew with frames to come, since any of the others may have been trained on.
func openCorpus(ctx context.Context, st *storage.Store, cfg config.Config, log logger) (*corpus, error) {
	c := &corpus{store: st, side: viewSource * cfg.Model.Size, moment: time.Duration(cfg.Replay.Moment),
		entries: map[uint64]replay.Entry{}, held: map[uint64]bool{}}
	c.close = sync.OnceValue(c.last)
	var err error
	c.buffer, err = replay.New(replay.Options{Capacity: cfg.Replay.Capacity, Policy: cfg.Replay.Policy, Seed: cfg.Model.Seed})
	if err != nil {
		return nil, err
	}
	if cfg.Gate.Enabled {
		c.gate = gate.New(gate.Options{MaxGap: time.Duration(cfg.Gate.MaxGap)})
		if err := c.openGate(ctx); err != nil {
			log.Warn("the gate begins anew", "error", err)
		}
	}
	var state corpusState
	tensors, err := st.Resume(ctx, corpusName, &state)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		log.Warn("what was learned about the frames is lost; they count as fresh", "error", err)
	}
	offer := err == nil || errors.Is(err, storage.ErrNotFound) // else frames may have been trained on
	if len(state.Probe) > 0 {
		if c.probe, err = probe.RestoreSet(state.Probe); err != nil {
			log.Warn("the probe set begins anew", "error", err)
			offer = false
		}
	}
	if c.probe == nil {
		if c.probe, err = probe.NewSet(probe.SetOptions{Seed: cfg.Model.Seed, Capacity: cfg.Probe.Capacity, Every: cfg.Probe.Every}); err != nil {
			return nil, err
		}
	}
	if err := c.restore(ctx, state.Replay, tensors, offer); err != nil {
		log.Warn("what was learned about the frames is lost; they count as fresh", "error", err)
	}
	return c, nil
}

// restore shares out the stored pictures between probe set and buffer. Frames
// that came after the saved state are offered to the probe set again, in order:
// the training that may have seen them is as lost as that state.
func (c *corpus) restore(ctx context.Context, meta replay.Meta, tensors []weights.Tensor, offer bool) error {
	var members []replay.Entry
	err := c.store.Replay(ctx, func(e storage.ReplayEntry) error {
		entry := replay.Entry{ID: uint64(e.ID), Source: e.Source, Time: e.Time, Live: e.Live}
		c.entries[entry.ID] = entry
		if offer && c.probe.Offer(entry.ID) {
			c.held[entry.ID] = true
		} else {
			members = append(members, entry)
		}
		return nil
	})
	if errors.Is(err, storage.ErrCorrupt) {
		err = nil // the others were listed
	}
	var features []float32
	for _, t := range tensors {
		if t.Name == featuresName {
			features = t.Data
		}
	}
	err = errors.Join(err, c.buffer.Restore(members, meta, features))
	c.drop(c.buffer.Trim())
	c.release()
	return err
}

func (c *corpus) openGate(ctx context.Context) error {
	var state json.RawMessage
	_, err := c.store.Resume(ctx, gateName, &state)
	if err == nil {
		err = c.gate.Restore(state)
	}
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	return err
}

// admit takes in a stored frame, with its picture, once and in the order of
// the frames: the probe set decides first, and what it does not hold may be
// learned from.
func (c *corpus) admit(e replay.Entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[e.ID] = e
	if c.probe.Offer(e.ID) {
		c.held[e.ID] = true
		c.release()
		return
	}
	c.drop(c.buffer.Add(e))
}

// release lets what the probe set does not hold any more be learned from. The
// caller holds mu.
func (c *corpus) release() {
	if len(c.held) == c.probe.Len() {
		return
	}
	for id := range c.held {
		if !c.probe.Contains(id) {
			delete(c.held, id)
			c.drop(c.buffer.Add(c.entries[id]))
		}
	}
}

// drop forgets frames that left the buffer. The caller holds mu.
func (c *corpus) drop(ids []uint64) {
	for _, id := range ids {
		delete(c.entries, id)
		c.store.DropReplay(storage.FrameID(id))
	}
}

// remove forgets frames that were deleted from the store, with their pictures.
func (c *corpus) remove(frames []storage.FrameID) {
	ids := make([]uint64, len(frames))
	for i, id := range frames {
		ids[i] = uint64(id)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.buffer.Remove(ids...)
	c.probe.Remove(ids...)
	for _, id := range ids {
		delete(c.entries, id)
		delete(c.held, id)
	}
}

// save keeps what was learned about the frames. It belongs together with the
// learner's state.
func (c *corpus) save(ctx context.Context) error {
	var state corpusState
	var err error
	if state.Probe, err = c.probe.MarshalJSON(); err != nil {
		return err
	}
	var features []float32
	state.Replay, features = c.buffer.Snapshot()
	var tensors []weights.Tensor
	if n := len(state.Replay.Seen); n > 0 {
		tensors = []weights.Tensor{{Name: featuresName, Shape: []int{n, state.Replay.Dim}, Data: features}}
	}
	return c.store.PutResume(ctx, corpusName, state, tensors)
}

// last keeps what came since the learner's last save, and what the gate has seen,
// which is not worth a write before: one that begins anew keeps some frames
// too many, and no harm is done.
func (c *corpus) last() error {
	if c.store.CountReplay() == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastSave)
	defer cancel()
	err := c.save(ctx)
	if err == nil && c.gate != nil {
		err = c.saveGate(ctx)
	}
	if errors.Is(err, storage.ErrFull) {
		return nil // it costs what was learned about some frames, as a crash would
	}
	return err
}

func (c *corpus) saveGate(ctx context.Context) error {
	state, err := c.gate.Snapshot()
	if err != nil {
		return err
	}
	return c.store.PutResume(ctx, gateName, json.RawMessage(state), nil)
}

// choose draws the frames of a step.
func (c *corpus) choose(step, n, fresh int) ([]augment.Pick, error) {
	drawn := c.buffer.Draw(step, n, fresh)
	if len(drawn) < n {
		return nil, fmt.Errorf("only %d frames are left for a batch of %d", len(drawn), n)
	}
	ids := make([]uint64, n)
	for i, e := range drawn {
		ids[i] = e.ID
	}
	return augment.Same(ids), nil
}

// observe notes what a step made of its frames: what is redundant is judged by
// that.
func (c *corpus) observe(picks []augment.Pick, projections []float32) error {
	return c.buffer.Observe(firsts(picks), projections)
}

func firsts(picks []augment.Pick) []uint64 {
	ids := make([]uint64, len(picks))
	for i, p := range picks {
		ids[i] = p.First
	}
	return ids
}

// together tells which of the frames show the same moment: those of one live
// source, near in time. The answer is [N,N], nil when there are none.
func (c *corpus) together(ids []uint64) []bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.moment == 0 {
		return nil
	}
	var same []bool
	for i, id := range ids {
		a := c.entries[id]
		for j, other := range ids[:i] {
			b := c.entries[other]
			if !a.Live || !b.Live || a.Source != b.Source || a.Time.Sub(b.Time).Abs() > c.moment {
				continue
			}
			if same == nil {
				same = make([]bool, len(ids)*len(ids))
			}
			same[i*len(ids)+j], same[j*len(ids)+i] = true, true
		}
	}
	return same
}

// picture loads what the store has of a member.
func (c *corpus) picture(d *camera.Decoder) func(ctx context.Context, id uint64) (*rgb.Image, error) {
	return func(ctx context.Context, id uint64) (*rgb.Image, error) {
		data, err := c.store.ReplayPicture(storage.FrameID(id))
		if err != nil {
			return nil, err
		}
		m, _, err := d.Decode(ctx, data)
		return m, err
	}
}

// small is a picture as the corpus keeps it.
func (c *corpus) small(m *rgb.Image) *rgb.Image { return thumbnail(m, c.side) }

// moments are the pairs of probe frames that one live source took within the
// moment, by their places among the ids.
func (c *corpus) moments(ids []uint64) (pairs [][2]int) {
	same := c.together(ids)
	if same == nil {
		return nil
	}
	for i := range ids {
		for j := range i {
			if same[i*len(ids)+j] {
				pairs = append(pairs, [2]int{j, i})
			}
		}
	}
	return slices.Clip(pairs)
}
