package main

import (
	"fmt"
	"slices"
	"strings"

	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
	"edgeclr/internal/install"
	"edgeclr/tflite/litert"
)

// litertFound is what the check of LiteRT finds out.
type litertFound struct {
	version, path string
	here          []litert.Accelerator
	err           error // of loading the library
}

func examineLiteRT(a *cli.App) finding {
	var f litertFound
	library, err := litert.Load("")
	if err != nil {
		f.err = err
		return f.finding(a.Config.Model)
	}
	f.version, f.path = library.Version(), library.Path()
	f.here, f.err = library.Accelerators()
	return f.finding(a.Config.Model)
}

// finding judges by what the configuration asks for. Only where it demands LiteRT, its lack is a failure.
func (f litertFound) finding(m config.Model) finding {
	status := statusWarn
	switch m.Runtime {
	case config.RuntimeLiteRT:
		status = statusFail
	case config.RuntimeTensorFlow:
		status = statusOK
	}
	if f.err != nil {
		found := f.err.Error()
		if m.Runtime == config.RuntimeTensorFlow {
			return finding{"litert", status, "none, and model.runtime is tensorflow: " + found, ""}
		}
		if m.Runtime == config.RuntimeAuto {
			found += "; TensorFlow embeds, which takes longer"
		}
		return finding{"litert", status, found, install.MendSelf("make deps") + ", or set model.runtime: tensorflow"}
	}
	names := make([]string, len(f.here))
	for i, h := range f.here {
		names[i] = h.String()
	}
	text := fmt.Sprintf("LiteRT %s on %s (%s)", f.version, strings.Join(names, ", "), f.path)
	switch {
	case f.version != litert.Release:
		return finding{"litert", statusWarn, text + ": it may differ from " + litert.Release + ", which this program is written for",
			"unset " + litert.Variable + ", or build LiteRT " + litert.Release}
	case m.Accelerator != config.AcceleratorAuto && !slices.Contains(names, m.Accelerator):
		return finding{"litert", status, text + ": there is no " + m.Accelerator, "set model.accelerator: cpu"}
	}
	return finding{"litert", statusOK, text, ""}
}
