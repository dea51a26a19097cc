package machine

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// Shell runs commands as root in the guest. It is safe for concurrent use.
type Shell struct {
	client *ssh.Client
}

// attempt is how long one attempt to connect may take. A guest that is still booting
// accepts the connection and says nothing.
const attempt = 10 * time.Second

func dial(ctx context.Context, address string, signer ssh.Signer) (*Shell, error) {
	conn, err := (&net.Dialer{Timeout: attempt}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	config := &ssh.ClientConfig{
		User: "root",
		Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)},
		// This process has just started the machine, and reaches it over the loopback interface.
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

// Run returns the standard output of the command, without the last line break. An error
// contains its standard error. The error of a command that failed is an
// *ssh.ExitError.
func (s *Shell) Run(ctx context.Context, command string) (string, error) {
	return s.run(ctx, command, nil)
}

// Runf is Run with a formatted command.
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
	// Close fails when the command has ended, since the session is closed then.
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
	// When the context ends first, the library's DialContext leaves a goroutine until the guest answers or ends.
	return s.client.DialContext(ctx, "unix", path)
}

func (s *Shell) close() { _ = s.client.Close() }

// key reads the private key in that file, which ssh -i can use too. It makes a missing
// one.
func key(file string) (ssh.Signer, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = makeKey(file)
	}
	if err != nil {
		return nil, err
	}
	return ssh.ParsePrivateKey(text)
}

func makeKey(file string) ([]byte, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(block)
	return text, os.WriteFile(file, text, 0o600)
}
