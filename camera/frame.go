package camera

import (
	"context"
	"time"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
)

// Frame is one picture as a source delivers it. Either Data or Image is set, or
// Err when the source could not read the picture.
type Frame struct {
	// Source is the URI of the source.
	Source string

	// Path names the picture within the source: the file's absolute path, or
	// "class/number.jpg" of a synthetic scene.
	Path string

	// Time is when the picture was made, as far as the source knows: a file's
	// modification time, else the moment of capture.
	Time time.Time

	// Data holds the encoded bytes. Nobody has checked them: [decode.Decoder]
	// reads or refuses them. The consumer owns them.
	Data []byte

	// Image holds the pixels of a source that has no encoded form.
	Image *rgb.Image

	// File is the state to write to the cursor with the frame; nil for sources
	// without files.
	File *FileState

	// Err says why there are no pixels: the file is too large or cannot be
	// read. [decode.Reason] names it. File is set, so that the failure is
	// recorded once.
	Err error
}

// FileState is what a cursor remembers of a file.
type FileState struct {
	Path string

	// Size is the length in bytes, or -1 when the content was not read (too
	// large, no permission). A real file never has that size, so the file is
	// read as soon as the obstacle is gone.
	Size    int64
	ModTime time.Time
}

// JPEG returns the frame as a JPEG file. It returns the frame's own bytes when
// they are a JPEG that d decodes, else it encodes the pixels with that quality
// (1 to 100). The error is the decoder's, or the frame's own.
func (f Frame) JPEG(ctx context.Context, d *decode.Decoder, quality int) ([]byte, error) {
	if f.Err != nil {
		return nil, f.Err
	}
	if f.Image != nil {
		return f.Image.JPEG(quality)
	}
	m, info, err := d.Decode(ctx, f.Data)
	if err != nil {
		return nil, err
	}
	if info.Format == "jpeg" {
		return f.Data, nil
	}
	return m.JPEG(quality)
}
