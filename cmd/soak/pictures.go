package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"edgeclr/camera/mjpeg"
	"edgeclr/camera/synthetic"
)

const (
	videoRate    = 10      // pictures a second that are taken of the video
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

// shown names what the cameras show.
func (o options) shown() string {
	if !o.hasVideo() {
		return "a rendered scene (no ffmpeg, or no " + o.video + ")"
	}
	return filepath.Base(o.video)
}

// pictures are what the cameras show: JPEGs of the video, or of a rendered
// scene.
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

// split reads JPEGs that stand one behind the other.
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

// rendered makes pictures of a conveyor belt.
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
