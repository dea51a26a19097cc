package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"edgeclr/cmd/internal/cli"
	"edgeclr/daemon/serving"
	"edgeclr/internal/install"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/storage"
)

// doctorCommand says what this board has, what it lacks, and how to repair that.
type doctorCommand struct{}

// finding is the result of one check.
type finding struct {
	Check  string `json:"check"`
	Status string `json:"status"` // ok, warn or fail
	Found  string `json:"found"`
	Mend   string `json:"mend,omitempty"` // what to do: a command or an action
}

const (
	statusOK   = "ok"
	statusWarn = "warn"
	statusFail = "fail"
)

func (c *doctorCommand) Flags(*pflag.FlagSet) {}

func (c *doctorCommand) Run(_ context.Context, a *cli.App, args []string) error {
	if err := cli.NoArgs(args); err != nil {
		return err
	}
	var found []finding
	failed := 0
	for _, check := range append(examinations(), examinePins(a.Config)...) {
		f := check(a)
		if f.Status == statusFail {
			failed++
		}
		found = append(found, f)
	}
	report := struct {
		OK       bool      `json:"ok"`
		Findings []finding `json:"findings"`
	}{failed == 0, found}
	err := a.Result(report, func(w io.Writer) {
		for _, f := range found {
			fmt.Fprintf(w, "%-4s %-12s %s\n", f.Status, f.Check, f.Found)
			if f.Mend != "" {
				fmt.Fprintf(w, "                  -> %s\n", f.Mend)
			}
		}
	})
	if err == nil && failed > 0 {
		return fmt.Errorf("%d of %d checks failed", failed, len(found))
	}
	return err
}

// examinations is the registry of checks: one entry each.
func examinations() []func(a *cli.App) finding {
	return []func(a *cli.App) finding{
		examineTensorFlow, examineOneDNN, examineDevices, examineLiteRT, examineWeights, examineEncoder, examineStore, examineDisk, examineMemory, examineWatches,
		examineCameras, examineGPIO,
	}
}

func examineTensorFlow(*cli.App) finding {
	if err := model.Load(); err != nil {
		return finding{"tensorflow", statusFail, err.Error(), install.MendSelf("make deps")}
	}
	return finding{"tensorflow", statusOK, "TensorFlow " + model.Version() + " on " + runtime.GOARCH, ""}
}

func examineOneDNN(*cli.App) finding {
	if os.Getenv(oneDNN) == "1" {
		return finding{"onednn", statusOK, oneDNN + "=1", ""}
	}
	return finding{"onednn", statusWarn, oneDNN + "=" + os.Getenv(oneDNN) + ": training runs at about half its speed", "export " + oneDNN + "=1"}
}

func examineDevices(a *cli.App) finding {
	devices, err := model.Devices(model.Runtime{Threads: a.Config.Model.Threads, Device: a.Config.Model.Device})
	if err != nil {
		return finding{"device", statusFail, err.Error(), install.MendSelf("make deps")}
	}
	return finding{"device", statusOK, model.Placement(devices) + ", " + strconv.Itoa(runtime.NumCPU()) + " cores", ""}
}

func examineWeights(a *cli.App) finding {
	set, source, err := serving.Pretrained(a.Config)
	switch {
	case err != nil:
		return finding{"weights", statusFail, err.Error(), install.MendSelf("make deps") + ", or name a good file with --weights"}
	case source == "":
		return finding{"weights", statusWarn, "none for " + a.Config.Model.Arch + ": it would start from random weights", weightsMend(a.Config.Model.Arch)}
	}
	return finding{"weights", statusOK, fmt.Sprintf("%s: %d tensors of %s", source, len(set), a.Config.Model.Arch), ""}
}

// weightsMend says how to get pretrained weights for an architecture.
func weightsMend(name string) string {
	if a, err := arch.Get(name); err == nil && a.Name == "efficientnet_lite0" {
		return install.MendSelf("make deps")
	}
	return "save torchvision's weights with torch.save(model.state_dict(), FILE) and give --weights FILE"
}

func examineStore(a *cli.App) finding {
	dir := a.Config.Data
	if holder, held := storage.Holder(dir); held {
		return finding{"store", statusOK, fmt.Sprintf("%s is owned by pid %d (%s)", dir, holder.PID, holder.Command), ""}
	}
	existing := dir
	for {
		if _, err := os.Stat(existing); err == nil || existing == filepath.Dir(existing) {
			break
		}
		existing = filepath.Dir(existing)
	}
	if err := syscall.Access(existing, 2); err != nil { // W_OK
		return finding{"store", statusFail, fmt.Sprintf("%s cannot be written: %v", existing, err),
			fmt.Sprintf("sudo chown %d %s, or name another folder with --data", os.Getuid(), existing)}
	}
	if cli.StoreExists(dir) {
		return finding{"store", statusOK, dir, ""}
	}
	return finding{"store", statusOK, dir + " (made by the first command that stores something)", ""}
}

// leastDisk is what a new store needs for checkpoints and some frames, in bytes.
const leastDisk = 500 << 20

func examineDisk(a *cli.App) finding {
	existing := a.Config.Data
	var st syscall.Statfs_t
	for syscall.Statfs(existing, &st) != nil && existing != filepath.Dir(existing) {
		existing = filepath.Dir(existing)
	}
	free := int64(st.Bavail) * st.Bsize
	text := fmt.Sprintf("%d MB free on the disk of %s", free>>20, existing)
	switch {
	case free < leastDisk:
		return finding{"disk", statusFail, text, "free some space, or name a folder on another disk with --data"}
	case free < int64(a.Config.Store.MinFree):
		return finding{"disk", statusWarn, text + ", less than store.min_free", "free some space, or lower store.min_free"}
	}
	return finding{"disk", statusOK, text, ""}
}

// leastMemory is what learning at the default size needs, in bytes.
const leastMemory = 1500 << 20

func examineMemory(*cli.App) finding {
	available := procNumber("/proc/meminfo", "MemAvailable:") << 10
	text := fmt.Sprintf("%d MB available", available>>20)
	if available < leastMemory {
		return finding{"memory", statusWarn, text, "stop other programs, or learn with a smaller learn.batch or fewer learn.stages"}
	}
	return finding{"memory", statusOK, text, ""}
}

func examineWatches(*cli.App) finding {
	data, err := os.ReadFile("/proc/sys/fs/inotify/max_user_watches")
	if err != nil {
		return finding{"inotify", statusWarn, "no inotify: folders are rescanned on a timer", ""}
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(data)))
	text := fmt.Sprintf("%d watches", n)
	if n < 8192 {
		return finding{"inotify", statusWarn, text + ": large folder trees are rescanned on a timer", "sudo sysctl fs.inotify.max_user_watches=65536"}
	}
	return finding{"inotify", statusOK, text, ""}
}

// procNumber reads the number after a name in a file of /proc. It is 0 if the name
// is not there.
func procNumber(path, name string) int64 {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		if len(fields) > 1 && fields[0] == name {
			n, _ := strconv.ParseInt(fields[1], 10, 64)
			return n
		}
	}
	return 0
}
