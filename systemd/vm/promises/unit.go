package promises

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// unit is the state of the service according to systemd.
type unit struct {
	Active   string // active, activating, failed, inactive ...
	Result   string // of the last run: success, watchdog, exit-code, signal ...
	PID      int    // 0 when the service does not run
	Restarts int    // by systemd, since it was last started by hand
	Status   int    // exit code of the last run, or its signal
}

func (b *Bench) unit(ctx context.Context) (u unit, err error) {
	out, err := b.Run(ctx, "systemctl show edgeclr -p ActiveState -p Result -p MainPID -p NRestarts -p ExecMainStatus")
	if err != nil {
		return u, err
	}
	for line := range strings.Lines(out) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		number := func() (n int) {
			if n, err = strconv.Atoi(value); err != nil {
				err = fmt.Errorf("systemctl show: %s: %w", key, err)
			}
			return n
		}
		switch key {
		case "ActiveState":
			u.Active = value
		case "Result":
			u.Result = value
		case "MainPID":
			u.PID = number()
		case "NRestarts":
			u.Restarts = number()
		case "ExecMainStatus":
			u.Status = number()
		}
		if err != nil {
			return u, err
		}
	}
	return u, nil
}

// ready waits until the service is active and answers, and its camera is live.
func (b *Bench) ready(ctx context.Context) (s status, err error) {
	err = until(ctx, startTimeout, "the service is active and its camera live", func(ctx context.Context) (any, bool, error) {
		u, err := b.unit(ctx)
		if err != nil || u.Active != "active" {
			return u, false, err
		}
		s, err = b.api.status(ctx)
		return fmt.Sprintf("%+v %+v", u, s), err == nil && s.PID == u.PID && s.source() == "live", err
	})
	return s, err
}

// flows waits until that many more frames are stored and embedded than in s.
func (b *Bench) flows(ctx context.Context, s status, more int) error {
	return until(ctx, stepTimeout, fmt.Sprintf("%d more frames are stored and embedded than %d", more, s.Frames.Stored),
		func(ctx context.Context) (any, bool, error) {
			now, err := b.api.status(ctx)
			return now, now.Frames.Stored >= s.Frames.Stored+more && now.Embeddings >= s.Embeddings+more, err
		})
}

// same returns an error unless the process is the same one as before.
func (b *Bench) same(ctx context.Context, before unit) error {
	now, err := b.unit(ctx)
	switch {
	case err != nil:
		return err
	case now.PID != before.PID || now.Restarts != before.Restarts || now.Active != before.Active:
		return fmt.Errorf("the service was %+v and is %+v", before, now)
	}
	return nil
}

// journal returns the last lines of the unit's journal, newest last.
func (b *Bench) journal(ctx context.Context, lines int) (string, error) {
	return b.Runf(ctx, "journalctl -u edgeclr --no-pager -o short-monotonic -n %d", lines)
}

// Deadlines. Under emulation the service starts in about half a minute, and a step of
// learning takes a second or two. The deadlines allow several times as long.
const (
	startTimeout = 10 * time.Minute
	stepTimeout  = 4 * time.Minute
)
