package systemd

import (
	"context"
	"log/slog"
)

// journalHandler has a handler for each prefix.
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
