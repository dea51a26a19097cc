package systemd

import (
	"context"
	"io"
	"log/slog"

	"github.com/coreos/go-systemd/v22/journal"
)

// UnderJournal reports whether systemd's journal reads standard error.
func UnderJournal() bool {
	is, err := journal.StderrIsJournalStream()
	return err == nil && is
}

// Prefixes that tell the journal the level of a line (sd-daemon(3)).
const (
	PrefixError = "<3>"
	prefixWarn  = "<4>"
	prefixInfo  = "<6>"
	prefixDebug = "<7>"
)

// prefix returns the prefix of a line of that level.
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

// NewJournalHandler returns a handler that writes for the journal. inner makes the handler
// of the lines. They have no time, since the journal adds it, and begin with the level as a
// prefix, which `journalctl -p` uses.
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

// prefixed writes a prefix before each line. slog's handlers write a record with one call
// of Write.
type prefixed struct {
	w      io.Writer
	prefix string
}

func (p *prefixed) Write(line []byte) (int, error) {
	_, err := p.w.Write(append([]byte(p.prefix), line...))
	return len(line), err
}

// journalHandler holds a handler for each prefix.
type journalHandler map[string]slog.Handler

func (h journalHandler) Enabled(ctx context.Context, l slog.Level) bool {
	return h[prefix(l)].Enabled(ctx, l)
}

func (h journalHandler) Handle(ctx context.Context, r slog.Record) error {
	return h[prefix(r.Level)].Handle(ctx, r)
}

func (h journalHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return h.each(func(one slog.Handler) slog.Handler { return one.WithAttrs(attrs) })
}

func (h journalHandler) WithGroup(name string) slog.Handler {
	return h.each(func(one slog.Handler) slog.Handler { return one.WithGroup(name) })
}

func (h journalHandler) each(change func(slog.Handler) slog.Handler) journalHandler {
	all := journalHandler{}
	for prefix, one := range h {
		all[prefix] = change(one)
	}
	return all
}
