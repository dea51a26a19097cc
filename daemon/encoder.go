package daemon

import (
	"context"

	"edgeclr/camera/rgb"
)

// Encoder turns pictures into the vectors of a checkpoint: a *model.Encoder, or
// several of them in a blend. It is safe for concurrent use.
type Encoder interface {
	// Embed gives one vector of length 1 and of Dim values a picture, of
	// whatever size that is.
	Embed(ctx context.Context, pictures []*rgb.Image) ([][]float32, error)
	Dim() int
	// Size is the side of the square that the network sees, in pixels.
	Size() int
	// Close waits for work under way and frees what it holds.
	Close() error
}
