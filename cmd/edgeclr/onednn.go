package main

import (
	"fmt"
	"os"
	"syscall"
)

// oneDNN is the variable by which TensorFlow uses its fast kernels. The library
// reads it when it is loaded, before main.
const oneDNN = "TF_ENABLE_ONEDNN_OPTS"

// withOneDNN executes the program once more, under the same pid, when the
// variable is missing. It also quiets the library's own log unless asked.
func withOneDNN() error {
	if _, ok := os.LookupEnv(oneDNN); ok {
		return nil
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("training will be slow: set %s=1 (%w)", oneDNN, err)
	}
	environ := append(os.Environ(), oneDNN+"=1")
	if _, ok := os.LookupEnv("TF_CPP_MIN_LOG_LEVEL"); !ok {
		environ = append(environ, "TF_CPP_MIN_LOG_LEVEL=2")
	}
	return fmt.Errorf("training will be slow: set %s=1 (%w)", oneDNN, syscall.Exec(program, os.Args, environ))
}
