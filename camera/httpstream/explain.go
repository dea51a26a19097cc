package httpstream

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// explain adds to an error of the network what mends it.
func explain(err error) error {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var lookup *net.DNSError
	switch {
	case errors.As(err, &certificate):
		return fmt.Errorf("the camera's certificate is not trusted: %w; add it to those of the system (update-ca-certificates), name a file with it in SSL_CERT_FILE, or use http", err)
	case errors.As(err, &record):
		return fmt.Errorf("%w; the camera does not speak TLS at this port: write http", err)
	case errors.As(err, &lookup):
		return fmt.Errorf("%w; is the name right? An address in numbers works too", err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w; the host is there, and no camera at this port", err)
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%w; is the camera on, and can this board reach it?", err)
	}
	return err
}
