package promises

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"edgeclr/systemd/vm/disk"
	"edgeclr/systemd/vm/machine"
)

// Options says what a bench is made of.
type Options struct {
	Image       string // folder that systemd/vm/image made
	Payload     string // file that systemd/vm/payload made, a disk that is /payload in the guest
	Work        string // folder for the disks and the console's log
	Accelerator string // machine.KVM or machine.TCG
	Seed        uint64 // decides what a power cut keeps
	Log         func(format string, args ...any)
}

// Files of the payload.
const (
	PayloadPackage = "edgeclr.deb"      // the package
	PayloadUpgrade = "edgeclr-next.deb" // the same with a higher version
	PayloadTests   = "*.test"           // static test binaries of packages that use cameras
)

const (
	dataFolder  = "/var/lib/edgeclr" // the store, on the disk that can lose power
	dataBytes   = 1 << 30
	bootTimeout = 10 * time.Minute // of a boot, and of a shutdown

	// Files in Options.Work.
	rootDisk = "root.qcow2"
	dataDisk = "data.img"
	keyFile  = "key"
	console  = "console.log"
)

// Bench is the machine on which promises are proven, with the disks that outlive it.
type Bench struct {
	*machine.Machine // the one that runs now
	api              *api

	o      Options
	minNew int // see Sequence
	disk   *disk.Volatile
	server *disk.Server
	rng    *rand.Rand
}

// Open makes the disks and boots the machine for the first time. Close ends it.
func Open(ctx context.Context, o Options) (*Bench, error) {
	b := &Bench{o: o, minNew: firstMinNew, rng: rand.New(rand.NewPCG(o.Seed, 0))}
	if err := overlay(ctx, filepath.Join(o.Image, "root.img"), "raw", b.path(rootDisk)); err != nil {
		return nil, err
	}
	if err := b.open(ctx); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	if _, err := b.Run(ctx, `set -e
		mke2fs -q -t ext4 /dev/vdb
		mkdir -p `+dataFolder+` /payload
		echo '/dev/vdb `+dataFolder+` ext4 rw 0 2' >>/etc/fstab
		echo '/dev/vdc /payload ext4 ro 0 0' >>/etc/fstab
		systemctl daemon-reload
		mount -a
		sync`); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// Shutdown powers the machine off in order, so that its disks can be copied. Close
// must still be called.
func (b *Bench) Shutdown(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, bootTimeout, fmt.Errorf("it took more than %v", bootTimeout))
	defer cancel()
	m := b.Machine
	b.Machine = nil
	if err := m.Shutdown(ctx); err != nil {
		return err
	}
	if err := b.server.Wait(); err != nil {
		return err
	}
	return b.disk.Flush()
}

// Fork boots a machine for a sequence, on copies of the disks in o.Work. The package is
// installed on those disks. They must not be in use. Fork does not change them.
func Fork(ctx context.Context, o Options, s Sequence) (*Bench, error) {
	source := o.Work
	o.Work = filepath.Join(source, s.Name)
	if err := errors.Join(os.RemoveAll(o.Work), os.Mkdir(o.Work, 0o700)); err != nil {
		return nil, err
	}
	b := &Bench{o: o, minNew: s.minNew, rng: rand.New(rand.NewPCG(o.Seed, 0))}
	if err := overlay(ctx, filepath.Join(source, rootDisk), "qcow2", b.path(rootDisk)); err != nil {
		return nil, err
	}
	if err := command(ctx, "cp", "--sparse=always", filepath.Join(source, dataDisk), b.path(dataDisk)); err != nil {
		return nil, err
	}
	// The guest has the public key already.
	if err := command(ctx, "cp", filepath.Join(source, keyFile), b.path(keyFile)); err != nil {
		return nil, err
	}
	if err := b.open(ctx); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	// minNew holds from the next start of the service on.
	err := b.configure(ctx, b.configuration())
	if err == nil {
		_, err = b.ready(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// overlay makes a qcow2 disk on top of the disk base, which it does not change.
func overlay(ctx context.Context, base, format, file string) error {
	return command(ctx, "qemu-img", "create", "-q", "-f", "qcow2", "-F", format, "-b", base, file)
}

func command(ctx context.Context, name string, args ...string) error {
	c := exec.CommandContext(ctx, name, args...)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", c, err, out)
	}
	return nil
}

// open serves the data disk and boots the machine.
func (b *Bench) open(ctx context.Context) (err error) {
	if b.disk, err = disk.Open(b.path(dataDisk), dataBytes); err != nil {
		return err
	}
	if b.server, err = disk.Serve(b.disk, b.path("data.nbd")); err != nil {
		return err
	}
	return b.boot(ctx)
}

func (b *Bench) path(name string) string { return filepath.Join(b.o.Work, name) }

// boot starts the machine with its disks.
func (b *Bench) boot(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, bootTimeout, fmt.Errorf("it took more than %v; the console is in %s", bootTimeout, b.path(console)))
	defer cancel()
	began := time.Now()
	m, err := machine.Boot(ctx, machine.Options{Image: b.o.Image, Root: b.path(rootDisk), Data: b.path("data.nbd"),
		Payload: b.o.Payload, Console: b.path(console), Key: b.path(keyFile), Accelerator: b.o.Accelerator})
	if err != nil {
		return err
	}
	b.Machine, b.api = m, newAPI(m)
	b.o.Log("booted in %v; look into it by: ssh -i %s -p %d -o StrictHostKeyChecking=no root@127.0.0.1",
		time.Since(began).Round(time.Second), b.path(keyFile), m.Port)
	return nil
}

// On boots the machine if a failed promise left it off.
func (b *Bench) On(ctx context.Context) error {
	if b.Machine != nil {
		return nil
	}
	return b.boot(ctx)
}

// cut cuts the power: the machine ends at once. Each sector of the data disk that was
// not flushed is kept with probability keep.
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

// Journal returns the end of the journal of the service, for a report. If the service
// crashed, the beginning of Go's report of the crash comes first, with what was said before it:
// the stacks of all goroutines would fill the rest.
func (b *Bench) Journal(ctx context.Context) string {
	if b.Machine == nil {
		return "the machine is off"
	}
	crash, err := b.Run(ctx, "journalctl -b -u edgeclr --no-pager -o short-monotonic | grep -B12 -A40 -E '\\]: (SIG[A-Z]+: |fatal error: |panic: )' | tail -n 120 || true")
	if err != nil {
		return err.Error()
	}
	out, err := b.journal(ctx, 60)
	if err != nil {
		return err.Error()
	}
	if crash != "" {
		return crash + "\n[...]\n" + out
	}
	return out
}

// Close ends the machine and closes its disks.
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
