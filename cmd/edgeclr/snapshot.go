package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"edgeclr/camera"
	"edgeclr/camera/decode"
	"edgeclr/camera/redact"
	"edgeclr/camera/sources"
	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/internal/atomicfile"
	"edgeclr/storage"
)

// snapshotQuality is the JPEG quality of a picture that the camera does not deliver
// as JPEG.
const snapshotQuality = 92

// snapshotCommand writes one picture of a source to a file.
type snapshotCommand struct {
	uri             string
	timeout, settle time.Duration
}

// webcamSettles is how long a v4l2 camera may settle. Its first pictures are dark, since
// exposure and white balance start again whenever the camera is opened.
const webcamSettles = time.Second

// snapshotReport is the command's result.
type snapshotReport struct {
	Path   string `json:"path"`
	Source string `json:"source"` // without credentials
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

func (c *snapshotCommand) Flags(fs *pflag.FlagSet) {
	fs.StringVar(&c.uri, "source", "", "source URI (default: the one in the configuration)")
	fs.DurationVar(&c.timeout, "timeout", 20*time.Second, "how long to wait for a picture")
	fs.DurationVar(&c.settle, "settle", 0, "how long exposure may settle after the first picture (default 1s for v4l2:, else 0s)")
}

func (c *snapshotCommand) Run(ctx context.Context, a *cli.App, args []string) error {
	if len(args) != 1 {
		return cli.Usagef("snapshot takes one file: edgeclr snapshot --source URI FILE.jpg")
	}
	if ending := strings.ToLower(filepath.Ext(args[0])); ending != ".jpg" && ending != ".jpeg" {
		return cli.Usagef("%s: a snapshot is a JPEG picture; name the file .jpg", args[0])
	}
	if c.timeout <= 0 || c.timeout > 5*time.Minute {
		return cli.Usagef("--timeout %v is not a time up to 5m", c.timeout)
	}
	if c.settle < 0 || c.settle >= c.timeout {
		return cli.Usagef("--settle %v is not a time below --timeout %v", c.settle, c.timeout)
	}
	chosen, err := c.choose(a.Config)
	if err != nil {
		return err
	}
	if !a.Given["settle"] && strings.HasPrefix(chosen.URI, "v4l2:") {
		c.settle = min(webcamSettles, c.timeout/2)
	}
	data, err := c.take(ctx, a, chosen)
	if err != nil {
		return err
	}
	info, err := (&decode.Decoder{Limits: limits(a.Config)}).Sniff(data)
	if err != nil {
		return err
	}
	report := snapshotReport{Path: args[0], Source: chosen.String(), Width: info.Width, Height: info.Height}
	if report.Bytes, report.SHA256, err = atomicfile.Write(args[0], 0o644, bytes.NewReader(data)); err != nil {
		return err
	}
	return a.Result(report, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %d x %d pixels, %d bytes, of %s\n", report.Path, report.Width, report.Height, report.Bytes, report.Source)
	})
}

// choose finds the source. Its options come from the configuration, if that names it.
func (c *snapshotCommand) choose(cfg config.Config) (config.Source, error) {
	switch {
	case c.uri == "" && len(cfg.Sources) == 1:
		return cfg.Sources[0], nil
	case c.uri == "" && len(cfg.Sources) == 0:
		return config.Source{}, cli.Usagef("no source is configured: name one with --source URI")
	case c.uri == "":
		return config.Source{}, cli.Usagef("%d sources are configured: name one with --source URI", len(cfg.Sources))
	}
	for _, s := range cfg.Sources {
		if s.URI == c.uri || s.String() == c.uri { // as the status shows it
			return s, nil
		}
	}
	return config.Source{URI: c.uri}, nil
}

// take asks the process that owns the store if it watches the source, since most
// cameras can be opened only once. Otherwise it opens the source itself.
func (c *snapshotCommand) take(ctx context.Context, a *cli.App, chosen config.Source) ([]byte, error) {
	if _, held := storage.Holder(a.Config.Data); held {
		api := client.New(a.Config.Data)
		defer api.Close()
		if st, err := api.Status(ctx); err == nil {
			for _, s := range st.Sources {
				if s.URI == redact.Text(chosen.URI) {
					a.Log.Debug("asking the service, which watches this source", "source", s.URI)
					return api.SourceImage(ctx, s.URI, c.timeout)
				}
			}
		}
	}
	return c.open(ctx, a, chosen)
}

// errTaken ends a source that has delivered its picture.
var errTaken = errors.New("taken")

// open watches the source until it has delivered a good picture and settled, or
// until it fails. A picture that came before it failed is good enough.
func (c *snapshotCommand) open(command context.Context, a *cli.App, chosen config.Source) ([]byte, error) {
	decoder := &decode.Decoder{Limits: limits(a.Config)}
	ctx, stop := context.WithCancelCause(command)
	defer stop(nil)
	late := time.AfterFunc(c.timeout, func() { stop(fmt.Errorf("no picture within %v; --timeout gives it longer", c.timeout)) })
	defer late.Stop()
	source, err := sources.Open(chosen.URI, sources.Options{
		Limits: decoder.Limits, Decoder: decoder, Live: chosen.LiveOptions, Seed: a.Config.Model.Seed,
		Changed: func(state string, err error) {
			if state != camera.StateLive { // no second attempt: a person can repeat the command
				stop(err)
			}
		},
	})
	if err != nil {
		return nil, err
	}
	var picture []byte
	var unread error
	var first time.Time
	err = source.Run(ctx, func(ctx context.Context, f camera.Frame) error {
		data, err := f.JPEG(ctx, decoder, snapshotQuality)
		if unread = err; err != nil {
			return nil
		}
		if picture = data; first.IsZero() {
			first = time.Now()
		}
		if time.Since(first) < c.settle {
			return nil
		}
		return errTaken
	})
	if picture != nil && command.Err() == nil {
		return picture, nil
	}
	if err == nil {
		err = context.Cause(ctx)
	}
	if err == nil { // the source has an end
		err = errors.New("it ended without a picture")
	}
	return nil, errors.Join(fmt.Errorf("%s: %w", source.URI(), err), unread)
}
