package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"edgeclr/camera/sources"
	"edgeclr/storage"
)

type scriptCommand = func(ts *testscript.TestScript, neg bool, args []string)

// scriptCommands are the commands of the scripts that testscript does not have.
func scriptCommands() map[string]scriptCommand {
	return map[string]scriptCommand{
		"exits":    cmdExits,
		"json":     cmdJSON,
		"pictures": cmdPictures,
		"daemon":   cmdDaemon,
		"end":      cmdEnd,
		"share":    cmdShare,
		"sight":    cmdSight,
		"computes": cmdComputes,
		"agree":    cmdAgree,
	}
}

// exits CODE COMMAND... runs a command that must end with the code.
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// json PATH... checks that the last line of standard output is a JSON object
// with these keys. json PATH OP VALUE compares one of them; OP is = != > or <. A path is
// like results.0.similarity, and results.len is the length.
func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	lines := strings.Split(strings.TrimRight(ts.ReadFile("stdout"), "\n"), "\n")
	var object map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &object); err != nil {
		ts.Fatalf("the last line is no JSON object: %v: %.200q", err, lines[len(lines)-1])
	}
	if len(args) != 3 || !strings.Contains("= != > <", args[1]) {
		for _, path := range args {
			if _, ok := lookup(object, path); ok == neg {
				ts.Fatalf("key %s: there is %v, want %v, in %s", path, ok, !neg, lines[len(lines)-1])
			}
		}
		return
	}
	got, ok := lookup(object, args[0])
	if !ok {
		ts.Fatalf("no key %s in %s", args[0], lines[len(lines)-1])
	}
	if compare(ts, got, args[1], args[2]) == neg {
		ts.Fatalf("%s is %v, want %s %s", args[0], got, args[1], args[2])
	}
}

// lookup finds the value at a dotted path.
func lookup(value any, path string) (any, bool) {
	for _, name := range strings.Split(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			next, ok := v[name]
			if name == "len" && !ok {
				next, ok = float64(len(v)), true
			}
			if !ok {
				return nil, false
			}
			value = next
		case []any:
			if name == "len" {
				value = float64(len(v))
				continue
			}
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			value = v[i]
		default:
			return nil, false
		}
	}
	return value, true
}

func compare(ts *testscript.TestScript, got any, op, want string) bool {
	if op == "=" || op == "!=" {
		text, ok := got.(string)
		if !ok {
			encoded, err := json.Marshal(got)
			ts.Check(err)
			text = string(encoded)
		}
		return (text == want) == (op == "=")
	}
	limit, err := strconv.ParseFloat(want, 64)
	ts.Check(err)
	number, ok := got.(float64)
	if !ok {
		ts.Fatalf("%v is not a number", got)
	}
	return op == ">" && number > limit || op == "<" && number < limit
}

// pictures FOLDER N renders N pictures into class folders.
func cmdPictures(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: pictures FOLDER N")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(renderPictures(ts.MkAbs(args[0]), 0, n))
}

// renderPictures writes pictures first to first+n-1 of the rendered scene.
func renderPictures(folder string, first, n int) error {
	images, err := sources.Classed("synthetic:conveyor", first+n)
	if err != nil {
		return err
	}
	i := 0
	for m := range images {
		if i++; i <= first {
			continue
		}
		path := filepath.Join(folder, m.Path)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		data, err := m.Image.JPEG(90)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// share FOLDER... copies folders of the shared data into the current folder. It
// skips the script if there is no shared data.
func cmdShare(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		from := filepath.Join(sharedFolder(), "data", name)
		ts.Check(os.CopyFS(ts.MkAbs(name), os.DirFS(from)))
	}
}

// sight DATA ID N records N sightings of a frame, a second apart, in a store that no
// process holds. With a real camera, timing decides which frames repeat others.
func cmdSight(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: sight DATA ID N")
	}
	id, err := strconv.ParseUint(args[1], 10, 64)
	ts.Check(err)
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	store, err := storage.Open(context.Background(), ts.MkAbs(args[0]), storage.Options{})
	ts.Check(err)
	for i := range n {
		err = errors.Join(err, store.AddSighting(storage.FrameID(id), time.Date(2026, 3, 4, 5, 6, 7+i, 0, time.UTC)))
	}
	ts.Check(errors.Join(err, store.Close()))
}
