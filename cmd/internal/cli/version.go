package cli

import (
	"fmt"
	"io"
	"runtime/debug"
	"slices"
)

// Version is the release, which the linker sets in a package main, or the commit
// that the program was built from.
func Version(release string) string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	i := slices.IndexFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "vcs.revision" })
	if i < 0 || len(info.Settings[i].Value) < 12 {
		return "development"
	}
	return "development-" + info.Settings[i].Value[:12]
}

// printVersion answers --version.
func (a *App) printVersion() error {
	report := struct {
		Version string `json:"version"`
	}{a.Version}
	return a.Result(report, func(w io.Writer) { fmt.Fprintln(w, "edgeclr", report.Version) })
}
