package analysis

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestDictionariesAreTheModules fails when go.mod moves to another gojieba: run go generate then.
func TestDictionariesAreTheModules(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yanyiwu/gojieba").Output()
	if err != nil {
		t.Fatal(err)
	}
	sums, err := checksums()
	if err != nil || len(sums) != 3 {
		t.Fatalf("checksums: %v, %v", sums, err)
	}
	for name, want := range sums {
		theirs, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "deps/cppjieba/dict", name))
		if err != nil {
			t.Fatal(err)
		}
		if sum(theirs) != want {
			t.Errorf("%s differs from the module's: run go generate", name)
		}
		ours, err := unpack(name)
		if err != nil {
			t.Fatal(err)
		}
		if sum(ours) != want {
			t.Errorf("data/%s.gz does not have its checksum: run go generate", name)
		}
	}
}

// TestDictionaryFormat checks what jieba aborts the process for.
func TestDictionaryFormat(t *testing.T) {
	words, err := unpack("jieba.dict.utf8")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(words)) {
		n++
		f := strings.Split(strings.TrimSuffix(line, "\n"), " ")
		if len(f) != 3 || f[0] == "" || !utf8.ValidString(line) {
			t.Fatalf("jieba.dict.utf8:%d: %q", n, line)
		}
		if freq, err := strconv.ParseFloat(f[1], 64); err != nil || freq <= 0 {
			t.Fatalf("jieba.dict.utf8:%d: %q", n, line)
		}
	}
	if n < 300_000 {
		t.Errorf("jieba.dict.utf8 has only %d words", n)
	}
	model, err := unpack("hmm_model.utf8")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(model)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	if len(lines) != 9 {
		t.Fatalf("hmm_model.utf8 has %d lines, want 1 + 4 + 4", len(lines))
	}
	for i, line := range lines {
		if i < 5 && len(strings.Split(line, " ")) != 4 {
			t.Errorf("hmm_model.utf8: %.40q", line)
		}
		if i >= 5 {
			for _, pair := range strings.Split(line, ",") {
				if char, _, ok := strings.Cut(pair, ":"); !ok || utf8.RuneCountInString(char) != 1 {
					t.Fatalf("hmm_model.utf8: %.40q", pair)
				}
			}
		}
	}
}
