package fixedcamera

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"edgeclr/camera/mjpeg"
	"edgeclr/systemd"
)

const (
	// mostFrames is how many frames of a video are read at its native rate. A longer
	// video is read at slowRate, the rate at which the daemon uses a camera's frames.
	mostFrames = 6000
	slowRate   = 5

	// pictureLimit is the largest frame of a video, in bytes.
	pictureLimit = 64 << 20
)

// ErrNoFFmpeg is returned when a video cannot be read because a program is missing.
var ErrNoFFmpeg = errors.New("reading a video needs ffmpeg and ffprobe; install them with `sudo apt install ffmpeg`, or give a folder of pictures")

// video reads the frames of a video by ffmpeg, at a constant rate: the video's own
// mean rate, or 5 frames a second of a video of more than 6,000 frames. The error matches
// [ErrNoFFmpeg] when ffmpeg is not installed.
func (r Reader) video(ctx context.Context, path string) (_ *Clip, err error) {
	for _, program := range []string{"ffmpeg", "ffprobe"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, fmt.Errorf("%s: %w", path, ErrNoFFmpeg)
		}
	}
	rate, err := videoRate(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	c := &Clip{Kind: KindVideo, Clock: "the video", Rate: rate.value()}
	if c.spool, err = newSpool(); err != nil {
		return nil, err
	}
	// The filter makes the rate constant, so a frame's number gives its time.
	err = output(ctx, func(out io.Reader) error { return r.jpegs(out, c) },
		"ffmpeg", "-v", "error", "-nostdin", "-i", "file:"+path, "-an", "-map", "0:v:0", "-vf", "fps="+rate.String(), "-f", "mjpeg", "-q:v", "2", "-")
	if err == nil && len(c.Frames) == 0 {
		err = errors.New("there are no frames in it")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reading %s by ffmpeg: %w", path, err), c.Close())
	}
	return c, nil
}

// jpegs reads consecutive JPEGs into the spool of a clip.
func (r Reader) jpegs(from io.Reader, c *Clip) error {
	for pictures := mjpeg.NewReader(from, pictureLimit); ; {
		data, err := pictures.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		n := len(c.Frames)
		at := time.Duration(float64(n) / c.Rate * float64(time.Second))
		if err := c.spooled(fmt.Sprintf("%06d", n), at, data); err != nil {
			return err
		}
		r.progress(n + 1)
	}
}

// ratio is a rate as ffprobe writes it, frames a second.
type ratio struct{ numerator, denominator int }

func (r ratio) value() float64 { return float64(r.numerator) / float64(r.denominator) }

func (r ratio) String() string { return fmt.Sprintf("%d/%d", r.numerator, r.denominator) }

func parseRatio(s string) (r ratio, ok bool) {
	a, b, _ := strings.Cut(s, "/")
	var errs [2]error
	r.numerator, errs[0] = strconv.Atoi(a)
	r.denominator, errs[1] = strconv.Atoi(b)
	return r, errors.Join(errs[:]...) == nil && r.numerator > 0 && r.denominator > 0
}

// videoRate asks ffprobe for the mean rate of a video.
func videoRate(ctx context.Context, path string) (ratio, error) {
	var answer struct {
		Streams []struct {
			Rate string `json:"avg_frame_rate"`
		} `json:"streams"`
		Format struct {
			Duration string `json:"duration"`
		} `json:"format"`
	}
	err := output(ctx, func(r io.Reader) error { return json.NewDecoder(r).Decode(&answer) },
		"ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=avg_frame_rate:format=duration", "-of", "json", "file:"+path)
	if err != nil {
		return ratio{}, fmt.Errorf("ffprobe cannot read it: %w", err)
	}
	if len(answer.Streams) == 0 {
		return ratio{}, errors.New("it holds no video")
	}
	rate, ok := parseRatio(answer.Streams[0].Rate)
	seconds, _ := strconv.ParseFloat(answer.Format.Duration, 64) // "N/A" is 0: not known
	if !ok || seconds*rate.value() > mostFrames && rate.value() > slowRate {
		return ratio{slowRate, 1}, nil
	}
	return rate, nil
}

// output runs a program and hands its standard output over. The error says what the
// program wrote to standard error. The program ends with ctx, or when use fails.
func output(ctx context.Context, use func(io.Reader) error, name string, args ...string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var said bytes.Buffer
	cmd.Stderr, cmd.Env = &said, systemd.ChildEnvironment()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", name, err)
	}
	using := use(out)
	if using != nil {
		cancel()
	}
	ended := cmd.Wait()
	switch {
	case context.Cause(ctx) != nil && using == nil:
		return context.Cause(ctx)
	case ended != nil && said.Len() > 0:
		line, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
		return fmt.Errorf("%s: %w", line, ended)
	case using != nil:
		return using
	}
	return ended
}
