package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"edgeclr/camera/mjpeg"
	"edgeclr/camera/synthetic"
	"edgeclr/camera/wait"
)

const (
	videoRate    = 10      // pictures a second that are taken from the video
	pictureLimit = 4 << 20 // bytes
	quality      = 90      // of rendered JPEGs
)

// hasVideo reports whether the video can be played.
func (o options) hasVideo() bool {
	_, err := exec.LookPath("ffmpeg")
	if err == nil {
		_, err = os.Stat(o.video)
	}
	return err == nil
}

// shown describes what the cameras show.
func (o options) shown() string {
	if !o.hasVideo() {
		return "a rendered scene (no ffmpeg, or no " + o.video + ")"
	}
	return filepath.Base(o.video)
}

// pictures returns the pictures that the cameras show: JPEGs of the video or of a
// rendered scene.
func (o options) pictures(ctx context.Context) ([][]byte, error) {
	if !o.hasVideo() {
		return rendered(o.seed, 400)
	}
	cmd := exec.CommandContext(ctx, "ffmpeg", "-v", "error", "-i", o.video, "-r", fmt.Sprint(videoRate), "-f", "mjpeg", "-q:v", "3", "-")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting ffmpeg: %w", err)
	}
	all, err := split(out)
	if err != nil {
		_ = cmd.Process.Kill()
	}
	if waiting := cmd.Wait(); err == nil && waiting != nil {
		err = waiting
	}
	if err == nil && len(all) == 0 {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, fmt.Errorf("reading the pictures of %s by ffmpeg: %w", o.video, err)
	}
	return all, nil
}

// split reads consecutive JPEGs.
func split(r io.Reader) (all [][]byte, err error) {
	for pictures := mjpeg.NewReader(r, pictureLimit); ; {
		data, err := pictures.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
}

// rendered renders pictures of a conveyor belt.
func rendered(seed uint64, n int) (all [][]byte, err error) {
	scene := synthetic.New(synthetic.Options{Seed: seed, Width: 320, Height: 240, Stream: true})
	for i := range n {
		m, _ := scene.Render(i)
		data, err := m.JPEG(quality)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// folder is a dir: source that gets a new picture now and then.
type folder struct {
	path string
	seed uint64
}

// run writes pictures until ctx ends.
func (f folder) run(ctx context.Context) error {
	random := rand.New(rand.NewPCG(f.seed, 'd'))
	scene := synthetic.New(synthetic.Options{Seed: f.seed + 1, Width: 320, Height: 240})
	for n := 0; ; n++ {
		m, _ := scene.Render(n)
		data, err := m.JPEG(quality)
		if err != nil {
			return err
		}
		if err := f.write(fmt.Sprintf("%06d.jpg", n), data); err != nil {
			return err
		}
		if !wait.For(ctx, time.Duration((2+8*random.Float64())*float64(time.Second))) {
			return nil
		}
	}
}

// write writes the file under a hidden name and then renames it. So the daemon never sees
// an unfinished file.
func (f folder) write(name string, data []byte) error {
	temporary := filepath.Join(f.path, "."+name)
	if err := os.WriteFile(temporary, data, 0o666); err != nil {
		return fmt.Errorf("writing a picture for the dir: source: %w", err)
	}
	return os.Rename(temporary, filepath.Join(f.path, name))
}
