//go:build ignore

// Genkeep writes data/keep.txt: longer words of jieba's dictionary that help articles use although nobody counted them, so
// that gen.go keeps them. It reads the Markdown files of the folders that it is given:
//
//	go run genkeep.go FOLDER ...
//
// The list that is here was made from 22,594 pages of three public help centres: of a cloud, in simplified characters, of
// software for home users, in traditional ones, and of a shop system. 3,356 such words occur there at all.
package main

import (
	"bufio"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yanyiwu/gojieba"

	"jieda/index/analysis"
)

const (
	counted  = 4 // as in gen.go
	articles = 3 // that must use a word
)

func main() {
	log.SetFlags(0)
	if err := run(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(folders []string) error {
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yanyiwu/gojieba").Output()
	if err != nil {
		return fmt.Errorf("find gojieba: %w", err)
	}
	var paths []string
	for _, name := range []string{"jieba.dict", "hmm_model", "user.dict", "idf", "stop_words"} {
		paths = append(paths, filepath.Join(strings.TrimSpace(string(module)), "deps", "cppjieba", "dict", name+".utf8"))
	}
	jieba := gojieba.NewJieba(paths...)
	f, err := os.Open(paths[0])
	if err != nil {
		return err
	}
	defer f.Close()
	uses := map[string]int{} // of the words that nobody counted: articles
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if times, err := strconv.Atoi(fields[1]); err != nil {
			return err
		} else if times < counted && utf8.RuneCountInString(fields[0]) > 2 {
			uses[fields[0]] = 0
		}
	}
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".md" {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			words := jieba.Cut(analysis.Fold(string(text), analysis.DetectScript(string(text))), false)
			slices.Sort(words)
			for _, word := range slices.Compact(words) {
				if n, ok := uses[word]; ok {
					uses[word] = n + 1
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	var keep []string
	for word, n := range uses {
		if n >= articles {
			keep = append(keep, word)
		}
	}
	slices.Sort(keep)
	return os.WriteFile("data/keep.txt", []byte(strings.Join(keep, "\n")+"\n"), 0o644)
}
