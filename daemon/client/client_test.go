package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// answer is a transport that gives every request the same answer.
type answer func(w http.ResponseWriter, r *http.Request)

func (a answer) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	a(w, r)
	return w.Result(), nil
}

func TestProblems(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		body   string
		code   string
		text   string
		is     error
	}{
		{"a code", 404, `{"code":"not_found","message":"no frame 7"}`, "not_found", "no frame 7", storage.ErrNotFound},
		{"the same code for another error", 404, `{"code":"not_found","message":"no"}`, "not_found", "no", client.ErrNothingFound},
		{"a code that this release does not know", 418, `{"code":"teapot","message":"short"}`, "teapot", "short", nil},
		{"no problem in the body", 502, "<html>", client.CodeFailed, "502 Bad Gateway", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := client.Over(answer(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				fmt.Fprint(w, tt.body)
			}), "here")
			_, err := c.Status(t.Context())
			var remote *client.RemoteError
			if !errors.As(err, &remote) || remote.Code != tt.code || err.Error() != tt.text || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%v, %+v", err, remote)
			}
			if errors.Is(err, client.ErrForbidden) {
				t.Error("it is an error of another code")
			}
		})
	}
}

// An answer that cannot be read says to which request it came.
func TestAnswersThatCannotBeRead(t *testing.T) {
	c := client.Over(answer(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "no JSON") }), "here")
	if _, err := c.Labels(t.Context()); err == nil || !strings.Contains(err.Error(), "GET /v1/labels") {
		t.Errorf("%v", err)
	}
	if _, err := c.Embeddings(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "dimension") {
		t.Errorf("%v", err)
	}
}

// A stream that is cut in a line or in a vector does not end as if it were whole.
func TestCutEmbeddings(t *testing.T) {
	const line = `{"id":7,"path":"a.jpg"}` + "\n"
	for body, want := range map[string]error{"": io.EOF, line[:9]: io.ErrUnexpectedEOF, line + "1234567": io.ErrUnexpectedEOF, line + "12345678": nil} {
		c := client.Over(answer(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(client.HeaderDim, "2")
			fmt.Fprint(w, body)
		}), "here")
		r, err := c.Embeddings(t.Context(), "c1")
		if err != nil {
			t.Fatal(err)
		}
		got, vector, err := r.Next()
		switch {
		case want == nil && (err != nil || got.ID != 7 || len(vector) != 2):
			t.Errorf("%q: %+v, %v, %v", body, got, vector, err)
		case want == io.EOF && err != io.EOF:
			t.Errorf("%q: %v", body, err)
		case want == io.ErrUnexpectedEOF && (err == nil || err == io.EOF):
			t.Errorf("%q: %v", body, err)
		}
		r.Close()
	}
}

// The message of a service that does not answer names the socket, not the URL.
func TestNobodyAnswers(t *testing.T) {
	dir := t.TempDir()
	c := client.New(dir)
	defer c.Close()
	_, err := c.Status(t.Context())
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), filepath.Join(dir, client.SocketName)) || strings.Contains(err.Error(), "http:") {
		t.Errorf("%v", err)
	}
	if c.Reachable(t.Context()) {
		t.Error("it is reachable")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Status(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// The kernel takes no address of more than MaxSocketPath bytes.
func TestAtShortPath(t *testing.T) {
	for _, length := range []int{client.MaxSocketPath, client.MaxSocketPath + 1, 200} {
		dir := t.TempDir()
		if pad := length - len(dir) - len("/s") - 1; pad > 0 {
			dir = filepath.Join(dir, strings.Repeat("x", pad))
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "s")
		if len(path) != length {
			t.Fatalf("a path of %d bytes is no test for %d", len(path), length)
		}
		err := client.AtShortPath(path, func(short string) error {
			if (short == path) != (length <= client.MaxSocketPath) || len(short) > client.MaxSocketPath {
				t.Errorf("%d bytes: %s", length, short)
			}
			l, err := net.Listen("unix", short)
			if err == nil {
				l.Close()
			}
			return err
		})
		if err != nil {
			t.Errorf("%d bytes: %v", length, err)
		}
	}
	if err := client.AtShortPath(filepath.Join(t.TempDir(), strings.Repeat("x", 150), "s"), func(string) error { return nil }); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that does not exist: %v", err)
	}
}

// Each picture of a form has its path, whatever is in it, and its time.
func TestForm(t *testing.T) {
	when := time.Date(2026, 11, 30, 12, 0, 0, 5, time.UTC)
	contentType, body := client.Form([]client.Picture{{Path: "/a/né %\n.jpg", ModTime: when, Data: []byte("one")}, {Data: []byte("two")}})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", body)
	r.Header.Set("Content-Type", contentType)
	form, err := r.MultipartReader()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct{ path, time, data string }{{"%2Fa%2Fn%C3%A9%20%25%0A.jpg", "2026-11-30T12:00:00.000000005Z", "one"}, {"", "", "two"}} {
		part, err := form.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(part)
		if err != nil || part.Header.Get(client.HeaderPath) != want.path || part.Header.Get(client.HeaderModTime) != want.time || string(data) != want.data {
			t.Errorf("%v, %q, %v", part.Header, data, err)
		}
	}
	if _, err := form.NextPart(); err != io.EOF {
		t.Errorf("%v", err)
	}
}
