package main

import (
	"context"
	"fmt"
	"strings"

	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
	"edgeclr/daemon"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/internal/install"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// examineEncoder says what computes the vectors: in the service that owns the store, or
// else here, with the configured encoder. There it compares LiteRT with TensorFlow as a
// service does when it starts.
func examineEncoder(a *cli.App) finding {
	if _, held := storage.Holder(a.Config.Data); held {
		st, err := client.New(a.Config.Data).Status(context.Background())
		if err != nil {
			return finding{"encoder", statusWarn, "the service does not answer: " + err.Error(), ""}
		}
		return encoderFinding("the service computes vectors by ", st.Checkpoint.Encoder)
	}
	cfg := a.Config
	cfg.Serve.Precision = config.PrecisionFloat // int8 is calibrated on stored pictures
	if cfg.Encoder.File != "" {
		return finding{"encoder", statusOK, "a service would compute vectors by the file of encoder.file; `edgeclr check` tries it", ""}
	}
	o := blend.Configured(cfg)
	if err := o.LoadLiteRT(); err != nil && cfg.Model.Runtime == config.RuntimeLiteRT {
		return finding{"encoder", statusFail, "a service would not start, since model.runtime is litert: " + err.Error(), install.MendSelf("make deps") + ", or set model.runtime: auto"}
	}
	set, _, err := serving.Pretrained(cfg)
	if err != nil {
		return finding{"encoder", statusWarn, "without weights there is none", ""} // weights says why
	}
	e, err := o.Open(context.Background(), o.Serving(storage.Checkpoint{Arch: cfg.Model.Arch, Size: cfg.ServingSize()}),
		blend.Halves{Adapted: func() (weights.Set, error) { return set, nil }})
	if err != nil {
		return finding{"encoder", statusFail, err.Error(), "see the lines above"}
	}
	defer e.Close()
	return encoderFinding("a service would compute vectors by ", daemon.EncoderStatus(e.Report()))
}

// encoderFinding warns when something else computes than the configuration asks for.
func encoderFinding(who string, e client.EncoderStatus) finding {
	text := strings.Builder{}
	fmt.Fprintf(&text, "%s%s %s, %s on %s", who, e.Runtime, e.Library, e.Precision, e.Accelerator)
	if e.Checked > 0 {
		fmt.Fprintf(&text, "; lowest cosine to TensorFlow %.6f on %d pictures", e.Cosine, e.Checked)
	}
	if e.Instead == "" {
		return finding{"encoder", statusOK, text.String(), ""}
	}
	return finding{"encoder", statusWarn, text.String() + ", since " + e.Instead, "mend that, or set model.runtime, model.accelerator and serve.precision to what runs"}
}
