package main

import (
	"fmt"
	"io"
	"runtime/debug"
	"slices"
)

// release is set by the linker for releases.
var release string //nolint:gochecknoglobals // the linker can only set a variable

// version answers --version.
func (a *app) version() error {
	report := struct {
		Version string `json:"version"`
	}{version()}
	return a.result(report, func(w io.Writer) { fmt.Fprintln(w, "edgeclr", report.Version) })
}

// version is the release, or the commit that the program was built from.
func version() string {
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
