package arch

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// registry holds the function that builds an architecture, by name.
type registry map[string]func() *Architecture

// all returns the registry of this program, one line for each architecture. The
// check of the configuration, help texts and error messages take the names from it.
func all() registry {
	return registry{
		"resnet18":           resNet18,
		"efficientnet_lite0": efficientNetLite0,
	}
}

// Get returns the architecture of that name. The error lists those that exist.
func Get(name string) (*Architecture, error) { return all().get(name) }

// Names lists the architectures, sorted.
func Names() []string { return all().names() }

func (r registry) get(name string) (*Architecture, error) {
	if build, ok := r[name]; ok {
		return build(), nil
	}
	return nil, fmt.Errorf("no architecture %q: choose one of %s", name, strings.Join(r.names(), ", "))
}

func (r registry) names() []string { return slices.Sorted(maps.Keys(r)) }
