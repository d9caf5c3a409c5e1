//go:build ignore

// Genpinyin writes data/pinyin.txt.gz: how Han characters are read, without tones, out of the Go module go-pinyin,
// which is only read and not linked: its table costs every start of the program 5 MB. It needs go.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const module = "github.com/mozillazg/go-pinyin@v0.21.0"

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

var entry = regexp.MustCompile(`(?m)^\t0x([0-9A-F]+): "([^"]+)",$`)

func run() error {
	out, err := exec.Command("go", "mod", "download", "-json", module).Output()
	if err != nil {
		return fmt.Errorf("getting %s: %w", module, err)
	}
	var got struct{ Dir string }
	if err := json.Unmarshal(out, &got); err != nil {
		return err
	}
	table, err := os.ReadFile(filepath.Join(got.Dir, "pinyin_dict.go"))
	if err != nil {
		return err
	}
	// Characters by reading: those that are usually read so, and those that can be.
	usual, other := map[string][]rune{}, map[string][]rune{}
	for _, m := range entry.FindAllSubmatch(table, -1) {
		code, err := strconv.ParseInt(string(m[1]), 16, 32)
		if err != nil {
			return err
		}
		r := rune(code)
		if r != '〇' && (r < 0x4E00 || r > 0x9FFF) {
			continue
		}
		var readings []string
		for _, reading := range strings.Split(string(m[2]), ",") {
			s := toneless(reading)
			if !strings.ContainsAny(s, "aeiouv") || slices.Contains(readings, s) { // ng, m: nobody types them
				continue
			}
			if len(readings) == 0 {
				usual[s] = append(usual[s], r)
			} else {
				other[s] = append(other[s], r)
			}
			readings = append(readings, s)
		}
	}
	var names []string
	for s := range usual {
		names = append(names, s)
	}
	for s := range other {
		if usual[s] == nil {
			names = append(names, s)
		}
	}
	slices.Sort(names)
	var text bytes.Buffer
	fmt.Fprintf(&text, "# Made by genpinyin.go from %s (MIT).\n", module)
	for _, s := range names {
		fmt.Fprintf(&text, "%s\t%s\t%s\n", s, string(usual[s]), string(other[s]))
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(text.Bytes()); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	license, err := os.ReadFile(filepath.Join(got.Dir, "LICENSE"))
	if err != nil {
		return err
	}
	if err := os.WriteFile("data/LICENSE.go-pinyin", license, 0o644); err != nil {
		return err
	}
	return os.WriteFile("data/pinyin.txt.gz", packed.Bytes(), 0o644)
}

// toneless is a reading as it is typed: nǚ is nv.
func toneless(reading string) string {
	s := strings.ReplaceAll(norm.NFD.String(reading), "u\u0308", "v")
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, s)
}
