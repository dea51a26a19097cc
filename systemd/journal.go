package systemd

import (
	"io"
	"log/slog"

	"github.com/coreos/go-systemd/v22/journal"
)

// UnderJournal reports whether standard error is read by systemd's journal.
func UnderJournal() bool {
	is, err := journal.StderrIsJournalStream()
	return err == nil && is
}

// Prefixes by which the journal tells the levels of lines (sd-daemon(3)).
const (
	PrefixError = "<3>"
	prefixWarn  = "<4>"
	prefixInfo  = "<6>"
	prefixDebug = "<7>"
)

// prefix of a line of that level.
func prefix(l slog.Level) string {
	switch {
	case l >= slog.LevelError:
		return PrefixError
	case l >= slog.LevelWarn:
		return prefixWarn
	case l >= slog.LevelInfo:
		return prefixInfo
	}
	return prefixDebug
}

// NewJournalHandler writes records for the journal: those of the handler that
// inner makes, one a line, without their time, which the journal has itself, and
// with their level as a prefix, by which `journalctl -p` selects.
func NewJournalHandler(w io.Writer, o slog.HandlerOptions, inner func(io.Writer, *slog.HandlerOptions) slog.Handler) slog.Handler {
	replace := o.ReplaceAttr
	o.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		if replace != nil {
			return replace(groups, a)
		}
		return a
	}
	h := journalHandler{}
	for _, l := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		h[prefix(l)] = inner(&prefixed{w, prefix(l)}, &o)
	}
	return h
}

// prefixed puts a prefix before each line. A record is one Write.
type prefixed struct {
	w      io.Writer
	prefix string
}

func (p *prefixed) Write(line []byte) (int, error) {
	_, err := p.w.Write(append([]byte(p.prefix), line...))
	return len(line), err
}
