package mjpeg

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// reader is the common interface of both readers.
type reader interface{ Next() ([]byte, error) }

// drain reads to the end. It returns the pictures, the errors about single pictures, and the
// last error.
func drain(t testing.TB, r reader) (pictures [][]byte, harmless []error, end error) {
	t.Helper()
	for range 100_000 {
		p, err := r.Next()
		switch {
		case err == nil:
			pictures = append(pictures, p)
		case aboutOnePicture(err):
			harmless = append(harmless, err)
		default:
			return pictures, harmless, err
		}
	}
	t.Fatal("no end")
	return nil, nil, nil
}

func TestReader(t *testing.T) {
	a, b, thumb, prog := small(t, 10), small(t, 20), withThumbnail(t), progressive()
	zeros := make([]byte, maxJunk+bufferSize+100)
	frame := bytes.Index(a, []byte{0xff, 0xc0}) // the frame header
	for _, tc := range []struct {
		name     string
		stream   []byte
		want     [][]byte
		harmless []error
		end      string
	}{
		{"nothing", nil, nil, nil, "EOF"},
		{"one", a, [][]byte{a}, nil, "EOF"},
		{"several without separators", join(a, b, thumb, prog, a), [][]byte{a, b, thumb, prog, a}, nil, "EOF"},
		{"a thumbnail has an end of its own", join(thumb, b), [][]byte{thumb, b}, nil, "EOF"},
		{"junk between", join([]byte("\r\n\xff\xff\x00"), a, []byte("junk \xff\xd9 \xff"), b, []byte("\n")), [][]byte{a, b}, nil, "EOF"},
		{"cut in its data", join(a[:len(a)-20], b), [][]byte{b}, []error{ErrCut}, "EOF"},
		{"cut between segments", join(a[:frame], b), [][]byte{b}, []error{ErrCut}, "EOF"},
		{"cut at the end of the stream", join(a, b[:len(b)-1]), [][]byte{a}, nil, "EOF"},
		{"cut in a segment at the end of the stream", join(a, b[:30]), [][]byte{a}, nil, "EOF"},
		{"an impossible length", join(soi, []byte{0xff, 0xe0, 0, 1}, a), [][]byte{a}, []error{ErrBroken}, "EOF"},
		{"cut in a segment", join(a[:30], b, a), [][]byte{a}, []error{ErrBroken}, "EOF"},
		{"too large", join(soi, segment(markerSOS), bytes.Repeat([]byte{1}, 50_000), eoi, b), [][]byte{b}, []error{ErrTooLarge}, "EOF"},
		{"too large, in segments", join(soi, segment(0xe0, make([]byte, 40_000)...), eoi, b), [][]byte{b}, []error{ErrTooLarge}, "EOF"},
		{"text", []byte("ffmpeg: no such file"), nil, nil, `EOF after 20 bytes in which no JPEG picture begins (the first are "ffmpeg: no such ")`},
		{"a megabyte of something else", join(zeros, a), [][]byte{a}, []error{ErrNoJPEG}, "EOF"},
	} {
		for kind, slow := range map[string]func(io.Reader) io.Reader{
			"": func(r io.Reader) io.Reader { return r }, ", byte by byte": iotest.OneByteReader,
		} {
			t.Run(tc.name+kind, func(t *testing.T) {
				got, harmless, end := drain(t, NewReader(slow(bytes.NewReader(tc.stream)), 32<<10))
				compare(t, got, tc.want)
				if len(harmless) != len(tc.harmless) {
					t.Fatalf("errors %v, want %v", harmless, tc.harmless)
				}
				for i, want := range tc.harmless {
					if !errors.Is(harmless[i], want) {
						t.Errorf("error %v, want %v", harmless[i], want)
					}
				}
				if !errors.Is(end, io.EOF) || end.Error() != tc.end {
					t.Errorf("end %v, want %v", end, tc.end)
				}
			})
		}
	}
}

func compare(t *testing.T, got, want [][]byte) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d pictures, want %d", len(got), len(want))
	}
	for i := range got {
		if !bytes.Equal(got[i], want[i]) {
			t.Errorf("picture %d has %d bytes, want %d", i, len(got[i]), len(want[i]))
		}
	}
}

// Next returns the error of the stream itself.
func TestReaderFails(t *testing.T) {
	lost := errors.New("lost")
	_, _, end := drain(t, NewReader(io.MultiReader(bytes.NewReader(small(t, 1)), iotest.ErrReader(lost)), 1<<20))
	if !errors.Is(end, lost) {
		t.Error(end)
	}
	_, _, end = drain(t, NewReader(io.MultiReader(strings.NewReader("\xff\xd8\xff"), iotest.ErrReader(lost)), 1<<20))
	if !errors.Is(end, lost) {
		t.Error(end)
	}
}

func FuzzReader(f *testing.F) {
	a := small(f, 3)
	for _, seed := range [][]byte{a, join(a, a), withThumbnail(f), progressive(), join(a[:40], a), {0xff, 0xd8, 0xff, 0xff}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		const limit = 4096
		whole, harmless, end := drain(t, NewReader(bytes.NewReader(stream), limit))
		check(t, whole, len(stream), limit)
		if !errors.Is(end, io.EOF) {
			t.Errorf("end %v", end)
		}
		// The size of the reads does not matter.
		slow, again, _ := drain(t, NewReader(iotest.HalfReader(bytes.NewReader(stream)), limit))
		compare(t, slow, whole)
		if len(again) != len(harmless) {
			t.Errorf("%v, then %v", harmless, again)
		}
		// Every picture that was found is also found alone.
		for _, p := range whole {
			alone, _, _ := drain(t, NewReader(bytes.NewReader(p), limit))
			compare(t, alone, [][]byte{p})
		}
	})
}

// check tests what every reader promises.
func check(t *testing.T, pictures [][]byte, length, limit int) {
	t.Helper()
	sum := 0
	for _, p := range pictures {
		if len(p) > limit || !bytes.HasPrefix(p, soi) || !bytes.HasSuffix(p, eoi) {
			t.Errorf("%d bytes from %x to %x", len(p), p[:2], p[len(p)-2:])
		}
		sum += len(p)
	}
	if sum > length {
		t.Errorf("%d bytes of pictures in %d", sum, length)
	}
}

// aboutOnePicture reports whether err is about a single picture, so that the next call may
// return another.
func aboutOnePicture(err error) bool {
	return errors.Is(err, ErrCut) || errors.Is(err, ErrBroken) || errors.Is(err, ErrTooLarge) || errors.Is(err, ErrNoJPEG)
}
