package learn

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"edgeclr/augment"
	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/daemon/probe"
	"edgeclr/daemon/replay"
	"edgeclr/storage"
)

// Corpus holds the frames to learn from, which are the replay buffer, and the frames
// to judge by, which are the probe set. No frame is in both. The store has a small
// picture of each member. It is safe for concurrent use.
type Corpus struct {
	store  *storage.Store
	config config.Config // says the learning size and the crop mode
	side   atomic.Int64  // short side of the small pictures, in pixels
	moment time.Duration // frames of one live source within this time show the same; 0: never

	buffer *replay.Buffer
	probe  *probe.Set

	mu      sync.RWMutex
	entries map[uint64]replay.Entry // members of the buffer and of the probe set, by frame id
	held    map[uint64]bool         // members of the probe set, by frame id

	saveLast func() error // saves at Close; works once
}

// Admit takes in a frame whose small picture is in the store. It is called once for
// each frame, in the order of the frames. The probe set decides first. A frame that
// the probe set does not hold is offered to the replay buffer.
func (c *Corpus) Admit(e replay.Entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[e.ID] = e
	if c.probe.Offer(e.ID) {
		c.held[e.ID] = true
	} else {
		c.drop(c.buffer.Add(e))
	}
	c.release()
}

// Exclude takes frames out of the replay buffer, because a person named them. From
// now on, candidates are judged by them.
func (c *Corpus) Exclude(frames []storage.FrameID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range frames {
		if c.buffer.Contains(uint64(id)) {
			c.buffer.Remove(uint64(id))
			c.drop([]uint64{uint64(id)})
		}
	}
}

// Remove forgets frames that were deleted from the store, with their pictures.
func (c *Corpus) Remove(frames []storage.FrameID) {
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

// Contains tells whether a frame is in the replay buffer, and so may be learned from.
func (c *Corpus) Contains(id storage.FrameID) bool { return c.buffer.Contains(uint64(id)) }

// Small shrinks a picture to the size that the corpus keeps.
func (c *Corpus) Small(m *rgb.Image) *rgb.Image { return m.Shrink(int(c.side.Load())) }

// Resize keeps new pictures large enough for another serving size, in pixels. Those that
// are kept stay as they are, and are scaled where they are too small.
func (c *Corpus) Resize(serving int) {
	cfg := c.config
	cfg.Serve.Size = serving
	c.side.Store(int64(smallSide(cfg.LearningSize(), serving)))
}

// release gives frames that the probe set no longer holds to the replay buffer.
// The caller holds mu.
func (c *Corpus) release() {
	if len(c.held) == c.probe.Len() {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(c.held)) {
		if !c.probe.Contains(id) {
			delete(c.held, id)
			c.drop(c.buffer.Add(c.entries[id]))
		}
	}
}

// drop forgets frames that left the buffer, and their small pictures in the store.
// The caller holds mu.
func (c *Corpus) drop(ids []uint64) {
	for _, id := range ids {
		delete(c.entries, id)
		c.store.DropReplay(storage.FrameID(id))
	}
}

// entry describes a member. It is zero for a frame that is no member any more.
func (c *Corpus) entry(id uint64) replay.Entry {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.entries[id]
}

// choose draws n different frames for a step. At most fresh of them are taken because
// they were not learned from yet; the others are random. It is an error when the buffer
// has fewer than n.
func (c *Corpus) choose(step, n, fresh int) ([]augment.Pick, error) {
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

// observe gives the projections of a step, [2N,D], to the replay buffer, which uses
// them to find redundant frames. When the second view shows another frame, it says
// nothing about the first frame. Then observe uses the first view twice.
func (c *Corpus) observe(picks []augment.Pick, projections []float32) error {
	dim := len(projections) / (2 * len(picks))
	rows := slices.Clone(projections)
	ids := make([]uint64, len(picks))
	for i, p := range picks {
		ids[i] = p.First
		if p.Second != p.First {
			copy(rows[(len(picks)+i)*dim:][:dim], rows[i*dim:][:dim])
		}
	}
	return c.buffer.Observe(ids, rows)
}

// notNegatives tells which of the picks must not be negatives of each other, because
// they show the same picture, neighbours, or frames of the same moment. The answer
// is [N,N]; nil when there are none.
func (c *Corpus) notNegatives(picks []augment.Pick, near neighbours) []bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return notNegatives(picks, func(one, other uint64) bool { return c.sameMoment(one, other) || near.contain(one, other) })
}

// sameMoment tells whether two frames are of one live source and moment. The
// caller holds mu.
func (c *Corpus) sameMoment(one, other uint64) bool {
	return sameMoment(c.entries[one], c.entries[other], c.moment)
}

// momentPairs returns the pairs of frames of the same moment. They are indices of
// ids, the smaller one first.
func (c *Corpus) momentPairs(ids []uint64) (pairs [][2]int) {
	same := c.notNegatives(augment.Same(ids), neighbours{})
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

// HeldBack returns up to n pictures of the probe set, spread over its age. It leaves out
// those that cannot be read.
func (c *Corpus) HeldBack(ctx context.Context, d *decode.Decoder, n int) []*rgb.Image {
	ids, load := c.probe.IDs(), c.picture(d)
	var list []*rgb.Image
	for i := range min(n, len(ids)) {
		if m, err := load(ctx, ids[i*len(ids)/min(n, len(ids))]); err == nil {
			list = append(list, m)
		}
	}
	return list
}

// picture returns a function that loads the small picture of a member.
func (c *Corpus) picture(d *decode.Decoder) func(ctx context.Context, id uint64) (*rgb.Image, error) {
	return func(ctx context.Context, id uint64) (*rgb.Image, error) {
		data, err := c.store.ReplayPicture(storage.FrameID(id))
		if err != nil {
			return nil, err
		}
		m, _, err := d.Decode(ctx, data)
		if err == nil && c.config.Squash() {
			m = squash(m)
		}
		return m, err
	}
}

// squash scales a wide picture to a square of its short side. Views of it show things in
// the proportions in which the encoder of a store that squashes sees them.
func squash(m *rgb.Image) *rgb.Image {
	if !m.Wide() {
		return m
	}
	side := min(m.Width, m.Height)
	return m.Resize(side, side)
}
