package analysis

import (
	"bytes"
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
		ours, err := unpack(name)
		if err != nil {
			t.Fatal(err)
		}
		if sum(ours) != want {
			t.Errorf("data/%s.gz does not have its checksum: run go generate", name)
		}
		if name == "jieba.dict.utf8" {
			theirs = shortened(theirs, ours)
		}
		if !bytes.Equal(ours, theirs) {
			t.Errorf("%s differs from the module's: run go generate", name)
		}
	}
}

// shortened is the whole dictionary without the lines that ours lacks, of words that nobody counted.
func shortened(whole, ours []byte) []byte {
	have := map[string]bool{}
	for line := range strings.Lines(string(ours)) {
		have[line] = true
	}
	var kept []byte
	for line := range strings.Lines(string(whole)) {
		if f := strings.Split(line, " "); have[line] || len(f[1]) > 1 || f[1] > "3" {
			kept = append(kept, line...)
		}
	}
	return kept
}

// TestUncountedWords: those that help articles use are kept, the others are not.
func TestUncountedWords(t *testing.T) {
	j, err := NewJieba(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	for text, want := range map[string]string{
		"支付宝客服": "支付宝 客服", "二维码过期": "二维码 过期", // kept
		"位太子": "位 太子", "一百八十斤": "一百八十 斤", // not
	} {
		if got := strings.Join(j.Cut(text), " "); got != want {
			t.Errorf("%s is cut %q, want %q", text, got, want)
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
	if n < 150_000 {
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
