package trials

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"edgeclr/internal/atomicfile"
)

// Errors of [Open].
var (
	// ErrSettings says that the folder holds results of other settings.
	ErrSettings = errors.New("the settings differ")
	// ErrInUse says that another process writes into the table.
	ErrInUse = errors.New("in use")
)

// Table keeps the results of finished trials. In a folder it has one file for each trial,
// FOLDER/NAME.trials/TRIAL.json, and settings.json beside them. A file is written whole or
// not at all, so a process that is killed loses only the trial that it was working on.
type Table struct {
	folder string            // "" keeps the results in memory
	memory map[string][]byte // used without a folder
	lock   *os.File
}

const (
	settingsFile = "settings.json"
	lockFile     = "lock"
	ending       = ".json"
)

// Open opens the table of that name in a folder, and makes it if there is none. With
// folder "" the table is in memory, and ends with the process.
//
// Settings are everything that the results depend on, except what is part of a trial's
// name. A table of other settings is refused: the error matches [ErrSettings] and names
// what differs. A table has one process at a time; the error matches [ErrInUse].
func Open(folder, name string, settings map[string]string) (*Table, error) {
	if folder == "" {
		return &Table{memory: map[string][]byte{}}, nil
	}
	t := &Table{folder: filepath.Join(folder, name+".trials")}
	if err := os.MkdirAll(t.folder, 0o777); err != nil {
		return nil, atomicfile.Explain(t.folder, err)
	}
	if err := t.acquire(); err != nil {
		return nil, err
	}
	if err := t.agree(settings); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// acquire locks the table. The system releases the lock of a process that is killed.
func (t *Table) acquire() error {
	path := filepath.Join(t.folder, lockFile)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return atomicfile.Explain(path, err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("%w: another process measures into %s; wait for it, or name another folder with --out", ErrInUse, t.folder)
		}
		return fmt.Errorf("locking %s: %w", path, err)
	}
	t.lock = file
	return nil
}

// agree compares the settings with those of the table, and writes those of a new table.
func (t *Table) agree(settings map[string]string) error {
	path := filepath.Join(t.folder, settingsFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return writeJSON(path, settings)
	}
	if err != nil {
		return err
	}
	var before map[string]string
	if err := json.Unmarshal(text, &before); err != nil {
		return unreadable(path, err)
	}
	var differ []string
	keys := maps.Clone(before)
	maps.Copy(keys, settings)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if old, now := before[key], settings[key]; old != now {
			differ = append(differ, fmt.Sprintf("%s was %s and is %s", key, shown(old), shown(now)))
		}
	}
	if len(differ) == 0 {
		return nil
	}
	return fmt.Errorf("%w from those of %s: %s; give the same again, or name another folder with --out", ErrSettings, t.folder, strings.Join(differ, ", "))
}

func shown(value string) string {
	if value == "" {
		return "not set"
	}
	return value
}

func unreadable(path string, err error) error {
	return fmt.Errorf("%s cannot be read: %w; delete it, and what it held is measured again", path, err)
}

// Close releases the table.
func (t *Table) Close() error {
	if t.lock == nil {
		return nil
	}
	return t.lock.Close()
}

// names are the names that a trial can have: it is the name of a file.
var names = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$`)

// ValidName reports whether a trial can have that name: letters, digits and ._+- after
// the first.
func ValidName(name string) bool {
	return names.MatchString(name) && name+ending != settingsFile
}

// Load reads the result of a trial into the pointer. Done is false when the trial is not
// finished.
func (t *Table) Load(trial string, result any) (done bool, err error) {
	text, ok := t.memory[trial]
	path := filepath.Join(t.folder, trial+ending)
	if t.folder != "" {
		text, err = os.ReadFile(path)
		ok = err == nil
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	if !ok {
		return false, err
	}
	if err := json.Unmarshal(text, result); err != nil {
		return false, unreadable(path, err)
	}
	return true, nil
}

// Save keeps the result of a finished trial.
func (t *Table) Save(trial string, result any) error {
	if !ValidName(trial) {
		return fmt.Errorf("a trial cannot have the name %q", trial)
	}
	if t.folder != "" {
		return writeJSON(filepath.Join(t.folder, trial+ending), result)
	}
	text, err := json.Marshal(result)
	t.memory[trial] = text
	return err
}

// Trials lists the names of the finished trials, sorted.
func (t *Table) Trials() ([]string, error) {
	if t.folder == "" {
		return slices.Sorted(maps.Keys(t.memory)), nil
	}
	files, err := os.ReadDir(t.folder)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name(), ending); ok && ValidName(name) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list, nil
}

func writeJSON(path string, value any) error {
	text, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		return err
	}
	_, _, err = atomicfile.Write(path, 0o644, bytes.NewReader(append(text, '\n')))
	return err
}
