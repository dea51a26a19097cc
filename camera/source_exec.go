package camera

import (
	"context"
	"fmt"
	"strings"

	"edgeclr/camera/command"
	"edgeclr/camera/mjpeg"
	"edgeclr/camera/redact"
)

// openCommand makes a source of "exec:COMMAND", a command that writes JPEG
// pictures to its standard output, one behind the other.
func openCommand(line string, opt OpenOptions) (Source, error) {
	uri := redact.Text("exec:" + line)
	if strings.TrimSpace(line) == "" {
		return nil, fmt.Errorf("%w %q: the command is missing, write exec:COMMAND, like exec:rpicam-vid -t 0 --codec mjpeg -o -", ErrBadURI, uri)
	}
	limit, log := opt.Limits.MaxBytes, opt.Log.With("source", uri)
	return newLive(uri, opt, func(context.Context) (connection, error) {
		process, err := command.Start(line, log)
		if err != nil {
			return nil, err
		}
		return &commandConnection{process, mjpeg.NewReader(process, limit)}, nil
	}), nil
}

// commandConnection is a running command.
type commandConnection struct {
	process  *command.Process
	pictures *mjpeg.Reader
}

func (c *commandConnection) next(ctx context.Context) (capture, error) {
	stop := context.AfterFunc(ctx, c.process.Interrupt)
	defer stop()
	data, err := c.pictures.Next()
	return capture{data: data}, refusal(err)
}

func (c *commandConnection) Close() error { return c.process.Close() }
