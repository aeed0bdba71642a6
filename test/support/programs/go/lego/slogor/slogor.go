// Package slogor stands in for the log handler of the same name: plain text on the writer.
package slogor

import (
	"io"
	"log/slog"
)

// OptionFn changes the handler.
type OptionFn func(*slog.HandlerOptions)

// SetLevel leaves out what is below.
func SetLevel(level slog.Leveler) OptionFn { return func(o *slog.HandlerOptions) { o.Level = level } }

// SetTimeFormat changes nothing here.
func SetTimeFormat(string) OptionFn { return func(*slog.HandlerOptions) {} }

// DisableColor changes nothing here.
func DisableColor() OptionFn { return func(*slog.HandlerOptions) {} }

// NewHandler makes the handler.
func NewHandler(w io.Writer, options ...OptionFn) slog.Handler {
	settings := &slog.HandlerOptions{}
	for _, option := range options {
		option(settings)
	}
	return slog.NewTextHandler(w, settings)
}
