package learn

import (
	"context"
	"sync"

	"edgeclr/camera/rgb"
)

const (
	// cacheBytes bounds the decoded pictures that the learner keeps.
	cacheBytes = 64 << 20
	// viewSource is the ratio of a picture's short side to the side of a view. A
	// crop of a fifth of the area has 0.45 of the side, so 2 is enough.
	viewSource = 2
	// leastSmallSide is the least short side of a small picture, in pixels. It suffices for
	// every automatic serving size, so that a store can be resized without loss.
	leastSmallSide = 256
)

// smallSide is the short side of the small pictures of a store with these sizes, all in
// pixels. They suffice for views, and for embedding at the serving size.
func smallSide(learning, serving int) int {
	return max(viewSource*learning, serving, leastSmallSide)
}

// pictureCache keeps decoded pictures for the learner, up to a number of bytes. When it
// is full, it keeps what it has and takes no more. Draws are uniform, so evicting a
// picture for another would not help. It is safe for concurrent use.
type pictureCache struct {
	limit int // in bytes

	mu       sync.RWMutex
	used     int // in bytes
	pictures map[uint64]*rgb.Image
}

func newPictureCache(limit int) *pictureCache {
	return &pictureCache{limit: limit, pictures: map[uint64]*rgb.Image{}}
}

func (c *pictureCache) get(id uint64) *rgb.Image {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.pictures[id]
}

// cached wraps load. The function that it returns takes pictures from the cache, and
// adds those that it loads.
func (c *pictureCache) cached(load func(ctx context.Context, id uint64) (*rgb.Image, error)) func(ctx context.Context, id uint64) (*rgb.Image, error) {
	return func(ctx context.Context, id uint64) (*rgb.Image, error) {
		if m := c.get(id); m != nil {
			return m, nil
		}
		m, err := load(ctx, id)
		if err == nil {
			c.put(id, m)
		}
		return m, err
	}
}

func (c *pictureCache) put(id uint64, m *rgb.Image) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.pictures[id]; ok || c.used+len(m.Pix) > c.limit {
		return
	}
	c.used += len(m.Pix)
	c.pictures[id] = m
}

// drop lets go of everything.
func (c *pictureCache) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.used = 0
	clear(c.pictures)
}
