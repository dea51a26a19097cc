package install

import (
	"debug/elf"
	"os"
	"path/filepath"
	"strings"
)

// LibraryFolders lists where the dynamic loader looks for a library that the running
// program opens: the folders of LD_LIBRARY_PATH, those that the program names, and the
// usual ones of the system. It does not know the folders of ld.so.conf. It is for
// messages.
func LibraryFolders() []string {
	var folders []string
	for _, folder := range filepath.SplitList(os.Getenv("LD_LIBRARY_PATH")) {
		if folder != "" {
			folders = append(folders, folder)
		}
	}
	if program, err := os.Executable(); err == nil {
		folders = append(folders, named(program)...)
	}
	return append(folders, "/usr/local/lib", "/usr/lib", "/lib")
}

// named lists the folders that a program names; none when the program cannot be read.
func named(program string) []string {
	file, err := elf.Open(program)
	if err != nil {
		return nil
	}
	defer file.Close()
	var folders []string
	for _, tag := range []elf.DynTag{elf.DT_RPATH, elf.DT_RUNPATH} {
		values, _ := file.DynString(tag) // without the tag there is nothing to look in
		for _, value := range values {
			for _, folder := range strings.Split(value, ":") {
				folders = append(folders, filepath.Clean(strings.ReplaceAll(folder, "$ORIGIN", filepath.Dir(program))))
			}
		}
	}
	return folders
}
