package fixedcamera

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/client"
)

// Clip is what a fixed camera saw: encoded pictures in the order of time. Close deletes
// its temporary file.
type Clip struct {
	Kind    string         // KindVideo and its siblings
	Clock   string         // where the times of the frames come from, for people
	Rate    float64        // frames a second at which the daemon gets them
	Frames  []Frame        // ascending in time
	Skipped map[string]int // files that are left out, by reason
	Truth   *Truth         // what is there, if the clip was rendered; else nil: the pixels tell

	source string   // what the daemon watches; "": the frames in a loop
	spool  *os.File // holds frames without a file; nil: there are none
}

// Kinds of clips.
const (
	KindVideo  = "video"
	KindFolder = "folder"
	KindScene  = "scene"
)

// Frame is one encoded picture of a clip.
type Frame struct {
	Name string        // the file's path within its folder, or a number
	Time time.Duration // since the first frame

	path         string // of its file; "": in the spool
	offset, size int64  // in the spool
}

// Reader reads clips.
type Reader struct {
	Decoder *decode.Decoder
	Most    int         // frames that a scene is rendered with, at most
	OnFrame func(n int) // is told how many frames are read. It may be nil
}

// Read reads a video file, a folder of one camera's pictures, or a scene, whose name
// begins with "synthetic:". The caller closes the clip. The error matches
// client.ErrNothingFound if there is nothing at that path, and [ErrNoFFmpeg] when a video
// needs it.
func (r Reader) Read(ctx context.Context, path string) (*Clip, error) {
	if strings.HasPrefix(path, "synthetic:") {
		return r.scene(ctx, path)
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return r.folder(ctx, path)
	case err == nil:
		return r.video(ctx, path)
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %s does not exist", client.ErrNothingFound, path)
	}
	return nil, err
}

func (r Reader) progress(n int) {
	if r.OnFrame != nil {
		r.OnFrame(n)
	}
}

// Span is the time from the first frame to the last.
func (c *Clip) Span() time.Duration {
	if len(c.Frames) == 0 {
		return 0
	}
	return c.Frames[len(c.Frames)-1].Time
}

// Data returns the bytes of a frame.
func (c *Clip) Data(i int) ([]byte, error) {
	f := c.Frames[i]
	if f.path != "" {
		return os.ReadFile(f.path)
	}
	data := make([]byte, f.size)
	if _, err := c.spool.ReadAt(data, f.offset); err != nil {
		return nil, fmt.Errorf("reading frame %s back: %w", f.Name, err)
	}
	return data, nil
}

// Close releases the clip.
func (c *Clip) Close() error {
	if c.spool == nil {
		return nil
	}
	return c.spool.Close()
}

// newSpool makes a temporary file without a name, which is gone when it is closed.
func newSpool() (*os.File, error) {
	f, err := os.CreateTemp("", "edgeclr-clip-*")
	if err != nil {
		return nil, fmt.Errorf("no temporary file for the frames; $TMPDIR may name another place: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// spooled appends a frame to the spool.
func (c *Clip) spooled(name string, at time.Duration, data []byte) error {
	f := Frame{Name: name, Time: at, size: int64(len(data))}
	if n := len(c.Frames); n > 0 {
		last := c.Frames[n-1]
		f.offset = last.offset + last.size
	}
	if _, err := c.spool.WriteAt(data, f.offset); err != nil {
		return fmt.Errorf("writing the frames to a temporary file; $TMPDIR may name another place: %w", err)
	}
	c.Frames = append(c.Frames, f)
	return nil
}

// evenly returns at most that many of n numbers from 0, spread evenly.
func evenly(n, most int) []int {
	chosen := make([]int, min(n, most))
	for i := range chosen {
		chosen[i] = i * n / len(chosen)
	}
	return chosen
}

// decoded decodes one frame.
func (c *Clip) decoded(ctx context.Context, d *decode.Decoder, i int) (*rgb.Image, error) {
	data, err := c.Data(i)
	if err != nil {
		return nil, err
	}
	m, _, err := d.Decode(ctx, data)
	if err != nil {
		return nil, fmt.Errorf("frame %s: %w", c.Frames[i].Name, err)
	}
	return m, nil
}

// decodeBatch is how many frames are decoded at a time.
const decodeBatch = 32

// each decodes the chosen frames in order and calls use with batches of them. first is
// the place of the batch in chosen.
func (c *Clip) each(ctx context.Context, d *decode.Decoder, chosen []int, use func(first int, batch []*rgb.Image) error) error {
	for first := 0; first < len(chosen); first += decodeBatch {
		var batch []*rgb.Image
		for _, i := range chosen[first:min(first+decodeBatch, len(chosen))] {
			m, err := c.decoded(ctx, d, i)
			if err != nil {
				return err
			}
			batch = append(batch, m)
		}
		if err := use(first, batch); err != nil {
			return err
		}
	}
	return nil
}
