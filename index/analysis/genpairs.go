//go:build ignore

// Genpairs writes data/pairs.txt.gz: which Han characters stand side by side in words, out of the whole of jieba's dictionary.
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"log"
	"math/bits"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// rarest is how often a pair must occur in the texts that jieba's frequencies come from (some 60 million words).
const rarest = 10

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yanyiwu/gojieba").Output()
	if err != nil {
		return fmt.Errorf("find gojieba: %w", err)
	}
	f, err := os.Open(filepath.Join(strings.TrimSpace(string(module)), "deps", "cppjieba", "dict", "jieba.dict.utf8"))
	if err != nil {
		return err
	}
	defer f.Close()
	alone, pairs := map[rune]uint{}, map[[2]rune]uint{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		n, err := strconv.ParseUint(fields[1], 10, 32)
		if err != nil {
			return fmt.Errorf("%q: %w", lines.Text(), err)
		}
		before := rune(0)
		for _, r := range fields[0] {
			if !unicode.Is(unicode.Han, r) || r > 0xFFFF {
				r = 0
			} else {
				alone[r] += uint(n)
			}
			if before != 0 && r != 0 {
				pairs[[2]rune{before, r}] += uint(n)
			}
			before = r
		}
	}
	followers := map[rune][]rune{}
	for p, n := range pairs {
		if n >= rarest {
			followers[p[0]] = append(followers[p[0]], p[1])
		}
	}
	var firsts []rune
	for r, n := range alone {
		if n >= rarest {
			firsts = append(firsts, r)
		}
	}
	slices.Sort(firsts)
	var text bytes.Buffer
	fmt.Fprintln(&text, "# Made by genpairs.go from jieba.dict.utf8 (MIT).")
	for _, first := range firsts {
		fmt.Fprintf(&text, "%c\t%d", first, bits.Len(alone[first]))
		list := followers[first]
		slices.SortFunc(list, func(a, b rune) int {
			x, y := bits.Len(pairs[[2]rune{first, a}]), bits.Len(pairs[[2]rune{first, b}])
			if x != y {
				return y - x
			}
			return int(a - b)
		})
		last := 0
		for _, second := range list {
			if n := bits.Len(pairs[[2]rune{first, second}]); n != last {
				fmt.Fprintf(&text, "\t%d", n)
				last = n
			}
			text.WriteRune(second)
		}
		text.WriteByte('\n')
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
	return os.WriteFile("data/pairs.txt.gz", packed.Bytes(), 0o644)
}
