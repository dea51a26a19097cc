package learn

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/probe"
)

// folder is a set of files to learn from and to judge by. A picture's id is its
// place among the files.
type folder struct {
	decoder *decode.Decoder
	side    int  // least short side of a loaded picture, in pixels
	squash  bool // pictures are scaled to a square: see squash
	files   []string
	skipped int // files that are no pictures

	learn, held []uint64 // ids of the pictures to learn from, and of those to judge by
}

// openFolder reads the headers of the files, and divides the pictures among them into
// those to learn from and those to judge by. With fewer than 2 pictures the error is
// ErrNoPictures.
func (l *Learner) openFolder(ctx context.Context, files []string) (*folder, error) {
	cfg := l.opt.Config()
	f := &folder{decoder: l.opt.Decoder, side: smallSide(cfg.LearningSize(), cfg.ServingSize()), squash: cfg.Squash()}
	for _, path := range files {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := f.sniff(path); err != nil {
			l.opt.Log.Debug("not a picture", "path", path, "reason", decode.Reason(err))
			f.skipped++
			continue
		}
		f.files = append(f.files, path)
	}
	if len(f.files) < 2 {
		return nil, fmt.Errorf("%w; %d of %d files can be read as pictures", ErrNoPictures, len(f.files), len(files))
	}
	return f, f.divide(probe.SetOptions{Seed: cfg.Model.Seed, Capacity: cfg.Probe.Capacity, Every: cfg.Probe.Every})
}

// leastHeld is how many pictures a judgement needs. As many are held back when the
// folder has twice as many or more.
const leastHeld = 30

// divide holds some pictures back, spread over the list. The share is larger for a
// small folder. A folder of fewer than 2*leastHeld pictures is all learned from.
func (f *folder) divide(o probe.SetOptions) error {
	n := len(f.files)
	o.Every = min(n/leastHeld, o.Every)
	if o.Every < 2 {
		for i := range uint64(n) {
			f.learn = append(f.learn, i)
		}
		return nil
	}
	set, err := probe.NewSet(o)
	if err != nil {
		return err
	}
	for i := range uint64(n) {
		set.Offer(i)
	}
	for i := range uint64(n) {
		if !set.Contains(i) {
			f.learn = append(f.learn, i)
		}
	}
	f.held = set.IDs()
	return nil
}

// sniffBytes is how much of a file sniff reads: enough for the header of every format,
// even after large metadata.
const sniffBytes = 1 << 20

// sniff returns an error for a file whose header is not a picture's.
func (f *folder) sniff(path string) error {
	data, err := readHead(path, sniffBytes)
	if err != nil {
		return err
	}
	_, err = f.decoder.Sniff(data)
	return err
}

// load decodes a picture. A large picture is decoded at a reduced scale, with a short
// side of at least f.side.
func (f *folder) load(ctx context.Context, id uint64) (*rgb.Image, error) {
	path := f.files[id]
	data, err := readHead(path, f.decoder.Limits.MaxBytes+1)
	if err != nil {
		return nil, err
	}
	m, _, err := f.decoder.DecodeReduced(ctx, data, f.side)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if f.squash {
		m = squash(m)
	}
	return m, nil
}

// readHead reads at most limit bytes of a regular file.
func readHead(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, errors.Join(decode.ErrUnreadable, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(decode.ErrUnreadable, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is not a file", decode.ErrUnreadable, path)
	}
	data := make([]byte, min(limit, info.Size()))
	n, err := io.ReadFull(file, data)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) { // the file may shrink meanwhile
		return nil, errors.Join(decode.ErrUnreadable, err)
	}
	return data[:n], nil
}
