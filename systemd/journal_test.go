package systemd

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

func TestJournalHandler(t *testing.T) {
	text := func(w io.Writer, o *slog.HandlerOptions) slog.Handler { return slog.NewTextHandler(w, o) }
	for _, tt := range []struct {
		name  string
		inner func(io.Writer, *slog.HandlerOptions) slog.Handler
		want  string
	}{
		{"text", text, `<7>level=DEBUG msg=look
<6>level=INFO msg="it serves" checkpoint=c1
<4>level=WARN msg="a new\nline" store.path=/x
<3>level=ERROR msg=broken store.error=full
<3>level=ERROR+4 msg=worse
`},
		{"json", func(w io.Writer, o *slog.HandlerOptions) slog.Handler { return slog.NewJSONHandler(w, o) },
			`<7>{"level":"DEBUG","msg":"look"}
<6>{"level":"INFO","msg":"it serves","checkpoint":"c1"}
<4>{"level":"WARN","msg":"a new\nline","store":{"path":"/x"}}
<3>{"level":"ERROR","msg":"broken","store":{"error":"full"}}
<3>{"level":"ERROR+4","msg":"worse"}
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			log := slog.New(NewJournalHandler(&out, slog.HandlerOptions{Level: slog.LevelDebug}, tt.inner))
			log.Debug("look")
			log.With("checkpoint", "c1").Info("it serves")
			log.WithGroup("store").Warn("a new\nline", "path", "/x")
			log.WithGroup("store").Error("broken", "error", "full")
			log.Log(t.Context(), slog.LevelError+4, "worse")
			if out.String() != tt.want {
				t.Errorf("got\n%swant\n%s", &out, tt.want)
			}
		})
	}
	var out bytes.Buffer
	log := slog.New(NewJournalHandler(&out, slog.HandlerOptions{Level: slog.LevelWarn}, text))
	log.Info("not asked for")
	log.Warn("asked for", slog.Group("at", slog.Time("time", time.Unix(0, 0).UTC())))
	if want := "<4>level=WARN msg=\"asked for\" at.time=1970-01-01T00:00:00.000Z\n"; out.String() != want {
		t.Errorf("got %q, want %q", &out, want)
	}
}

// logs prints whether its standard error is the journal's.
func logs() int {
	fmt.Print(UnderJournal())
	return 0
}

// Standard error is the journal's when it is the stream that JOURNAL_STREAM
// names: the variable alone is inherited by programs that write elsewhere.
func TestUnderJournal(t *testing.T) {
	journal, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	info, err := journal.Stat()
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	stream := fmt.Sprintf("JOURNAL_STREAM=%d:%d", stat.Dev, stat.Ino)
	for _, tt := range []struct {
		name   string
		env    string
		stderr io.Writer
		want   string
	}{
		{"the journal", stream, journal, "true"},
		{"another stream", stream, io.Discard, "false"},
		{"no journal", "JOURNAL_STREAM=", journal, "false"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), envRole+"=log", tt.env)
			cmd.Stderr = tt.stderr
			out, err := cmd.Output()
			if err != nil || string(out) != tt.want {
				t.Errorf("%q, %v; want %s", out, err, tt.want)
			}
		})
	}
}
