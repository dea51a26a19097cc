package mjpeg

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// part is one part of a message, with its boundary's line.
func part(line, header string, body []byte) []byte {
	return join([]byte(line+"\r\n"+header+"\r\n"), body)
}

func TestMultipart(t *testing.T) {
	a, b, thumb, png := small(t, 10), small(t, 20), withThumbnail(t), []byte("\x89PNG and so on")
	long := func(p []byte) string {
		return fmt.Sprintf("Content-Type: image/jpeg\r\nContent-Length: %d\r\n", len(p))
	}
	const plain = "Content-Type: image/jpeg\r\n"
	nl := []byte("\r\n")
	for _, tc := range []struct {
		name, boundary string
		stream         []byte
		want           [][]byte
		harmless       []error
		end            string
	}{
		{"as RFC 2046 has it", "x", join(part("--x", long(a), a), nl, part("--x", long(b), b), nl, []byte("--x--\r\n")), [][]byte{a, b}, nil, "EOF"},
		{"a preamble", "x", join([]byte("hello\r\n\r\n"), part("--x", long(a), a)), [][]byte{a}, nil, "EOF"},
		{"without Content-Length", "x", join(part("--x", plain, a), nl, part("--x", plain, thumb), nl, part("--x", plain, b)), [][]byte{a, thumb, b}, nil, "EOF"},
		{"without and without line ends", "x", join(part("--x", plain, a), part("--x", plain, b)), [][]byte{a, b}, nil, "EOF"},
		{"no header", "x", join(part("--x", "", a), nl, []byte("--x\r\n"), b), [][]byte{a, b}, nil, "EOF"},
		{"dashes in the parameter", "--x", join(part("--x", long(a), a), nl, part("--x", long(b), b)), [][]byte{a, b}, nil, "EOF"},
		{"dashes in the parameter, doubled in the stream", "--x", join(part("----x", long(a), a), nl, part("----x", long(b), b)), [][]byte{a, b}, nil, "EOF"},
		{"no dashes in the stream", "x", join(part("x", long(a), a), nl, part("x", long(b), b)), [][]byte{a, b}, nil, "EOF"},
		{"no parameter", "", join(part("--whatever", long(a), a), nl, part("--whatever", plain, b)), [][]byte{a, b}, nil, "EOF"},
		{"bare line feeds, odd case", "x", []byte(fmt.Sprintf("--x\ncontent-length : %d\n\n%s\n--x\nX: y\n\n%s", len(a), a, b)), [][]byte{a, b}, nil, "EOF"},
		{"empty parts", "x", join(part("--x", "Content-Length: 0\r\n", nil), nl, part("--x", long(a), a)), [][]byte{a}, nil, "EOF"},
		{"a length that is no number", "x", join(part("--x", "Content-Length: many\r\n", a), nl, part("--x", "Content-Length: -4\r\n", b)), [][]byte{a, b}, nil, "EOF"},
		{"another kind of picture", "x", join(part("--x", long(png), png), nl, part("--x", long(a), a)), [][]byte{png, a}, nil, "EOF"},
		{"a length that is too small", "x", join(part("--x", "Content-Length: 9\r\n", a), nl, part("--x", long(b), b)), [][]byte{a[:9], b}, nil, "EOF"},
		{"a length that is too small, no line end", "x", join(part("--x", "Content-Length: 9\r\n", a), part("--x", long(b), b)), [][]byte{a[:9], b}, nil, "EOF"},
		{"a huge length", "x", join(part("--x", "Content-Length: 999999999999\r\n", a), nl, part("--x", long(b), b)), [][]byte{b}, []error{ErrTooLarge}, "EOF"},
		{"cut without a length", "x", join(part("--x", plain, a[:len(a)-9]), part("--x", plain, b), part("--x", plain, a)), [][]byte{b, a}, []error{ErrCut}, "EOF"},
		{"the end within a part", "x", join(part("--x", long(a), a), nl, part("--x", long(b), b[:40])), [][]byte{a}, nil, "EOF"},
		{"the end within a header", "x", []byte("--x\r\nContent-"), nil, nil, "EOF"},
		{"behind the last boundary", "x", join(part("--x", long(a), a), []byte("\r\n--x--\r\n"), part("--x", long(b), b)), [][]byte{a}, nil, "EOF"},
		{"a page", "x", []byte("<html>busy</html>"), nil, nil, `EOF after 17 bytes without a boundary (the first are "<html>busy</html")`},
		{"another boundary", "y", join(part("--x", long(a), make([]byte, 2*maxJunk+100_000))), nil, []error{ErrNoJPEG, ErrNoJPEG}, "EOF"},
		{"a long header", "x", join(part("--x", strings.Repeat("A: b\r\n", 9000), nil), part("--x", long(b), b)), [][]byte{b}, []error{ErrTooLarge}, "EOF"},
		{"a long header line", "x", join(part("--x", "A: "+strings.Repeat("b", 200_000)+"\r\n", nil), part("--x", long(b), b)), [][]byte{b}, []error{ErrTooLarge}, "EOF"},
	} {
		for kind, slow := range map[string]func(io.Reader) io.Reader{
			"": func(r io.Reader) io.Reader { return r }, ", byte by byte": iotest.OneByteReader,
		} {
			t.Run(tc.name+kind, func(t *testing.T) {
				got, harmless, end := drain(t, NewMultipart(slow(bytes.NewReader(tc.stream)), tc.boundary, 32<<10))
				compare(t, got, tc.want)
				if len(harmless) != len(tc.harmless) {
					t.Fatalf("errors %v, want %v", harmless, tc.harmless)
				}
				for i, want := range tc.harmless {
					if !errors.Is(harmless[i], want) {
						t.Errorf("error %v, want %v", harmless[i], want)
					}
				}
				if !errors.Is(end, io.EOF) || !strings.HasPrefix(end.Error(), tc.end) {
					t.Errorf("end %v, want %v", end, tc.end)
				}
			})
		}
	}
}

func FuzzMultipart(f *testing.F) {
	a := small(f, 3)
	f.Add("x", join(part("--x", fmt.Sprintf("Content-Length: %d\r\n", len(a)), a), []byte("\r\n--x--")))
	f.Add("--x", join(part("--x", "", a), part("--x", "", a[:50]), part("--x", "", a)))
	f.Add("", []byte("--\n\n--\nContent-Length: 3\n\n123"))
	f.Fuzz(func(t *testing.T, boundary string, stream []byte) {
		const limit = 4096
		whole, harmless, end := drain(t, NewMultipart(bytes.NewReader(stream), boundary, limit))
		if !errors.Is(end, io.EOF) {
			t.Errorf("end %v", end)
		}
		for _, p := range whole {
			if len(p) == 0 || len(p) > limit {
				t.Errorf("a part of %d bytes", len(p))
			}
		}
		slow, again, _ := drain(t, NewMultipart(iotest.HalfReader(bytes.NewReader(stream)), boundary, limit))
		compare(t, slow, whole)
		if len(again) != len(harmless) {
			t.Errorf("%v, then %v", harmless, again)
		}
	})
}
