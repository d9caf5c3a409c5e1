package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

type section struct{ ID, Title, Body string }

// writeSections writes limit FAQ files below dir/content, one a section, as BenchmarkServe of cmd/jieda does, and returns
// how many different sections the corpus has. When it has less than limit, they are written again under other titles.
func writeSections(corpus, dir string, limit int) (different int, err error) {
	f, err := os.Open(corpus)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var in io.Reader = f
	switch filepath.Ext(corpus) {
	case ".xz":
		out, err := exec.Command("xz", "-dc", corpus).Output()
		if err != nil {
			return 0, fmt.Errorf("unpacking %s with xz: %w", corpus, err)
		}
		in = bytes.NewReader(out)
	case ".gz":
		if in, err = gzip.NewReader(f); err != nil {
			return 0, fmt.Errorf("unpacking %s: %w", corpus, err)
		}
	}
	var sections []section
	for d := json.NewDecoder(bufio.NewReaderSize(in, 1<<20)); len(sections) < limit && d.More(); {
		var one section
		if err := d.Decode(&one); err != nil {
			return 0, fmt.Errorf("%s: section %d: %w", corpus, len(sections)+1, err)
		}
		sections = append(sections, one)
	}
	if len(sections) == 0 {
		return 0, fmt.Errorf("%s holds no sections", corpus)
	}
	for n := range limit {
		s := sections[n%len(sections)]
		if round := n / len(sections); round > 0 {
			s.ID, s.Title = fmt.Sprintf("%s-%d", s.ID, round+1), fmt.Sprintf("%s %d", s.Title, round+1)
		}
		folder := filepath.Join(dir, "content", "faq", strconv.Itoa(n/1000))
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return 0, err
		}
		// Headings in the body are text here: a section is one passage.
		body := strings.ReplaceAll("\n"+s.Body, "\n#", "\n\\#")
		text := fmt.Sprintf("---\nid: %q\ntitle: %q\nkind: faq\n---\n%s\n", s.ID, s.Title, body)
		if err := os.WriteFile(filepath.Join(folder, strconv.Itoa(n)+".md"), []byte(text), 0o644); err != nil {
			return 0, err
		}
	}
	return len(sections), nil
}
