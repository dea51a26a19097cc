package recipes

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"edgeclr/cmd/edgeclr/internal/trials"
	"edgeclr/config"
)

// Variant is one way to learn.
type Variant struct {
	Name     string
	Settings map[string]string // keys of the configuration with their values
	Config   config.Config     // with these settings
}

// Unchanged is the variant of the configuration as it is.
const Unchanged = "recipe"

// begin matches where a setting begins in a list of settings.
var begin = regexp.MustCompile(`(^|[ ,]+)[a-z0-9_]+(\.[a-z0-9_]+)*=`)

// ParseVariant reads "NAME:key=value key=value". NAME alone is the configuration as it is.
// A space or a comma separates settings, where a key and an equals sign follow.
func ParseVariant(text string, base config.Config) (Variant, error) {
	name, list, colon := strings.Cut(text, ":")
	v := Variant{Name: name, Settings: map[string]string{}}
	if !trials.ValidName(name) || name == frozenName || strings.HasPrefix(name, frozenName+".") {
		return v, fmt.Errorf("%q cannot be the name of a variant: give letters, digits and ._+- as in \"crop4:augment.crop_scale_min=0.4\"", name)
	}
	places := begin.FindAllStringIndex(list, -1)
	if colon && (len(places) == 0 || places[0][0] != 0) {
		return v, fmt.Errorf("%q has no settings: give key=value, as in \"%s:augment.crop_scale_min=0.4\"", text, name)
	}
	for i, at := range places {
		end := len(list)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		key, value, _ := strings.Cut(strings.TrimLeft(list[at[0]:end], " ,"), "=")
		if _, twice := v.Settings[key]; twice {
			return v, fmt.Errorf("variant %s sets %s twice", name, key)
		}
		if noRecipe(key) {
			return v, fmt.Errorf("variant %s: %s changes nothing that is learned; leave it out", name, key)
		}
		v.Settings[key] = value
	}
	var err error
	if v.Config, err = base.With(v.Settings); err != nil {
		return v, v.explain(err)
	}
	if v.Config.Encoder.File != "" {
		return v, fmt.Errorf("variant %s: encoder.file serves a file, and nothing is learned", name)
	}
	return v, nil
}

// explain names the variant in front of each problem.
func (v Variant) explain(err error) error {
	var bad *config.Error
	if !errors.As(err, &bad) {
		return fmt.Errorf("variant %s: %w", v.Name, err)
	}
	var lines []string
	for _, p := range bad.Problems {
		lines = append(lines, p.String())
	}
	return fmt.Errorf("variant %s: %s", v.Name, strings.Join(lines, "; "))
}

// String lists the settings, "as configured" for none.
func (v Variant) String() string { return settingsText(v.Settings) }

func settingsText(settings map[string]string) string {
	if len(settings) == 0 {
		return "as configured"
	}
	var words []string
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		words = append(words, key+"="+settings[key])
	}
	return strings.Join(words, " ")
}

// BaseSettings are what the results of a table depend on besides its variants: the keys of
// the configuration that differ from the defaults. Keys that change no result are left
// out.
func BaseSettings(base config.Config) map[string]string {
	changed := config.Diff(config.Default(), base)
	return base.Values(slices.DeleteFunc(changed, noRecipe)...)
}

// noRecipe reports whether a key of the configuration changes no result: the benchmark has
// its own stores, sources and seeds.
func noRecipe(key string) bool {
	section, _, _ := strings.Cut(key, ".")
	return slices.Contains([]string{"data", "listen", "sources", "log", "gpio"}, section) || key == "model.seed"
}
