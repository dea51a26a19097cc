package machine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"
)

// ErrGone is returned when the machine ended by itself.
var ErrGone = errors.New("qemu ended")

// Machine is a running guest. Cut or Shutdown ends it.
type Machine struct {
	*Shell
	Port   int // of ssh, on the host's loopback interface
	qemu   *exec.Cmd
	stderr bytes.Buffer  // of qemu; read it when done is closed
	done   chan struct{} // closed when qemu has ended
	err    error         // of qemu; read it when done is closed
}

// Boot starts qemu and waits until systemd has started everything. The context bounds only
// the boot.
func Boot(ctx context.Context, o Options) (*Machine, error) {
	signer, err := key(o.Key)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	authorized := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
	m := &Machine{Port: port, qemu: exec.Command("qemu-system-x86_64", o.arguments(port, authorized)...), done: make(chan struct{})}
	m.qemu.Stderr = &m.stderr
	// Pdeathsig: qemu never outlives this process. Setpgid: no signal of the terminal reaches qemu, which would
	// shut down in order.
	m.qemu.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := m.qemu.Start(); err != nil {
		return nil, err
	}
	go func() {
		m.err = m.qemu.Wait()
		close(m.done)
	}()
	if err := m.connect(ctx, fmt.Sprintf("127.0.0.1:%d", port), signer); err != nil {
		m.Cut()
		return nil, fmt.Errorf("boot: %w", err)
	}
	// is-system-running also fails when the system is degraded, which means that some unit failed.
	state, err := m.Run(ctx, "systemctl is-system-running --wait || systemctl list-units --failed --no-legend")
	if err == nil && state != "running" {
		err = fmt.Errorf("systemd is %s", state)
	}
	if err != nil {
		m.Cut()
		return nil, fmt.Errorf("boot: %w", err)
	}
	return m, nil
}

// connect retries until the guest's ssh server answers.
func (m *Machine) connect(ctx context.Context, address string, signer ssh.Signer) error {
	retry := time.NewTicker(500 * time.Millisecond)
	defer retry.Stop()
	for {
		shell, err := dial(ctx, address, signer)
		if err == nil {
			m.Shell = shell
			return nil
		}
		select {
		case <-retry.C:
		case <-m.done:
			return fmt.Errorf("%w (%v): %s", ErrGone, m.qemu.ProcessState, &m.stderr)
		case <-ctx.Done():
			return fmt.Errorf("%w; the last attempt: %w", context.Cause(ctx), err)
		}
	}
}

// Cut kills qemu. What the guest has not yet written to a disk is lost.
func (m *Machine) Cut() {
	_ = m.qemu.Process.Kill() // it may have ended already
	<-m.done
	m.hangUp()
}

// Shutdown powers the guest off in order, as an administrator does. When ctx ends first,
// it cuts the power.
func (m *Machine) Shutdown(ctx context.Context) error {
	defer m.hangUp()
	// The connection ends before the command answers.
	_, _ = m.Run(ctx, "systemctl poweroff")
	select {
	case <-m.done:
		return m.err
	case <-ctx.Done():
		m.Cut()
		return fmt.Errorf("power off: %w", context.Cause(ctx))
	}
}

func (m *Machine) hangUp() {
	if m.Shell != nil {
		m.Shell.close()
	}
}

// freePort returns an unused TCP port of the loopback interface.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := listener.Addr().(*net.TCPAddr).Port
	return port, listener.Close()
}
