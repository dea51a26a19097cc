package promises

import (
	"context"
	"fmt"
)

const configurationFile = "/etc/edgeclr/edgeclr.yaml"

// configuration is that of the service in the guest: rounds of learning are so
// small that one ends within a minute under emulation, and no checkpoint is ever
// deleted, so that each that was listed must be there for ever.
const configuration = `# systemd/vm/promises
sources: [{uri: "v4l2:/dev/video0?width=320&height=180", fps: 0.5}]
model: {size: 32, threads: 1}
learn: {batch: 2, steps: 2, head_steps: 1, min_frames: 16, min_new: 4, checkpoint_every: 5s, promote: false}
probe: {capacity: 4}
gate: {enabled: false}
store: {min_free: 0, max_age: 7d, keep_checkpoints: 1000}
`

// broken has a value that is not allowed.
const broken = configuration + "log: {level: loud}\n"

func (b *Bench) configure(ctx context.Context, text string) error {
	return b.Write(ctx, configurationFile, text)
}

// dropIn changes the unit from the next start on; an empty text takes the drop-in
// away. It stays through a power cut.
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

// restart gives a service that is ready.
func (b *Bench) restart(ctx context.Context) (status, error) {
	if _, err := b.Run(ctx, "systemctl restart edgeclr"); err != nil {
		return status{}, fmt.Errorf("%w\n%s", err, b.Journal(ctx))
	}
	return b.ready(ctx)
}
