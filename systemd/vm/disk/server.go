package disk

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// The parts of the NBD protocol that qemu uses, with the names of the specification,
// https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md
const (
	nbdMagic      = 0x4e42444d41474943 // "NBDMAGIC"
	optionMagic   = 0x49484156454f5054 // "IHAVEOPT"
	answerMagic   = 0x0003e889045565a9
	requestMagic  = 0x25609513
	replyMagic    = 0x67446698
	fixedNewstyle = 1

	optionAbort = 2
	optionInfo  = 6
	optionGo    = 7

	answerAck         = 1
	answerInfo        = 3
	answerUnsupported = 1<<31 + 1
	infoExport        = 0

	flagHasFlags = 1
	flagFlush    = 1 << 2
	flagFUA      = 1 << 3

	commandRead       = 0
	commandWrite      = 1
	commandDisconnect = 2
	commandFlush      = 3
	commandFUA        = 1

	errnoIO      = 5
	errnoInvalid = 22

	maxOption  = 4 << 10
	maxRequest = 64 << 20
)

var errProtocol = errors.New("not the NBD protocol")

// Server serves a disk on a Unix socket to one client at a time.
type Server struct {
	disk     *Volatile
	listener net.Listener
	done     chan struct{} // closed when serve has ended

	mu     sync.Mutex
	idle   sync.Cond // on mu; broadcast when conn becomes nil
	conn   net.Conn  // nil between clients
	closed bool
	err    error // of the last connection
}

// Serve listens on that socket. Close ends it.
func Serve(disk *Volatile, socket string) (*Server, error) {
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return nil, err
	}
	s := &Server{disk: disk, listener: listener, done: make(chan struct{})}
	s.idle.L = &s.mu
	go s.serve()
	return s, nil
}

// Close ends the connection and waits until nothing uses the disk. It returns the error of
// the last connection, if any.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	if s.conn != nil {
		_ = s.conn.Close() // the reader notices it
	}
	s.mu.Unlock()
	err := s.listener.Close()
	<-s.done
	return errors.Join(err, s.err)
}

// Wait waits until the client has left and its last request is answered.
func (s *Server) Wait() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.conn != nil {
		s.idle.Wait()
	}
	return s.err
}

func (s *Server) serve() {
	defer close(s.done)
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return // closed
		}
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			_ = conn.Close()
			return
		}
		s.conn, s.err = conn, nil
		s.mu.Unlock()

		err = talk(conn, s.disk)
		_ = conn.Close()
		s.mu.Lock()
		if !gone(err) && !s.closed {
			s.err = err
		}
		s.conn = nil
		s.idle.Broadcast()
		s.mu.Unlock()
	}
}

// gone reports whether a connection ended because the other side left: a killed qemu can
// leave at any moment.
func gone(err error) bool {
	var broken *net.OpError
	return err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &broken)
}

// talk serves one client until it disconnects.
func talk(conn net.Conn, disk *Volatile) error {
	in, out := bufio.NewReaderSize(conn, 1<<20), bufio.NewWriterSize(conn, 1<<20)
	if err := negotiate(in, out, disk.Size()); err != nil {
		return err
	}
	return transmit(in, out, disk)
}

// negotiate answers options until the client chooses the only export.
func negotiate(in *bufio.Reader, out *bufio.Writer, size int64) error {
	if err := send(out, uint64(nbdMagic), uint64(optionMagic), uint16(fixedNewstyle)); err != nil {
		return err
	}
	var clientFlags uint32
	if err := binary.Read(in, binary.BigEndian, &clientFlags); err != nil {
		return err
	}
	for {
		var option struct {
			Magic          uint64
			Number, Length uint32
		}
		if err := binary.Read(in, binary.BigEndian, &option); err != nil {
			return err
		}
		if option.Magic != optionMagic || option.Length > maxOption {
			return fmt.Errorf("option %d of %d bytes: %w", option.Number, option.Length, errProtocol)
		}
		if _, err := in.Discard(int(option.Length)); err != nil {
			return err
		}
		answer := func(kind uint32, data ...any) error {
			length := 0
			for _, d := range data {
				length += binary.Size(d)
			}
			return send(out, append([]any{uint64(answerMagic), option.Number, kind, uint32(length)}, data...)...)
		}
		switch option.Number {
		case optionInfo, optionGo:
			if err := answer(answerInfo, uint16(infoExport), uint64(size), uint16(flagHasFlags|flagFlush|flagFUA)); err != nil {
				return err
			}
			if err := answer(answerAck); err != nil {
				return err
			}
			if option.Number == optionGo {
				return nil
			}
		case optionAbort:
			return errors.Join(answer(answerAck), io.EOF)
		default: // structured replies, TLS and so on
			if err := answer(answerUnsupported); err != nil {
				return err
			}
		}
	}
}

// transmit answers requests, one after the other.
func transmit(in *bufio.Reader, out *bufio.Writer, disk *Volatile) error {
	var buffer []byte
	for {
		var request struct {
			Magic          uint32
			Flags, Command uint16
			Handle         uint64
			Offset         uint64
			Length         uint32
		}
		if err := binary.Read(in, binary.BigEndian, &request); err != nil {
			return err
		}
		if request.Magic != requestMagic || request.Length > maxRequest {
			return fmt.Errorf("command %d of %d bytes: %w", request.Command, request.Length, errProtocol)
		}
		buffer = append(buffer[:0], make([]byte, request.Length)...)
		var answer []byte
		var err error
		switch request.Command {
		case commandRead:
			answer = buffer
			_, err = disk.ReadAt(buffer, int64(request.Offset))
		case commandWrite:
			if _, err := io.ReadFull(in, buffer); err != nil {
				return err
			}
			if request.Flags&commandFUA != 0 {
				err = disk.WriteThrough(buffer, int64(request.Offset))
			} else {
				_, err = disk.WriteAt(buffer, int64(request.Offset))
			}
		case commandFlush:
			err = disk.Flush()
		case commandDisconnect:
			return nil
		default:
			err = errRange
		}
		errno := uint32(0)
		switch {
		case errors.Is(err, errRange):
			errno, answer = errnoInvalid, nil
		case err != nil:
			errno, answer = errnoIO, nil
		}
		if err := send(out, uint32(replyMagic), errno, request.Handle, answer); err != nil {
			return err
		}
	}
}

// send writes values of fixed size, big-endian, and flushes.
func send(out *bufio.Writer, values ...any) error {
	for _, v := range values {
		if err := binary.Write(out, binary.BigEndian, v); err != nil {
			return err
		}
	}
	return out.Flush()
}
