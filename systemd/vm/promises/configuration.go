package promises

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

const configurationFile = "/etc/edgeclr/edgeclr.yaml"

// firstMinNew is learn.min_new while the package is installed.
const firstMinNew = 4

// configuration returns the configuration of the service in the guest. Rounds of
// learning are so small that one ends within a minute under emulation. No checkpoint is
// ever deleted, so every checkpoint that was listed once must stay.
func (b *Bench) configuration() string {
	return fmt.Sprintf(`# systemd/vm/promises
sources: [{uri: "v4l2:/dev/video0?width=320&height=180", fps: 0.5}]
model: {size: 32, threads: 1}
learn: {batch: 2, steps: 2, head_steps: 1, min_frames: 16, min_new: %d, checkpoint_every: 5s, promote: false}
probe: {capacity: 4}
gate: {enabled: false}
store: {min_free: 0, max_age: 7d, keep_checkpoints: 1000}
`, b.minNew)
}

// broken returns a configuration with a value that is not allowed.
func (b *Bench) broken() string { return b.configuration() + "log: {level: loud}\n" }

func (b *Bench) configure(ctx context.Context, text string) error {
	return b.Write(ctx, configurationFile, text)
}

// dropIn changes the unit from the next start on. An empty text removes the drop-in. The
// change survives a power cut.
func (b *Bench) dropIn(ctx context.Context, name, text string) error {
	file := "/etc/systemd/system/edgeclr.service.d/" + name + ".conf"
	if text == "" {
		_, err := b.Runf(ctx, "rm -f %s && systemctl daemon-reload", file)
		return err
	}
	if err := b.Write(ctx, file, text); err != nil {
		return err
	}
	_, err := b.Run(ctx, "systemctl daemon-reload && sync")
	return err
}

// restart restarts the service and waits until it is ready.
func (b *Bench) restart(ctx context.Context) (status, error) {
	if _, err := b.Run(ctx, "systemctl restart edgeclr"); err != nil {
		return status{}, fmt.Errorf("%w\n%s", err, b.Journal(ctx))
	}
	return b.ready(ctx)
}

// proveBadConfiguration restarts the service with a bad file, and watches it for three
// times RestartSec.
func proveBadConfiguration(ctx context.Context, b *Bench) error {
	if err := b.configure(ctx, b.broken()); err != nil {
		return err
	}
	// systemctl waits for READY=1 or the end of the service, and fails on the latter.
	if _, err := b.Run(ctx, "systemctl restart edgeclr"); err == nil {
		return errors.New("it started with a bad configuration")
	}
	before, err := b.unit(ctx)
	if err != nil {
		return err
	}
	if before.Active != "failed" || before.Result != "exit-code" || before.Status != 78 {
		return fmt.Errorf("it ended as %+v, want exit code 78", before)
	}
	if err := stays(ctx, 15*time.Second, func(ctx context.Context) error { return b.same(ctx, before) }); err != nil {
		return err
	}
	if err := b.configure(ctx, b.configuration()); err != nil {
		return err
	}
	_, err = b.restart(ctx)
	return err
}

// proveBadReload lets the running service reload a bad file, then a good one.
func proveBadReload(ctx context.Context, b *Bench) error {
	before, s, err := b.now(ctx)
	if err != nil {
		return err
	}
	if err := b.reload(ctx, b.broken()); err != nil {
		return err
	}
	err = until(ctx, stepTimeout, "the status names what is wrong with the file", func(ctx context.Context) (any, bool, error) {
		now, err := b.api.status(ctx)
		return now.Config, strings.Contains(now.Config.Error, "log.level"), err
	})
	if err != nil {
		return err
	}
	if err := b.flows(ctx, s, 3); err != nil {
		return fmt.Errorf("after a bad reload: %w", err)
	}
	if err := b.reload(ctx, b.configuration()); err != nil {
		return err
	}
	err = until(ctx, stepTimeout, "the status says that the file is in force", func(ctx context.Context) (any, bool, error) {
		now, err := b.api.status(ctx)
		return now.Config, now.Config.Error == "", err
	})
	if err != nil {
		return err
	}
	return b.same(ctx, before)
}

func (b *Bench) reload(ctx context.Context, text string) error {
	if err := b.configure(ctx, text); err != nil {
		return err
	}
	_, err := b.Run(ctx, "systemctl reload edgeclr")
	return err
}
