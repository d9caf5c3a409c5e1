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

// writeSections writes one FAQ file a section below dir/faq, limit at most, and returns how many. It is what
// BenchmarkServe of cmd/jieda does, so that figures can be compared.
func writeSections(corpus, dir string, limit int) (n int, err error) {
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
	for d := json.NewDecoder(bufio.NewReaderSize(in, 1<<20)); n < limit && d.More(); n++ {
		var s struct{ ID, Title, Body string }
		if err := d.Decode(&s); err != nil {
			return n, fmt.Errorf("%s: section %d: %w", corpus, n+1, err)
		}
		folder := filepath.Join(dir, "content", "faq", strconv.Itoa(n/1000))
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return n, err
		}
		// Headings in the body are text here: a section is one passage.
		body := strings.ReplaceAll("\n"+s.Body, "\n#", "\n\\#")
		text := fmt.Sprintf("---\nid: %q\ntitle: %q\nkind: faq\n---\n%s\n", s.ID, s.Title, body)
		if err := os.WriteFile(filepath.Join(folder, strconv.Itoa(n)+".md"), []byte(text), 0o644); err != nil {
			return n, err
		}
	}
	if n == 0 {
		return 0, fmt.Errorf("%s holds no sections", corpus)
	}
	return n, nil
}
