package promises

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"time"

	"edgeclr/systemd/vm/disk"
	"edgeclr/systemd/vm/machine"
)

// Options says what the bench is made of.
type Options struct {
	Image       string // folder that systemd/vm/image made
	Payload     string // file that systemd/vm/payload made, a disk that is /payload in the guest
	Work        string // empty folder for the disks and the console's log
	Accelerator string // machine.KVM or machine.TCG
	Again       bool   // Work has the disks of a run that was broken off; the package is installed
	Seed        uint64 // of what a power cut keeps
	Log         func(format string, args ...any)
}

// Files of the payload.
const (
	PayloadPackage = "edgeclr.deb"      // the package
	PayloadUpgrade = "edgeclr-next.deb" // the same with a higher version
	PayloadTests   = "*.test"           // static test binaries of packages that use cameras
)

const (
	dataFolder = "/var/lib/edgeclr" // the store, on the disk that can lose power
	dataBytes  = 1 << 30
	boots      = 6 * time.Minute
)

// Bench is the machine in which the promises are proven, and what outlives it.
type Bench struct {
	*machine.Machine // the one that runs now
	api              *api

	o      Options
	disk   *disk.Volatile
	server *disk.Server
	rng    *rand.Rand
}

// Open makes the disks and boots the machine for the first time. Close ends it.
func Open(ctx context.Context, o Options) (_ *Bench, err error) {
	b := &Bench{o: o, rng: rand.New(rand.NewPCG(o.Seed, 0))}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.Close())
		}
	}()
	if o.Again {
		return b, b.open(ctx)
	}
	overlay := exec.CommandContext(ctx, "qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw",
		"-b", filepath.Join(o.Image, "root.img"), b.path("root.qcow2"))
	if out, err := overlay.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", overlay, err, out)
	}
	if err := b.open(ctx); err != nil {
		return nil, err
	}
	_, err = b.Run(ctx, `set -e
		mke2fs -q -t ext4 /dev/vdb
		mkdir -p `+dataFolder+` /payload
		echo '/dev/vdb `+dataFolder+` ext4 rw 0 2' >>/etc/fstab
		echo '/dev/vdc /payload ext4 ro 0 0' >>/etc/fstab
		systemctl daemon-reload
		mount -a
		sync`)
	return b, err
}

// open boots the machine with its data disk.
func (b *Bench) open(ctx context.Context) (err error) {
	if b.disk, err = disk.Open(b.path("data.img"), dataBytes); err != nil {
		return err
	}
	if b.server, err = disk.Serve(b.disk, b.path("data.nbd")); err != nil {
		return err
	}
	return b.boot(ctx)
}

func (b *Bench) path(name string) string { return filepath.Join(b.o.Work, name) }

// boot starts the machine on the disks as they are.
func (b *Bench) boot(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, boots, fmt.Errorf("it took more than %v; the console is in %s", boots, b.path("console.log")))
	defer cancel()
	began := time.Now()
	m, err := machine.Boot(ctx, machine.Options{Image: b.o.Image, Root: b.path("root.qcow2"), Data: b.path("data.nbd"),
		Payload: b.o.Payload, Console: b.path("console.log"), Key: b.path("key"), Accelerator: b.o.Accelerator})
	if err != nil {
		return err
	}
	b.Machine, b.api = m, newAPI(m)
	b.o.Log("booted in %v; look into it by: ssh -i %s -p %d -o StrictHostKeyChecking=no root@127.0.0.1",
		time.Since(began).Round(time.Second), b.path("key"), m.Port)
	return nil
}

// On boots the machine if a promise that failed has left it off.
func (b *Bench) On(ctx context.Context) error {
	if b.Machine != nil {
		return nil
	}
	return b.boot(ctx)
}

// cut takes the power away: the machine is gone at once, and of what its data
// disk had not been told to flush, each sector is kept with that probability.
func (b *Bench) cut(keep float64) error {
	b.Machine.Cut()
	b.Machine = nil
	if err := b.server.Wait(); err != nil {
		return err
	}
	kept, lost, err := b.disk.Cut(func() bool { return b.rng.Float64() < keep })
	b.o.Log("power cut: of the sectors that were not flushed, %d were kept and %d lost", kept, lost)
	return err
}

// Journal gives the end of what the service and systemd said, for a report.
func (b *Bench) Journal(ctx context.Context) string {
	if b.Machine == nil {
		return "the machine is off"
	}
	out, err := b.journal(ctx, 60)
	if err != nil {
		return err.Error()
	}
	return out
}

// Close ends the machine and its disks.
func (b *Bench) Close() error {
	var errs []error
	if b.Machine != nil {
		b.Machine.Cut()
	}
	if b.server != nil {
		errs = append(errs, b.server.Close())
	}
	if b.disk != nil {
		errs = append(errs, b.disk.Close())
	}
	return errors.Join(errs...)
}
