package httpstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"edgeclr/camera/mjpeg"
)

// take opens the camera and reads n pictures.
func take(t *testing.T, target Target, n int) error {
	t.Helper()
	s, err := Open(t.Context(), target)
	if err != nil {
		return err
	}
	defer s.Close()
	want := frame(t)
	for range n {
		p, err := s.Next(t.Context())
		if err != nil {
			return err
		}
		if !bytes.Equal(p, want) {
			t.Fatalf("%d bytes, want %d", len(p), len(want))
		}
	}
	return nil
}

// The Content-Type of the answer decides how pictures are read.
func TestStreamKinds(t *testing.T) {
	p := frame(t)
	for _, tc := range []struct{ contentType, body, problem string }{
		{"multipart/x-mixed-replace; boundary=b", fmt.Sprintf("--b\r\n\r\n%s\r\n--b\r\n\r\n%s", p, p), ""},
		{`Multipart/X-Mixed-Replace ; charset=x; BOUNDARY="--b:b"`, fmt.Sprintf("--b:b\r\nContent-Length: %d\r\n\r\n%s\r\n--b:b\r\n\r\n%s", len(p), p, p), ""},
		{"multipart/x-mixed-replace", fmt.Sprintf("--b\r\n\r\n%s\r\n--b\r\n\r\n%s", p, p), ""},
		{"video/x-motion-jpeg", string(p) + string(p), ""},
		{"application/octet-stream", string(p) + "junk" + string(p), ""},
		{"image/jpeg", string(p), ""}, // asked for twice
		{"text/html; charset=utf-8", "<html>", `"text/html; charset=utf-8", which is neither an MJPEG stream nor a picture`},
		{"video/mp4", "mp4", "neither"},
		{"multipart/x-mixed-replace; boundary=b", "", "the camera ended its stream: EOF"},
	} {
		t.Run(tc.contentType, func(t *testing.T) {
			camera := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tc.contentType)
				_, _ = io.WriteString(w, tc.body)
			})
			err := take(t, target(t, camera.URL, "/x", ""), 2)
			if tc.problem == "" && err != nil || tc.problem != "" && (err == nil || !strings.Contains(err.Error(), tc.problem)) {
				t.Errorf("got %v, want %q", err, tc.problem)
			}
		})
	}
}

func TestAuthentication(t *testing.T) {
	p := frame(t)
	basic := func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if user, password, _ := r.BasicAuth(); user == "me" && password == "se@ret" {
				next(w, r)
				return
			}
			w.Header().Set("WWW-Authenticate", `basic realm="x"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
	}
	for _, tc := range []struct {
		name, user string
		camera     http.HandlerFunc
		problem    string
	}{
		{"basic", "me:se%40ret", basic(parts(p, 3, true)), ""},
		{"digest", "me:se%40ret", digested("", "", "se@ret", parts(p, 3, true)), ""},
		{"digest with qop", "me:se%40ret", digested("MD5", "auth", "se@ret", parts(p, 3, true)), ""},
		{"digest with both qop", "me:se%40ret", digested("MD5", "auth,auth-int", "se@ret", parts(p, 3, true)), ""},
		{"digest SHA-256", "me:se%40ret", digested("SHA-256", "auth", "se@ret", parts(p, 3, true)), ""},
		{"wrong password", "me:other", digested("MD5", "auth", "se@ret", parts(p, 3, true)), "refuses this user and password (401 Unauthorized)"},
		{"none", "", digested("MD5", "auth", "se@ret", parts(p, 3, true)), "http://USER:PASSWORD@HOST/PATH"},
		{"not asked for", "me:se%40ret", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "" {
				t.Error("sent before it was asked for")
			}
			parts(p, 3, true)(w, r)
		}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := take(t, target(t, serve(t, tc.camera).URL, "/a%20b?c=d", tc.user), 3)
			if tc.problem == "" && err != nil || tc.problem != "" && (err == nil || !strings.Contains(err.Error(), tc.problem)) {
				t.Errorf("got %v, want %q", err, tc.problem)
			}
			if err != nil && strings.Contains(err.Error(), "ret") {
				t.Errorf("the error holds the password: %v", err)
			}
		})
	}
}

// A camera whose nonce is used up asks again for each picture.
func TestStillsAuthenticateAgain(t *testing.T) {
	var asked, refused atomic.Int32
	picture := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write(frame(t))
	}
	inner := digested("MD5", "auth", "pw", picture)
	camera := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1)%3 == 0 { // stale
			refused.Add(1)
			r.Header.Del("Authorization")
		}
		inner(w, r)
	})
	if err := take(t, target(t, camera.URL, "/", "me:pw"), 10); err != nil || refused.Load() < 3 {
		t.Errorf("%v after %d refusals", err, refused.Load())
	}
}

// Credentials go to the camera's own host, on any port, and nowhere else.
func TestRedirects(t *testing.T) {
	p := frame(t)
	second := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/other" && r.Header.Get("Authorization") != "" {
			t.Error("another host got the credentials")
		}
		if r.Header.Get("Authorization") == "" && r.URL.Path == "/own" {
			w.Header().Set("WWW-Authenticate", "Basic")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		parts(p, 1, true)(w, r)
	})
	first := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/own":
			http.Redirect(w, r, second.URL+"/own", http.StatusFound)
		case "/other":
			if r.Header.Get("Authorization") == "" {
				w.Header().Set("WWW-Authenticate", "Basic")
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			http.Redirect(w, r, strings.Replace(second.URL, "127.0.0.1", "localhost", 1)+"/other", http.StatusMovedPermanently)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		default:
			http.Redirect(w, r, "/round", http.StatusFound)
		}
	})
	for path, problem := range map[string]string{"/own": "", "/other": "", "/file": "not an address", "/round": "more than 5 times"} {
		err := take(t, target(t, first.URL, path, "me:pw"), 1)
		if problem == "" && err != nil || problem != "" && (err == nil || !strings.Contains(err.Error(), problem)) {
			t.Errorf("%s: got %v, want %q", path, err, problem)
		}
	}
}

// A picture that is too large or cut costs only itself.
func TestStillDamage(t *testing.T) {
	var n atomic.Int32
	camera := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		switch n.Add(1) {
		case 2:
			_, _ = w.Write(make([]byte, 5000))
		case 3:
			w.Header().Set("Content-Length", "4000")
			_, _ = w.Write(make([]byte, 3000))
		default:
			_, _ = w.Write(frame(t))
		}
	})
	to := target(t, camera.URL, "/", "")
	to.Limit = 4096
	s, err := Open(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i, want := range []error{nil, mjpeg.ErrTooLarge, mjpeg.ErrCut, nil} {
		if _, err := s.Next(t.Context()); !errors.Is(err, want) {
			t.Errorf("picture %d: %v, want %v", i, err, want)
		}
	}
}

// The error of an unreachable camera says why, and comes in time.
func TestOpenFails(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	for _, tc := range []struct{ name, address, want string }{
		{"nobody there", closed.URL, "connection refused; the host is there, and no camera at this port"},
		{"silence", "http://" + silent.Addr().String(), "does not answer in time"},
		{"no such name", "http://no-such-camera.invalid", "is the name right?"},
		{"not found", serve(t, http.NotFound).URL, "nothing at /x (404 Not Found)"},
		{"broken", serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }).URL, "answers 503 Service Unavailable"},
		{"certificate", secure.URL, "certificate is not trusted"},
		{"not TLS", "https" + strings.TrimPrefix(serve(t, http.NotFound).URL, "http"), "does not speak TLS at this port"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			s, err := Open(ctx, target(t, tc.address, "/x", "me:password"))
			if err == nil {
				s.Close()
				t.Fatal("it opened")
			}
			if !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "password") {
				t.Errorf("got %q, want %q", err, tc.want)
			}
		})
	}
}

// A read ends with its context, even if the camera is silent.
func TestNextEnds(t *testing.T) {
	camera := serve(t, parts(frame(t), 1, true))
	s, err := Open(t.Context(), target(t, camera.URL, "/", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestParseTarget(t *testing.T) {
	for _, address := range []string{"http:", "http:///x", "http:cam/x", "http://me:pass%word@cam/", "http://me:password@/", "ftp://cam"} {
		if _, err := ParseTarget(address); !errors.Is(err, ErrAddress) || strings.Contains(err.Error(), "pass%word") || strings.Contains(err.Error(), "me:") {
			t.Errorf("%s: %v", address, err)
		}
	}
	got, err := ParseTarget("https://me:pw@cam:8443/a%20b?c=d#e")
	if err != nil || got.URL.String() != "https://cam:8443/a%20b?c=d" || got.User.String() != "me:pw" {
		t.Errorf("%+v, %v", got, err)
	}
}
