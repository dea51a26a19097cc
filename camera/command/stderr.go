package command

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"time"

	"edgeclr/camera/redact"
)

const (
	maxLine   = 500         // bytes of a line that are kept
	keepLines = 5           // for the error
	logLines  = 10          // in a logPeriod
	logPeriod = time.Minute // ten lines a minute: ffmpeg can write thousands
	tailBytes = 600         // of the last lines in an error
)

// stderrLog keeps the last lines that are written to it, and logs as many as the rate
// allows, without credentials. A carriage return ends a line too, as in progress bars.
type stderrLog struct {
	log *slog.Logger

	mu     sync.Mutex
	last   []string
	line   []byte    // the current one
	period time.Time // start of the current period
	logged int       // lines in this period
	lost   int       // lines that were not logged in this period
}

func newStderrLog(log *slog.Logger) *stderrLog { return &stderrLog{log: log} }

// Write implements io.Writer. It never fails.
func (l *stderrLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for rest := b; len(rest) > 0; {
		i := bytes.IndexAny(rest, "\r\n")
		if i < 0 {
			l.add(rest)
			break
		}
		l.add(rest[:i])
		l.finish()
		rest = rest[i+1:]
	}
	return len(b), nil
}

// end finishes a line without a line break.
func (l *stderrLog) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.finish()
}

func (l *stderrLog) add(b []byte) { l.line = append(l.line, b[:min(len(b), maxLine-len(l.line))]...) }

// finish ends the current line.
func (l *stderrLog) finish() {
	text := redact.Text(strings.TrimSpace(strings.ToValidUTF8(string(l.line), "?")))
	l.line = l.line[:0]
	if text == "" {
		return
	}
	l.last = append(l.last[max(0, len(l.last)-keepLines+1):], text)
	if now := time.Now(); now.Sub(l.period) >= logPeriod {
		if l.lost > 0 {
			l.log.Info("the camera's command said more", "lines", l.lost)
		}
		l.period, l.logged, l.lost = now, 0, 0
	}
	if l.logged++; l.logged > logLines {
		l.lost++
		return
	}
	l.log.Info("the camera's command says", "line", text)
}

// tail returns the last lines as part of an error.
func (l *stderrLog) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.last) == 0 {
		return ""
	}
	words := strings.Join(l.last, " / ")
	if len(words) > tailBytes {
		words = "..." + strings.ToValidUTF8(words[len(words)-tailBytes:], "")
	}
	return "; it said: " + words
}
