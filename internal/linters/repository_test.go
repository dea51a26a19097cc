package linters

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const repository = "../.."

func TestRepositoryKeepsTheRules(t *testing.T) {
	sources, err := Load(os.DirFS(repository))
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) < 50 {
		t.Fatalf("only %d Go files below %s", len(sources), repository)
	}
	for name, rule := range map[string]func([]Source) []string{
		"imports": Imports, "layers": Layers, "file length": FileLength, "package size": PackageSize, "function length": FuncLength, "state": State,
	} {
		t.Run(name, func(t *testing.T) { report(t, rule(sources)) })
	}
}

func TestRepositoryFiles(t *testing.T) {
	list, err := exec.Command("git", "-C", repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Skipf("this is not a git checkout that this user may read: %v", err)
	}
	report(t, Committed(os.DirFS(repository), strings.Split(strings.TrimRight(string(list), "\x00"), "\x00")))
}

func TestRepositoryLists(t *testing.T) {
	modules := Modules(read(t, "go.mod"))
	if len(modules) == 0 {
		t.Fatal("go.mod requires nothing?")
	}
	for _, name := range []string{"docs/dependencies.md", "NOTICE"} {
		report(t, Listed(name, read(t, name), modules))
	}
}

func TestRepositoryDocuments(t *testing.T) {
	root := os.DirFS(repository)
	documents, err := fs.Glob(root, "docs/*.md")
	if err != nil || len(documents) < 5 {
		t.Fatalf("%d documents, %v", len(documents), err)
	}
	documents = append(documents, "README.md")
	report(t, Links(root, documents))
	sources, err := Load(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range documents {
		report(t, TestCommands(name, read(t, name), sources))
	}
}

func report(t *testing.T, findings []string) {
	t.Helper()
	for _, f := range findings {
		t.Error(f)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
