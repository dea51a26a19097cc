package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"edgeclr/camera/gpio"
	"edgeclr/cmd/edgeclr/internal/cameras"
	"edgeclr/daemon/blend/check"
	"edgeclr/tflite/litert"
)

// TestMain lets the test program act as the command: `edgeclr` in scripts and in
// child processes of tests is the real main.
func TestMain(m *testing.M) {
	if check.Child() {
		os.Exit(0)
	}
	testscript.Main(m, map[string]func(){"edgeclr": main})
}

// TestScript runs testdata/script. A new case is a new file.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			for _, v := range environment(env.WorkDir) {
				name, value, _ := strings.Cut(v, "=")
				env.Setenv(name, value)
			}
			env.Values[daemonsKey{}] = daemons{}
			return nil
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root":
				return os.Geteuid() == 0, nil
			case "weights":
				return pretrainedFile() != "", nil
			case "litert":
				_, err := litert.Load("")
				return err == nil, nil
			case "cameras":
				return len(cameras.Examine("/dev")) > 0, nil
			case "shared":
				_, err := os.Stat(filepath.Join(sharedFolder(), "data"))
				return err == nil, nil
			case "gpio":
				_, err := gpio.Devices()
				return !errors.Is(err, gpio.ErrNone), nil
			}
			return false, os.ErrInvalid
		},
		Cmds: scriptCommands(),
	})
}

// environment is the environment of the program under test. It has none of the
// tester's own settings, and small networks, so that a case takes seconds.
func environment(home string) []string {
	return []string{
		"HOME=" + home,
		"PATH=" + os.Getenv("PATH"),
		"LD_LIBRARY_PATH=" + os.Getenv("LD_LIBRARY_PATH"), // where TensorFlow or LiteRT lie elsewhere than in .deps
		"TMPDIR=" + home,
		"LANG=C.UTF-8", "TZ=UTC",
		"EDGECLR_DATA=" + filepath.Join(home, "store"),    // otherwise root would use the store of the system
		"LD_LIBRARY_PATH=" + os.Getenv("LD_LIBRARY_PATH"), // LiteRT, before it is installed
		"EDGECLR_SERVE_SIZE=32",
		"EDGECLR_MODEL_RUNTIME=tensorflow", // starts without a check; runtime.txtar has the others
		"EDGECLR_WEIGHTS=" + pretrainedFile(),
		"EDGECLR_STORE_MIN_FREE=0",
	}
}

// pretrainedFile is the file of pretrained weights: the one that the variable names,
// or the one that `make deps` fetches. It is "" if there is none.
func pretrainedFile() string {
	path := os.Getenv("EDGECLR_WEIGHTS")
	if path == "" {
		path = "../../.deps/weights/efficientnet_lite0.pth"
	}
	return existing(path)
}

func existing(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

func sharedFolder() string {
	path := os.Getenv("EDGECLR_SHARED")
	if path == "" {
		path = "../../../shared"
	}
	path, _ = filepath.Abs(path)
	return path
}
