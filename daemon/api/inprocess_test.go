package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// handlers has a handler for each thing that the handler of a request may do.
func handlers() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Kind", "echo")
		_, _ = io.Copy(w, r.Body)
	})
	mux.HandleFunc("/nothing", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/teapot", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		w.WriteHeader(http.StatusOK) // too late, as in net/http
		fmt.Fprint(w, "short and stout")
	})
	mux.HandleFunc("/abort", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "half of")
		panic(http.ErrAbortHandler)
	})
	mux.HandleFunc("/abort-at-once", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		for chunk := make([]byte, 1<<16); ; {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/waits", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	return mux
}

// TestMain also checks that every handler has ended, with goleak.
func TestInProcess(t *testing.T) {
	caller := http.Client{Transport: inProcess{handlers(), context.Background()}}
	do := func(ctx context.Context, path string, body io.Reader) (*http.Response, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://here"+path, body)
		if err != nil {
			t.Fatal(err)
		}
		return caller.Do(r)
	}
	for _, tt := range []struct {
		name, path string
		body       []byte
		status     int
		want       string
		err        error // of reading the answer
	}{
		{"no bodies", "/nothing", nil, 200, "", nil},
		{"echo", "/echo", []byte("hello"), 200, "hello", nil},
		{"a big body", "/echo", bytes.Repeat([]byte("0123456789abcdef"), 1<<20), 200, strings.Repeat("0123456789abcdef", 1<<20), nil},
		{"a status", "/teapot", nil, 418, "short and stout", nil},
		{"an abort", "/abort", nil, 200, "half of", io.ErrUnexpectedEOF},
		{"an abort at once", "/abort-at-once", nil, 200, "", io.ErrUnexpectedEOF},
		{"no such path", "/gone", nil, 404, "404 page not found\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := do(t.Context(), tt.path, bytes.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			got, err := io.ReadAll(r.Body)
			if r.StatusCode != tt.status || string(got) != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("%d, %d bytes, %v", r.StatusCode, len(got), err)
			}
		})
	}
	t.Run("closed before its end", func(t *testing.T) {
		r, err := do(t.Context(), "/endless", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(r.Body, make([]byte, 100)); err != nil {
			t.Error(err)
		}
		r.Body.Close()
	})
	t.Run("cancelled before an answer", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if _, err := do(ctx, "/waits", nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	})
	t.Run("cancelled within the answer", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := do(ctx, "/endless", nil)
		if err != nil {
			t.Fatal(err)
		}
		cancel() // and nobody closes the body
		if _, err := io.Copy(io.Discard, r.Body); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
}
