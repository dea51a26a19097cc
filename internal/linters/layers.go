package linters

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// module is the project's own path in imports.
const module = "edgeclr"

// layers lists the folders of the project from the lowest layer to the highest. A folder stands for all folders below it
// that are not listed themselves; the longest match counts.
var layers = [][]string{
	{"internal"},
	{"search", "systemd", "camera/redact", "camera/wait", "camera/rgb", "daemon/heartbeat"},
	{"camera"},
	{"augment", "model/weights", "storage"},
	{"model/arch", "model/objective"},
	{"model", "tflite"},
	{"config"},
	{"daemon/blend", "daemon/client", "daemon/events", "daemon/governor", "daemon/probe", "daemon/replay"},
	{"daemon/serving"},
	{"daemon/ingest", "daemon/learn"},
	{"daemon/api"},
	{"daemon"},
	{"cmd", "packaging", "systemd/vm", "third_party"},
}

// Layers finds imports that point upward, or sideways into another folder of the same layer, and packages whose layer is not
// known. Go itself refuses cycles. Tests may import what they like: they stand above everything.
func Layers(sources []Source) []string {
	var findings []string
	for _, s := range sources {
		if s.IsTest() {
			continue
		}
		own, home := layerOf(s.Folder())
		if own < 0 {
			findings = append(findings, fmt.Sprintf("%s: the folder %s has no layer; name it in internal/linters/layers.go", s.Path, s.Folder()))
			continue
		}
		for _, spec := range s.File.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil || !strings.HasPrefix(imported, module+"/") {
				continue // the Imports rule reports what cannot be read
			}
			target := strings.TrimPrefix(imported, module+"/")
			layer, folder := layerOf(target)
			switch {
			case layer > own:
				findings = append(findings, s.finding(spec.Pos(), "%s is a layer below %s and must not import it; move the shared type down", s.Folder(), target))
			case layer == own && folder != home:
				findings = append(findings, s.finding(spec.Pos(), "%s and %s are in one layer and must not import each other; move the shared type down", s.Folder(), target))
			}
		}
	}
	return findings
}

// layerOf gives the number of a folder's layer and the listed folder that decides it; -1 for none.
func layerOf(folder string) (layer int, listed string) {
	for ; folder != "."; folder = path.Dir(folder) {
		for i, l := range layers {
			if slices.Contains(l, folder) {
				return i, folder
			}
		}
	}
	return -1, ""
}
