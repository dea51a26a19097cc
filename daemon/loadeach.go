package daemon

import (
	"context"

	"edgeclr/camera/rgb"
)

// loadEach loads pictures and leaves out those that cannot be read (any more).
// Its only error is the context's.
func loadEach[T any](ctx context.Context, list []T, load func(ctx context.Context, one T) (*rgb.Image, error)) (kept []T, pictures []*rgb.Image, err error) {
	for _, one := range list {
		m, err := load(ctx, one)
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		if err == nil {
			kept, pictures = append(kept, one), append(pictures, m)
		}
	}
	return kept, pictures, nil
}
