package v4l2

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// player writes pictures into a node of v4l2loopback, like a camera. testdata/guest/run
// supplies such a node.
type player struct {
	path string
	fd   int
	stop chan struct{}
	done sync.WaitGroup
}

// loopback finds the node and makes it deliver a format.
func loopback(t *testing.T, pixels FourCC, width, height int) *player {
	t.Helper()
	path := ""
	entries, _ := os.ReadDir("/sys/class/video4linux")
	for _, e := range entries {
		if name, _ := os.ReadFile("/sys/class/video4linux/" + e.Name() + "/name"); strings.TrimSpace(string(name)) == "loopback" {
			path = "/dev/" + e.Name()
		}
	}
	if path == "" {
		if os.Getenv("EDGECLR_TEST_GUEST") != "" {
			t.Fatal("the guest has no v4l2loopback")
		}
		t.Skip("no node of v4l2loopback here; run camera/v4l2/testdata/guest/run")
	}
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &player{path: path, fd: fd, stop: make(chan struct{})}
	t.Cleanup(func() {
		p.pause()
		unix.Close(fd)
	})
	const output = 2 // the type of its buffers
	f := format{typ: output, pix: pixFormat{
		width: uint32(width), height: uint32(height), pixelformat: uint32(pixels), field: fieldNone, sizeimage: uint32(width * height * 2),
	}}
	if err := ioctl(fd, vidiocSFmt, &f); err != nil {
		t.Fatal(err)
	}
	return p
}

// play writes the pictures in turn, until pause. The node is a camera when it returns.
func (p *player) play(t *testing.T, pictures ...[]byte) {
	t.Helper()
	p.done.Add(1)
	go func() {
		defer p.done.Done()
		for i := 0; ; i++ {
			if _, err := unix.Write(p.fd, pictures[i%len(pictures)]); err != nil {
				t.Errorf("writing: %v", err)
				return
			}
			select {
			case <-p.stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	ctx := within(t)
	for {
		d, err := Open(p.path)
		switch {
		case err == nil:
			d.Close()
			return
		case !errors.Is(err, ErrNotCamera) || ctx.Err() != nil:
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
}

func (p *player) pause() {
	close(p.stop)
	p.done.Wait()
	p.stop = make(chan struct{})
}

// coloured is a JPEG of Go's encoder, with and without its Huffman tables, which are the standard ones.
func coloured(t *testing.T, w, h int) (whole, bare []byte) {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = byte(i*i>>8) | byte(i>>11)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	whole = b.Bytes()
	at := bytes.Index(whole, []byte{0xff, 0xc4})
	length := 2 + int(binary.BigEndian.Uint16(whole[at+2:]))
	return whole, append(bytes.Clone(whole[:at]), whole[at+length:]...)
}

// Motion-JPEG without tables, as webcams send it, with damaged pictures in between.
func TestLoopbackMJPEG(t *testing.T) {
	whole, bare := coloured(t, 320, 240)
	want, err := jpeg.Decode(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	p := loopback(t, MJPEG, 320, 240)
	p.play(t, bare, bare[:len(bare)/2], append(append([]byte{}, bare...), make([]byte, 500)...), bare[:3], whole)
	c := start(t, p.path, Settings{})
	if l := c.Layout(); l.Format != MJPEG || l.Width != 320 || l.Height != 240 {
		t.Fatalf("%+v", l)
	}
	ctx := within(t)
	for c.Stats().Pictures < 20 {
		picture, err := c.Next(ctx)
		switch {
		case errors.Is(err, ErrDamaged):
		case err != nil:
			t.Fatal(err)
		case picture.Image != nil:
			t.Error("pixels of a JPEG")
		case time.Since(picture.Time) > time.Minute || time.Until(picture.Time) > 0:
			t.Errorf("made %v", picture.Time)
		}
		if err != nil {
			continue
		}
		if m, err := jpeg.Decode(bytes.NewReader(picture.JPEG)); err != nil || !reflect.DeepEqual(m, want) {
			t.Errorf("a JPEG of %d bytes shows something else: %v", len(picture.JPEG), err)
		}
	}
	if s := c.Stats(); s.Damaged == 0 {
		t.Errorf("%+v", s)
	}
}

// A camera that falls silent and sends again.
func TestLoopbackSilence(t *testing.T) {
	p := loopback(t, YUYV, 64, 48)
	black := make([]byte, 64*48*2)
	for i := range black {
		black[i] = []byte{16, 128}[i%2]
	}
	p.play(t, black)
	c := start(t, p.path, Settings{Width: 1280, Height: 720}) // the driver has one size
	if m := next(t, c).Image; m.Width != 64 || m.Height != 48 || m.Pix[0] != 0 || m.Pix[len(m.Pix)-1] != 0 {
		t.Errorf("%d x %d, %v", m.Width, m.Height, m.Pix[:3])
	}
	p.pause()
	for err := error(nil); err == nil; {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		if _, err = c.Next(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		cancel()
	}
	p.play(t, black)
	next(t, c)
}

// The error about a missing format lists those of the camera.
func TestLoopbackOtherFormat(t *testing.T) {
	p := loopback(t, YUYV, 64, 48)
	p.play(t, make([]byte, 64*48*2))
	_, err := Start(p.path, Settings{Format: MJPEG})
	if !errors.Is(err, ErrSetting) || !strings.Contains(err.Error(), "YUYV") {
		t.Error(err)
	}
}
