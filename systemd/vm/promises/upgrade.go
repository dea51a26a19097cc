package promises

import (
	"context"
	"fmt"
	"strings"
)

// proveUpgrade installs the same package with a higher version over the running
// service.
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
	if text != strings.TrimSpace(configuration) {
		return fmt.Errorf("the configuration is another one:\n%s", text)
	}
	return b.flows(ctx, after, 3)
}

// provePurge takes the package away with everything that it brought or made. The
// user stays, as is usual in Debian; the store's folder is a mount here, so it
// is emptied.
func provePurge(ctx context.Context, b *Bench) error {
	if err := b.dropIn(ctx, "watchdog", ""); err != nil {
		return err
	}
	if _, err := b.Run(ctx, "rmdir /etc/systemd/system/edgeclr.service.d; DEBIAN_FRONTEND=noninteractive dpkg --purge edgeclr"); err != nil {
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
