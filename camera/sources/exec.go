package sources

import (
	"context"
	"fmt"
	"strings"

	"edgeclr/camera"
	"edgeclr/camera/command"
	"edgeclr/camera/mjpeg"
	"edgeclr/camera/redact"
)

// openExec makes a source of "exec:COMMAND". The command writes JPEG pictures to
// its standard output, one after the other.
func openExec(line string, opt Options) (camera.Source, error) {
	uri := redact.Text("exec:" + line)
	if strings.TrimSpace(line) == "" {
		return nil, fmt.Errorf("%w %q: the command is missing, write exec:COMMAND, like exec:rpicam-vid -t 0 --codec mjpeg -o -", camera.ErrBadURI, uri)
	}
	limit, log := opt.Limits.MaxBytes, opt.Log.With("source", uri)
	return newLive(uri, opt, func(context.Context) (connection, error) {
		process, err := command.Start(line, log)
		if err != nil {
			return nil, err
		}
		return &execConnection{process, mjpeg.NewReader(process, limit)}, nil
	}), nil
}

// execConnection reads the pictures of a running command.
type execConnection struct {
	process  *command.Process
	pictures *mjpeg.Reader
}

func (c *execConnection) next(ctx context.Context) (capture, error) {
	stop := context.AfterFunc(ctx, c.process.Interrupt)
	defer stop()
	data, err := c.pictures.Next()
	return capture{data: data}, withReason(err)
}

func (c *execConnection) Close() error { return c.process.Close() }
