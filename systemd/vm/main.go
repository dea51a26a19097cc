// Command vm proves in virtual machines what EdgeCLR promises of a machine that
// runs unattended. It prints one line for each promise and exits with 1 when one is
// not kept. systemd/vm/test makes what it needs and runs it; `make test-vm` runs
// that.
//
// One machine installs the package. Then two machines, on copies of its disks, prove
// the other promises side by side: most of their time they wait.
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

	"golang.org/x/sync/errgroup"

	"edgeclr/systemd/vm/machine"
	"edgeclr/systemd/vm/promises"
)

func main() {
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
	flag.Uint64Var(&o.Seed, "seed", uint64(time.Now().UnixNano()), "seed that decides what a power cut keeps; the default is the time")
	again := flag.Bool("again", false, "use the disks in -work, where an earlier run has installed the package")
	machines := flag.Int("machines", defaultMachines(), "how many machines run at a time, each with 2.5 GB; the default is 2 if the memory allows it, else 1")
	only := flag.String("run", "", "regular expression: prove only these promises, after the installation")
	verbose := flag.Bool("v", false, "print each step")
	flag.Parse()
	chosen, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	report := newReport(*verbose)
	fmt.Printf("guests with %s, %d at a time, seed %d\n", o.Accelerator, *machines, o.Seed)
	if !*again {
		if err := install(ctx, report, o); err != nil {
			return err
		}
	}
	var sequences errgroup.Group
	sequences.SetLimit(*machines)
	for _, s := range promises.Sequences() {
		if s.Promises = matching(s.Promises, chosen); len(s.Promises) > 0 {
			sequences.Go(func() error { return proveSequence(ctx, report, o, s) })
		}
	}
	if err := sequences.Wait(); err != nil {
		return err
	}
	return report.close()
}

// install proves the first promise and leaves its disks in o.Work.
func install(ctx context.Context, report *report, o promises.Options) (err error) {
	keepThread()
	o.Log = report.logger("install")
	bench, err := promises.Open(ctx, o)
	if err != nil {
		return err
	}
	defer closeBench(bench)
	if !report.prove(ctx, bench, promises.Install()) {
		return report.close()
	}
	return bench.Shutdown(ctx)
}

// proveSequence proves the promises of a sequence on a machine of its own.
func proveSequence(ctx context.Context, report *report, o promises.Options, s promises.Sequence) error {
	keepThread()
	o.Log = report.logger(s.Name)
	bench, err := promises.Fork(ctx, o, s)
	if err != nil {
		return fmt.Errorf("the machine for %s: %w", s.Name, err)
	}
	defer closeBench(bench)
	for _, p := range s.Promises {
		if report.prove(ctx, bench, p); ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// keepThread keeps this goroutine on its thread: qemu dies with the thread that
// started it.
func keepThread() { runtime.LockOSThread() }

func closeBench(b *promises.Bench) {
	if err := b.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "vm:", err)
	}
}

// matching returns the promises whose names match.
func matching(all []promises.Promise, chosen *regexp.Regexp) (matching []promises.Promise) {
	for _, p := range all {
		if chosen.MatchString(p.Name) {
			matching = append(matching, p)
		}
	}
	return matching
}

// defaultMachines returns 2 where two machines and what the host needs fit into
// the free memory, else 1.
func defaultMachines() int {
	const needed = 2*machine.MemoryMB + 1024
	var info struct{ total, free, available uint64 } // in kB
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 1
	}
	if _, err := fmt.Sscanf(string(text), "MemTotal: %d kB\nMemFree: %d kB\nMemAvailable: %d kB\n",
		&info.total, &info.free, &info.available); err != nil || info.available>>10 < needed {
		return 1
	}
	return 2
}
