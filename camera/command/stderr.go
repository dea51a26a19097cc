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
	maxLine    = 500         // bytes that are kept of a line
	keepLines  = 5           // for the error
	logLines   = 10          // a logPeriod
	logPeriod  = time.Minute // ten lines a minute: ffmpeg can write thousands
	wordsBytes = 600         // of the last lines in an error
)

// lines keeps the last lines of what is written to it, and logs as many as the
// rate allows, without credentials. A carriage return ends a line too: progress is shown so.
type lines struct {
	log *slog.Logger

	mu     sync.Mutex
	last   []string
	line   []byte    // that is not at its end
	period time.Time // the beginning of the present one
	logged int       // in it
	lost   int       // lines that were not logged in it
}

func newLines(log *slog.Logger) *lines { return &lines{log: log} }

// Write implements io.Writer. It never fails.
func (l *lines) Write(b []byte) (int, error) {
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

// end finishes a line without an end.
func (l *lines) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.finish()
}

func (l *lines) add(b []byte) { l.line = append(l.line, b[:min(len(b), maxLine-len(l.line))]...) }

// finish takes the line over.
func (l *lines) finish() {
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

// tail is the last lines as a part of an error.
func (l *lines) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.last) == 0 {
		return ""
	}
	words := strings.Join(l.last, " / ")
	if len(words) > wordsBytes {
		words = "..." + strings.ToValidUTF8(words[len(words)-wordsBytes:], "")
	}
	return "; it said: " + words
}
