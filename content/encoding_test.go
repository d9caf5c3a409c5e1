package content

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestCleanFiles: a file that is taken for clean is one that has nothing to repair.
func TestCleanFiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	odd := []string{"\r", "\x00", "\x1b", "\x7f", "\u0085", "\ufeff", "\ufffd", "\xff\xfe", "\xe4", "\xe4\xb8", "\x80", "\xb0\xa1", "𠀀", "é", "\t", "　"}
	clean := 0
	for name, data := range cases(t) {
		for range 20 {
			if rng.IntN(3) > 0 {
				at := rng.IntN(len(data) + 1)
				data = append(append(bytes.Clone(data[:at]), odd[rng.IntN(len(odd))]...), data[at:]...)
			}
			if !isClean(data) {
				continue
			}
			clean++
			if got, problems := repair(name, data); got != string(data) || len(problems) > 0 {
				t.Errorf("%s: repair finds %v in %q", name, problems, data)
			}
		}
	}
	if clean == 0 {
		t.Error("no file is clean")
	}
}

// cases are the files of all golden cases.
func cases(t testing.TB) map[string][]byte {
	names, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range txtar.Parse(data).Files {
			files[name+"/"+f.Name] = f.Data
		}
	}
	return files
}
