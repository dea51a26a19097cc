package arch

import (
	"fmt"
	"sort"
	"strings"
)

// all builds the registry: one line an architecture.
func all() map[string]func() *Architecture {
	return map[string]func() *Architecture{
		"resnet18":           resNet18,
		"efficientnet_lite0": efficientNetLite0,
	}
}

// Get returns the architecture of that name. The error lists those there are.
func Get(name string) (*Architecture, error) {
	if build, ok := all()[name]; ok {
		return build(), nil
	}
	return nil, fmt.Errorf("no architecture %q: choose one of %s", name, strings.Join(Names(), ", "))
}

// Names lists the architectures, sorted.
func Names() []string {
	var names []string
	for name := range all() {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
