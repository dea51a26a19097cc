package machine

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// Shell runs commands as root in the guest. It is safe for concurrent use.
type Shell struct {
	client *ssh.Client
}

// attempt is how long one attempt to connect may take; a guest that is not up
// yet takes the connection and says nothing.
const attempt = 10 * time.Second

func dial(ctx context.Context, address string, signer ssh.Signer) (*Shell, error) {
	conn, err := (&net.Dialer{Timeout: attempt}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	config := &ssh.ClientConfig{
		User: "root",
		Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)},
		// It is the machine that this process has just started, by the loopback interface.
		HostKeyCallback: ssh.InsecureIgnoreHostKey(),
	}
	if err := conn.SetDeadline(time.Now().Add(attempt)); err != nil {
		_ = conn.Close()
		return nil, err
	}
	c, channels, requests, err := ssh.NewClientConn(conn, address, config)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		_ = c.Close()
		return nil, err
	}
	return &Shell{ssh.NewClient(c, channels, requests)}, nil
}

// Run gives what the command printed on standard output, without the last line
// break. An error has what it printed on standard error; a command that failed is
// an *ssh.ExitError.
func (s *Shell) Run(ctx context.Context, command string) (string, error) {
	return s.run(ctx, command, nil)
}

// Runf is Run with a command made by fmt.Sprintf.
func (s *Shell) Runf(ctx context.Context, format string, args ...any) (string, error) {
	return s.Run(ctx, fmt.Sprintf(format, args...))
}

// Write makes a file in the guest.
func (s *Shell) Write(ctx context.Context, path, text string) error {
	_, err := s.run(ctx, fmt.Sprintf("mkdir -p $(dirname '%s') && cat >'%[1]s'", path), strings.NewReader(text))
	return err
}

func (s *Shell) run(ctx context.Context, command string, input io.Reader) (string, error) {
	session, err := s.client.NewSession()
	if err != nil {
		return "", fmt.Errorf("%s: %w", command, err)
	}
	// The session is closed already when the command has ended.
	defer context.AfterFunc(ctx, func() { _ = session.Close() })()
	defer func() { _ = session.Close() }()
	var out, problems bytes.Buffer
	session.Stdin, session.Stdout, session.Stderr = input, &out, &problems
	if err := session.Run(command); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return strings.TrimSpace(out.String()), fmt.Errorf("%s: %w: %s", command, err, strings.TrimSpace(problems.String()))
	}
	return strings.TrimSpace(out.String()), nil
}

// DialUnix connects to a Unix socket in the guest.
func (s *Shell) DialUnix(ctx context.Context, path string) (net.Conn, error) {
	// The library's DialContext leaves a goroutine behind when the context ends first, until the guest answers or is gone.
	return s.client.DialContext(ctx, "unix", path)
}

func (s *Shell) close() { _ = s.client.Close() }
