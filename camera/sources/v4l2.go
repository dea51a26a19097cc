package sources

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"

	"edgeclr/camera"
	"edgeclr/camera/decode"
	"edgeclr/camera/v4l2"
)

// openV4L2 makes a source of "/dev/video0?width=640&height=480": a Video4Linux
// camera, by its node or by its link in /dev/v4l/by-id. The link stays the same
// when nodes get new numbers. Without options the camera is set up as package
// v4l2 describes.
//
//	width, height   the wanted size; the camera's nearest one is used
//	format          YUYV, UYVY, NV12, NV12M, RGB24, GREY, MJPEG or JPEG
//	fps             the rate to ask the camera for; default LiveOptions.FPS
//	control.NAME    a control, by the name that `edgeclr cameras` shows
func openV4L2(rest string, opt Options) (camera.Source, error) {
	uri := "v4l2:" + rest
	path, query, _ := strings.Cut(rest, "?")
	if !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("%w %q: write v4l2:/dev/video0, or better v4l2:/dev/v4l/by-id/NAME; `edgeclr cameras` lists them", camera.ErrBadURI, uri)
	}
	settings, err := v4l2Settings(query)
	if err != nil {
		return nil, fmt.Errorf("%w %q: %w", camera.ErrBadURI, uri, err)
	}
	switch {
	case settings.FPS == 0:
		settings.FPS = opt.Live.WithDefaults().FPS
	case opt.Live.FPS == 0:
		opt.Live.FPS = settings.FPS
	}
	log := opt.Log.With("source", uri)
	return newLive(uri, opt, func(context.Context) (connection, error) {
		c, err := v4l2.Start(path, settings)
		if err != nil {
			return nil, err
		}
		log.Info("the camera streams", "card", c.Info().Card, "picture", c.Layout().String(), "fps", c.Rate())
		return &v4l2Connection{c, log}, nil
	}), nil
}

// v4l2Settings parses the options of the URI.
func v4l2Settings(query string) (s v4l2.Settings, err error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return s, err
	}
	for key, all := range values {
		value := all[len(all)-1]
		name, isControl := strings.CutPrefix(key, "control.")
		switch {
		case isControl:
			if s.Controls == nil {
				s.Controls = map[string]string{}
			}
			s.Controls[name] = value
		case key == "width":
			s.Width, err = parseSide(key, value)
		case key == "height":
			s.Height, err = parseSide(key, value)
		case key == "format":
			s.Format, err = v4l2.ParseFormat(value)
		case key == "fps":
			s.FPS, err = strconv.ParseFloat(value, 64)
			if err != nil || !(s.FPS >= camera.MinFPS && s.FPS <= camera.MaxFPS) {
				err = fmt.Errorf("fps=%s is not a number from %v to %v", value, camera.MinFPS, camera.MaxFPS)
			}
		default:
			err = fmt.Errorf("there is no option %q; there are width, height, format, fps and control.NAME", key)
		}
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

func parseSide(key, value string) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > v4l2.MaxSide {
		return 0, fmt.Errorf("%s=%s is not a whole number from 1 to %d", key, value, v4l2.MaxSide)
	}
	return n, nil
}

// v4l2Connection is a camera that streams.
type v4l2Connection struct {
	camera *v4l2.Camera
	log    *slog.Logger
}

func (c *v4l2Connection) next(ctx context.Context) (capture, error) {
	p, err := c.camera.Next(ctx)
	if errors.Is(err, v4l2.ErrDamaged) {
		err = fmt.Errorf("%w: %w", decode.ErrCorrupt, err)
	}
	return capture{data: p.JPEG, image: p.Image, time: p.Time}, err
}

func (c *v4l2Connection) Close() error {
	s := c.camera.Stats()
	c.log.Debug("the camera is closed", "pictures", s.Pictures, "damaged", s.Damaged, "skipped", s.Skipped, "dropped", s.Dropped)
	return c.camera.Close()
}
