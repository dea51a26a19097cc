package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/pflag"

	"edgeclr/cmd/edgeclr/internal/cameras"
	"edgeclr/cmd/internal/cli"
	"edgeclr/daemon/client"
)

// camerasCommand lists the cameras at this machine and what they offer. It needs no
// store.
type camerasCommand struct{}

func (c *camerasCommand) Flags(*pflag.FlagSet) {}

func (c *camerasCommand) Run(_ context.Context, a *cli.App, args []string) error {
	if err := cli.NoArgs(args); err != nil {
		return err
	}
	all := cameras.Examine("/dev")
	report := struct {
		Cameras []cameras.Camera `json:"cameras"`
	}{all}
	err := a.Result(report, func(w io.Writer) {
		for _, camera := range all {
			camera.Print(w)
		}
	})
	switch {
	case err != nil:
		return err
	case len(all) == 0:
		return fmt.Errorf("%w: no camera at this machine; %s", client.ErrNothingFound, cameraHelp)
	case !slices.ContainsFunc(all, func(c cameras.Camera) bool { return c.Error == "" }):
		return fmt.Errorf("none of the %d cameras could be asked what it offers; the list says why", len(all))
	}
	return nil
}

// cameraHelp says what to look at when a camera is missing.
const cameraHelp = "check its cable and what `lsusb` and `sudo dmesg` say. " +
	"A CSI camera is not such a device. It needs a program of its own: --source 'exec:rpicam-vid -t 0 -n --codec mjpeg -o -' on a Raspberry Pi, " +
	"exec: with gst-launch-1.0 and nvarguscamerasrc on a Jetson. A network camera is --source http://HOST/PATH"
