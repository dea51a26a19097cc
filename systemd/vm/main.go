// Command vm proves in a virtual machine what EdgeCLR promises of a machine that
// runs unattended. It prints one line a promise and exits with 1 when one is not
// kept. systemd/vm/test makes what it needs and runs it; `make test-vm` runs that.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"syscall"
	"time"

	"edgeclr/systemd/vm/machine"
	"edgeclr/systemd/vm/promises"
)

func main() {
	// qemu dies with the thread that started it, which must be one that stays.
	runtime.LockOSThread()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "vm:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	var o promises.Options
	flag.StringVar(&o.Image, "image", "", "folder that systemd/vm/image made")
	flag.StringVar(&o.Payload, "payload", "", "disk that systemd/vm/payload made")
	flag.StringVar(&o.Work, "work", "", "folder for the disks of this run")
	flag.StringVar(&o.Accelerator, "accel", machine.Accelerator(), "kvm or tcg; the default is what works here")
	flag.Uint64Var(&o.Seed, "seed", uint64(time.Now().UnixNano()), "of what a power cut keeps")
	flag.BoolVar(&o.Again, "again", false, "go on with the disks in -work, where the package is installed: the first promise is left out")
	only := flag.String("run", "", "regular expression: prove only these, and the first, which installs")
	verbose := flag.Bool("v", false, "tell what is done")
	flag.Parse()
	chosen, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	report := report{verbose: *verbose, start: time.Now()}
	o.Log = report.detail

	fmt.Printf("a guest with %s, seed %d\n", o.Accelerator, o.Seed)
	bench, err := promises.Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() {
		if err := bench.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "vm:", err)
		}
	}()
	report.prove(ctx, bench, chosen, o.Again)
	return report.close()
}
