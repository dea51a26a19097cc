package config

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// key is one setting: its path in the file and the field that holds it.
type key struct {
	path  string // "learn.batch"
	value reflect.Value
}

// keysOf lists the keys of a configuration in the order of its fields. It is
// the one place that knows which settings exist.
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

// variable is the key's environment variable.
func (k key) variable() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(k.path, ".", "_"))
}

// set reads a scalar into the field. The errors say what is allowed, not
// where: the caller knows.
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

// setList replaces a list by these values, which of sources are the URIs.
func (k key) setList(items []string) {
	if k.isSources() {
		k.setSources(SourcesOf(items...))
		return
	}
	k.value.Set(reflect.ValueOf(items))
}

// setSources replaces the list of sources.
func (k key) setSources(items []Source) { k.value.Set(reflect.ValueOf(items)) }

// isList tells whether the key takes several values.
func (k key) isList() bool { return k.value.Kind() == reflect.Slice }

// isSources tells whether its values have keys of their own.
func (k key) isSources() bool { return k.value.Type() == reflect.TypeFor[[]Source]() }
