package config

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// key is one setting: its path in the file and the field that holds it.
type key struct {
	path  string // "learn.batch"
	value reflect.Value
}

// keysOf lists the keys of a configuration in the order of its fields. Nothing
// else knows which settings exist.
func keysOf(c *Config) []key {
	return appendKeys(nil, "", reflect.ValueOf(c).Elem())
}

func appendKeys(keys []key, prefix string, section reflect.Value) []key {
	for i := range section.NumField() {
		tag, _, _ := strings.Cut(section.Type().Field(i).Tag.Get("yaml"), ",")
		if tag == "-" || tag == "" {
			continue
		}
		field := section.Field(i)
		if field.Kind() == reflect.Struct {
			keys = appendKeys(keys, prefix+tag+".", field)
			continue
		}
		keys = append(keys, key{prefix + tag, field})
	}
	return keys
}

// find returns the key at a path.
func find(keys []key, path string) (key, bool) {
	i := slices.IndexFunc(keys, func(k key) bool { return k.path == path })
	if i < 0 {
		return key{}, false
	}
	return keys[i], true
}

// variable is the environment variable of the key at a path.
func variable(path string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
}

// set reads a scalar into the field. Its errors say what is allowed. They do not
// say where the value is written: the caller knows.
func (k key) set(text string) error {
	if u, ok := k.value.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text))
	}
	switch k.value.Kind() {
	case reflect.String:
		k.value.SetString(text)
	case reflect.Bool:
		on := strings.EqualFold(text, "true")
		if !on && !strings.EqualFold(text, "false") {
			return fmt.Errorf("%q must be true or false", text)
		}
		k.value.SetBool(on)
	case reflect.Int:
		n, err := strconv.ParseInt(text, 10, k.value.Type().Bits())
		if err != nil {
			return fmt.Errorf("%q must be a whole number", text)
		}
		k.value.SetInt(n)
	case reflect.Uint64:
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return fmt.Errorf("%q must be a whole number from 0 to %d", text, uint64(math.MaxUint64))
		}
		k.value.SetUint(n)
	case reflect.Float64:
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("%q must be a number", text)
		}
		k.value.SetFloat(x)
	default:
		return fmt.Errorf("%q cannot be given as text: write it as a list in the file", text)
	}
	return nil
}

// setList replaces the list by these values. The values of sources are URIs.
func (k key) setList(items []string) {
	if k.isSources() {
		k.setSources(SourcesOf(items...))
		return
	}
	k.value.Set(reflect.ValueOf(items))
}

// setSources replaces the list of sources.
func (k key) setSources(items []Source) { k.value.Set(reflect.ValueOf(items)) }

// isList reports whether the key takes several values.
func (k key) isList() bool { return k.value.Kind() == reflect.Slice }

// isSources reports whether the values have keys of their own.
func (k key) isSources() bool { return k.value.Type() == reflect.TypeFor[[]Source]() }

// equal reports whether two keys hold the same value.
func (k key) equal(other key) bool {
	return reflect.DeepEqual(k.value.Interface(), other.value.Interface())
}

// Set gives one key a value from text, in the form that flags and variables
// use. The error says what is allowed. Set does not check how the keys fit
// together: Validate does.
func (c *Config) Set(path, text string) error {
	k, ok := find(keysOf(c), path)
	if !ok {
		return fmt.Errorf("no key %q", path)
	}
	return k.set(text)
}

// Diff lists the keys in which two configurations differ, in the order of the
// file. A reload uses it to say what changed.
func Diff(a, b Config) []string {
	var changed []string
	other := keysOf(&b)
	for i, k := range keysOf(&a) {
		if !k.equal(other[i]) {
			changed = append(changed, k.path)
		}
	}
	return changed
}

// CopyKeys copies the values of the named keys from another configuration. A reload
// uses it for the keys that can change while the service runs.
func (c *Config) CopyKeys(from Config, keys ...string) {
	other := keysOf(&from)
	for i, k := range keysOf(c) {
		if slices.Contains(keys, k.path) {
			k.value.Set(other[i].value)
		}
	}
}
