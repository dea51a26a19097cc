package main

import (
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"edgeclr/internal/install"
)

// checkLibraries returns an error if one of the engine's TensorFlow libraries is in none
// of the folders where the dynamic loader looks. Of the system's folders it knows only
// the usual ones, not those of ld.so.conf.
func checkLibraries(engine, libraryPath string) error {
	file, err := elf.Open(engine)
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w; run `%s`", engine, err, install.Mend(engine, repairCommands))
	}
	defer file.Close()
	wanted, err := file.ImportedLibraries()
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", engine, err)
	}
	folders := searched(file, engine, libraryPath)
	for _, name := range wanted {
		if strings.Contains(name, "tensorflow") && !present(name, folders) {
			return fmt.Errorf("TensorFlow's library %s is in none of %s; run `%s`",
				name, strings.Join(folders, ", "), install.Mend(engine, repairCommands))
		}
	}
	return nil
}

// searched lists the folders in the order of the loader: the folders that the program
// names, those of the environment, and the usual ones of the system.
func searched(file *elf.File, engine, libraryPath string) []string {
	var folders []string
	origin := filepath.Dir(engine)
	for _, tag := range []elf.DynTag{elf.DT_RPATH, elf.DT_RUNPATH} {
		values, _ := file.DynString(tag) // without the tag there is nothing to look in
		for _, value := range values {
			for _, folder := range strings.Split(value, ":") {
				folders = append(folders, filepath.Clean(strings.ReplaceAll(folder, "$ORIGIN", origin)))
			}
		}
	}
	for _, folder := range filepath.SplitList(libraryPath) {
		if folder != "" {
			folders = append(folders, folder)
		}
	}
	return append(folders, "/usr/local/lib", "/usr/lib", "/lib")
}

// present reports whether one of the folders has the library.
func present(name string, folders []string) bool {
	for _, folder := range folders {
		// Stat, not Lstat: a link that leads nowhere is no library.
		if info, err := os.Stat(filepath.Join(folder, name)); err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}
