package daemon

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"edgeclr/augment"
	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/probe"
	"edgeclr/daemon/replay"
	"edgeclr/storage"
)

// corpus is what there is to learn from and to judge by: the replay buffer, and
// the probe set, which is never learned from. The store has a small picture
// of each member.
type corpus struct {
	store  *storage.Store
	side   int           // short side of those pictures, in pixels
	moment time.Duration // frames of one live source so near in time show the same

	buffer *replay.Buffer
	probe  *probe.Set

	mu      sync.RWMutex
	entries map[uint64]replay.Entry // of both
	held    map[uint64]bool         // those of the probe set

	close func() error
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
	} else {
		c.drop(c.buffer.Add(e))
	}
	c.release()
}

// name takes frames that a person named out of learning: candidates are judged
// by them from now on.
func (c *corpus) name(frames []storage.FrameID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range frames {
		if c.buffer.Contains(uint64(id)) {
			c.buffer.Remove(uint64(id))
			c.drop([]uint64{uint64(id)})
		}
	}
}

// release lets what the probe set does not hold any more be learned from. The
// caller holds mu.
func (c *corpus) release() {
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

// observe notes what a step made of its frames, [2N,D]: what is redundant is
// judged by that. A second view of another frame says nothing about the first.
func (c *corpus) observe(picks []augment.Pick, projections []float32) error {
	dim := len(projections) / (2 * len(picks))
	rows := slices.Clone(projections)
	for i, p := range picks {
		if p.Second != p.First {
			copy(rows[(len(picks)+i)*dim:][:dim], rows[i*dim:][:dim])
		}
	}
	return c.buffer.Observe(firsts(picks), rows)
}

func firsts(picks []augment.Pick) []uint64 {
	ids := make([]uint64, len(picks))
	for i, p := range picks {
		ids[i] = p.First
	}
	return ids
}

// together tells which of the picks are no negatives of each other: they show the
// same picture, neighbours, or frames of one live source and moment. The answer
// is [N,N], nil when there are none.
func (c *corpus) together(picks []augment.Pick, near neighbours) []bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return together(picks, func(one, other uint64) bool { return c.near(one, other) || near.alike(one, other) })
}

// near tells whether two frames are of one live source and moment. The caller
// holds mu.
func (c *corpus) near(one, other uint64) bool {
	a, b := c.entries[one], c.entries[other]
	return c.moment != 0 && a.Live && b.Live && a.Source == b.Source && a.Time.Sub(b.Time).Abs() <= c.moment
}

// picture loads what the store has of a member.
func (c *corpus) picture(d *decode.Decoder) func(ctx context.Context, id uint64) (*rgb.Image, error) {
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
func (c *corpus) small(m *rgb.Image) *rgb.Image { return m.Shrink(c.side) }

// moments are the pairs of probe frames that one live source took within the
// moment, by their places among the ids.
func (c *corpus) moments(ids []uint64) (pairs [][2]int) {
	same := c.together(augment.Same(ids), nil)
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
