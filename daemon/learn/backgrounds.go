package learn

import (
	"context"

	"edgeclr/augment"
	"edgeclr/camera/rgb"
)

// backgroundPictures is how many pictures of a source tell what it usually sees.
const backgroundPictures = 60

// changes returns a function that tells where a picture of the buffer differs from what
// its camera usually sees. It knows the live sources that have enough pictures now; a
// picture of another one has no change. Pictures that cannot be loaded are left out.
func (c *Corpus) changes(ctx context.Context, load func(ctx context.Context, id uint64) (*rgb.Image, error)) (func(id uint64, m *rgb.Image) *augment.Change, error) {
	members := map[string][]uint64{}
	for _, e := range c.buffer.Entries() {
		if e.Live {
			members[e.Source] = append(members[e.Source], e.ID)
		}
	}
	backgrounds := map[string]*augment.Background{}
	for source, ids := range members {
		var pictures []*rgb.Image
		n := min(len(ids), backgroundPictures)
		for i := range n {
			m, err := load(ctx, ids[i*len(ids)/n])
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err == nil {
				pictures = append(pictures, m)
			}
		}
		backgrounds[source] = augment.NewBackground(pictures)
	}
	return func(id uint64, m *rgb.Image) *augment.Change {
		b := backgrounds[c.entry(id).Source]
		if b == nil {
			return nil
		}
		return b.Change(m)
	}, nil
}
