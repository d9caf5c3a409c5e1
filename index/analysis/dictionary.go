package analysis

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A SiteWord is an entry of a site's dictionary.
type SiteWord struct {
	Text string
	// Freq is how often it occurs compared with other words; 20,000 when it is not positive, which keeps nearly any
	// word whole. The most frequent words of the dictionary have about 300,000.
	Freq int
	Tag  string // part of speech in letters, such as "nz"; "n" when it is anything else. It does not matter here.
}

const (
	defaultFreq = 20_000
	maxFreq     = 1_000_000_000 // jieba reads it into an int
)

// data holds jieba's dictionaries; see gen.go.
//
//go:embed data/jieba.dict.utf8.gz data/hmm_model.utf8.gz data/stop_words.utf8.gz data/SHA256SUMS
var data embed.FS

// idf stands for the dictionary of jieba's keyword extraction, which is not used; a file without a line would abort
// the process.
const idf = "关键词 1.0\n"

type dictionaryPaths struct{ main, hmm, site, idf, stop string }

// writeDictionaries sees to it that the files are there and are what they should be: on any that it does not like
// jieba aborts the process, which Go cannot prevent.
func writeDictionaries(dir string, site []SiteWord) (dictionaryPaths, error) {
	if strings.ContainsAny(dir, "|;\x00") {
		return dictionaryPaths{}, fmt.Errorf(`the path %q holds "|" or ";", where jieba would cut it: use another folder`, dir)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return dictionaryPaths{}, err
	}
	words := siteDictionary(site)
	p := dictionaryPaths{
		main: filepath.Join(dir, "jieba.dict.utf8"),
		hmm:  filepath.Join(dir, "hmm_model.utf8"),
		stop: filepath.Join(dir, "stop_words.utf8"),
		idf:  filepath.Join(dir, "idf.utf8"),
		site: filepath.Join(dir, fmt.Sprintf("site-%.16s.utf8", sum(words))),
	}
	sums, err := checksums()
	if err != nil {
		return p, err
	}
	for _, path := range []string{p.main, p.hmm, p.stop} {
		name := filepath.Base(path)
		if err := writeUnlessThere(path, sums[name], func() ([]byte, error) { return unpack(name) }); err != nil {
			return p, err
		}
	}
	for path, text := range map[string][]byte{p.idf: []byte(idf), p.site: words} {
		if err := writeUnlessThere(path, sum(text), func() ([]byte, error) { return text, nil }); err != nil {
			return p, err
		}
	}
	return p, nil
}

// siteDictionary gives the lines "词 20000 n" that jieba reads, in the order of the words and each word once.
func siteDictionary(site []SiteWord) []byte {
	var out bytes.Buffer
	seen := map[string]bool{}
	for _, w := range site {
		text := Fold(w.Text, DetectScript(w.Text))
		if text == "" || seen[text] || strings.ContainsFunc(text, func(r rune) bool { return !isHan(r) }) {
			continue
		}
		seen[text] = true
		freq, tag := w.Freq, w.Tag
		if freq <= 0 {
			freq = defaultFreq
		}
		if tag == "" || strings.ContainsFunc(tag, func(r rune) bool { return r < 'a' || r > 'z' }) {
			tag = "n"
		}
		fmt.Fprintf(&out, "%s %d %s\n", text, min(freq, maxFreq), tag)
	}
	return out.Bytes()
}

// writeUnlessThere leaves a file alone that has the checksum, so that a folder that is complete may be read-only.
// Otherwise it writes beside it and renames, so that nobody sees half a file.
func writeUnlessThere(path, want string, text func() ([]byte, error)) error {
	have, err := os.ReadFile(path)
	if err == nil && sum(have) == want {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	b, err := text()
	if err != nil {
		return err
	}
	if got := sum(b); got != want {
		return fmt.Errorf("%s in the program has SHA-256 %s, want %s: build it again", filepath.Base(path), got, want)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// checksums reads the lines "sha256  name" of data/SHA256SUMS.
func checksums() (map[string]string, error) {
	text, err := data.ReadFile("data/SHA256SUMS")
	if err != nil {
		return nil, err
	}
	sums := map[string]string{}
	for line := range strings.Lines(string(text)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		sums[name] = sum
	}
	return sums, nil
}

func sum(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }
