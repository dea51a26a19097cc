package promises

import (
	"context"
	"fmt"
	"strings"
)

// proveInstall installs the package with dpkg, like an administrator who has written the
// configuration before.
func proveInstall(ctx context.Context, b *Bench) error {
	if err := b.configure(ctx, b.configuration()); err != nil {
		return err
	}
	if _, err := b.Run(ctx, "DEBIAN_FRONTEND=noninteractive dpkg --force-confold -i /payload/"+PayloadPackage); err != nil {
		return err
	}
	b.o.Log("installed")
	s, err := b.ready(ctx)
	if err != nil {
		return err
	}
	user, err := b.Runf(ctx, "ps -o user= -p %d", s.PID)
	if err != nil {
		return err
	}
	if user != "edgeclr" {
		return fmt.Errorf("it runs as %q", user)
	}
	// A score of 2.0: the threshold is in tenths.
	if out, err := b.Run(ctx, "systemd-analyze security --threshold=20 --no-pager edgeclr"); err != nil {
		return fmt.Errorf("the sandbox: %s: %w", out, err)
	}
	if _, err := b.Run(ctx, "systemctl is-enabled edgeclr"); err != nil {
		return err
	}
	if err := b.flows(ctx, s, 3); err != nil {
		return err
	}
	if err := b.learned(ctx, 1); err != nil {
		return err
	}
	_, err = b.Run(ctx, "edgeclr status")
	return err
}

// learned waits until that many rounds of learning have left a checkpoint.
func (b *Bench) learned(ctx context.Context, want int) error {
	return until(ctx, startTimeout, fmt.Sprintf("%d rounds of learning have left a checkpoint", want), func(ctx context.Context) (any, bool, error) {
		all, err := b.api.checkpoints(ctx)
		if err != nil {
			return nil, false, err
		}
		s, err := b.api.status(ctx)
		return fmt.Sprintf("%d checkpoints, %+v", len(all)-1, s), len(all) > want, err // one is the pretrained one
	})
}

// proveUpgrade installs the same package with a higher version while the service runs.
func proveUpgrade(ctx context.Context, b *Bench) error {
	before, s, err := b.now(ctx)
	if err != nil {
		return err
	}
	const version = "dpkg-query -W -f '${Version}' edgeclr"
	old, err := b.Run(ctx, version)
	if err != nil {
		return err
	}
	if _, err := b.Run(ctx, "DEBIAN_FRONTEND=noninteractive dpkg -i /payload/"+PayloadUpgrade); err != nil {
		return err
	}
	after, err := b.ready(ctx)
	if err != nil {
		return err
	}
	new, err := b.Run(ctx, version)
	switch {
	case err != nil:
		return err
	case new == old:
		return fmt.Errorf("the version is still %s", old)
	case after.PID == before.PID:
		return fmt.Errorf("it still runs as process %d", after.PID)
	case after.Store.ID != s.Store.ID || after.Store.Frames < s.Store.Frames:
		return fmt.Errorf("the store was %+v and is %+v", s.Store, after.Store)
	}
	text, err := b.Run(ctx, "cat "+configurationFile)
	if err != nil {
		return err
	}
	if text != strings.TrimSpace(b.configuration()) {
		return fmt.Errorf("the configuration is another one:\n%s", text)
	}
	return b.flows(ctx, after, 3)
}

// provePurge purges the package with everything that it brought or made. The user stays, as
// is usual in Debian. The store's folder is a mount here, so the purge empties it.
func provePurge(ctx context.Context, b *Bench) error {
	// The drop-ins are those of the promises, also of one that failed.
	if _, err := b.Run(ctx, "rm -rf /etc/systemd/system/edgeclr.service.d && systemctl daemon-reload"); err != nil {
		return err
	}
	if _, err := b.Run(ctx, "DEBIAN_FRONTEND=noninteractive dpkg --purge edgeclr"); err != nil {
		return err
	}
	left, err := b.Run(ctx, `{ find / /var/lib/edgeclr -xdev -iname '*edgeclr*' ! -path /var/lib/edgeclr; find /var/lib/edgeclr /etc/edgeclr -mindepth 1 ! -name lost+found 2>/dev/null
		systemctl list-units --all --no-legend 'edgeclr*'; pgrep -a edgeclr; } || true`)
	if err != nil {
		return err
	}
	if left != "" {
		return fmt.Errorf("it left:\n%s", left)
	}
	return nil
}
