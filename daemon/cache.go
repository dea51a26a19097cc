package daemon

import (
	"sync"

	"edgeclr/camera/rgb"
)

const (
	// cacheBytes bounds the decoded pictures that the learner keeps.
	cacheBytes = 64 << 20
	// viewSource is how many times the side of a view a picture's short side
	// should have: a crop of a fifth of the area has 0.45 of the side.
	viewSource = 2
)

// pictureCache keeps decoded pictures for the learner up to a number of bytes.
// When it is full it keeps what it has: draws are uniform, so any resident set
// is as good as another, and none is thrown out and decoded again.
type pictureCache struct {
	limit int

	mu       sync.RWMutex
	used     int
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

// through is the picture from the cache, or from load and then kept.
func (c *pictureCache) through(id uint64, load func() (*rgb.Image, error)) (*rgb.Image, error) {
	if m := c.get(id); m != nil {
		return m, nil
	}
	m, err := load()
	if err == nil {
		c.put(id, m)
	}
	return m, err
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
