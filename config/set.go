package config

import "fmt"

// Set gives one key a value from text, as a flag or a variable has it. The
// error says what is allowed; whether the whole is good is for Validate.
func (c *Config) Set(path, text string) error {
	for _, k := range keysOf(c) {
		if k.path == path {
			return k.set(text)
		}
	}
	return fmt.Errorf("no key %q", path)
}
