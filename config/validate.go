package config

import (
	"fmt"
	"net"
	"reflect"
	"strconv"
	"strings"

	"edgeclr/augment"
)

// Validate checks every value. The error is an *Error with all problems, each
// naming its key, its value and what is allowed.
func (c Config) Validate() error {
	if problems := c.problems(); len(problems) > 0 {
		return &Error{Problems: problems}
	}
	return nil
}

func (c Config) problems() []Problem {
	var problems []Problem
	values := map[string]reflect.Value{}
	for _, k := range keysOf(&c) {
		values[k.path] = k.value
	}
	for _, r := range rules() {
		if v := values[r.key]; !r.allows(v) {
			problems = append(problems, Problem{Key: r.key, Text: fmt.Sprintf("%s is not allowed: give %s", quoted(v), r.allowed)})
		}
	}
	problems = append(problems, c.addressProblems()...)
	problems = append(problems, c.sourceProblems()...)
	problems = append(problems, c.windowProblems()...)
	problems = append(problems, c.GPIO.problems()...)
	return append(problems, c.augmentProblems()...)
}

// augmentProblems asks package augment, which joins one error a key: "PREFIX: KEY is ...".
func (c Config) augmentProblems() []Problem {
	err := c.Augment.Validate()
	if err == nil {
		return nil
	}
	var problems []Problem
	for _, text := range strings.Split(err.Error(), "\n") {
		text = strings.TrimPrefix(text, augment.ErrConfig.Error()+": ")
		name, text, _ := strings.Cut(text, " ")
		problems = append(problems, Problem{Key: "augment." + name, Text: text, Err: augment.ErrConfig})
	}
	return problems
}

func (c Config) windowProblems() []Problem {
	var problems []Problem
	for i, text := range c.Learn.Windows {
		if _, err := ParseWindow(text); err != nil {
			problems = append(problems, Problem{Key: "learn.windows", Text: fmt.Sprintf("item %d, %v", i+1, err)})
		}
	}
	return problems
}

func (c Config) addressProblems() []Problem {
	var problems []Problem
	if c.Listen != "" {
		_, port, err := net.SplitHostPort(c.Listen)
		if n, e := strconv.ParseUint(port, 10, 16); err != nil || e != nil || n == 0 {
			problems = append(problems, Problem{Key: "listen", Text: fmt.Sprintf(
				"%q is not allowed: give host:port with a port of 1 to 65535, like 127.0.0.1:8080, or nothing", c.Listen)})
		}
	}
	return problems
}

func quoted(v reflect.Value) string {
	if v.Kind() == reflect.String {
		return strconv.Quote(v.String())
	}
	return fmt.Sprint(v.Interface())
}
