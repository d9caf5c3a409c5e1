package content

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// TestManySynonyms keeps the first groups and says once that there are too many.
func TestManySynonyms(t *testing.T) {
	var b strings.Builder
	for i := range maxSynonymGroups + 10 {
		fmt.Fprintf(&b, "- [退款%d, 退钱%d]\n", i, i)
	}
	lib := read(t, fstest.MapFS{"a.md": {Data: []byte("# 退款\n\n好")}, synonymsPath: {Data: []byte(b.String())}})
	if len(lib.Synonyms) != maxSynonymGroups || codes(lib.Problems) != string(synonymsMany) || lib.Problems[0].Line != maxSynonymGroups+1 {
		t.Errorf("%d groups, problems %v", len(lib.Synonyms), lib.Problems)
	}
}

// TestDamagedSynonyms serves the articles whatever the file of synonyms is.
func TestDamagedSynonyms(t *testing.T) {
	for name, file := range map[string]string{
		"too large":    "- [退款, 退钱]\n" + strings.Repeat("# \n", maxSynonymFile/3),
		"not text":     strings.Repeat("\x00\xff\xfe\x01", 100),
		"all damaged":  strings.Repeat("- [退款\n", 1000),
		"no list":      "退款",
		"nested":       strings.Repeat("[", 20_000),
		"itself":       "- &a [*a, *a]\n",
		"invalid UTF8": "- [退款, 退\xff\xff钱, \xff]\n",
	} {
		t.Run(name, func(t *testing.T) {
			lib := read(t, fstest.MapFS{"a.md": {Data: []byte("# 退款\n\n好")}, synonymsPath: {Data: []byte(file)}})
			if len(lib.Articles) != 1 || len(lib.Synonyms) > 1 || len(lib.Problems) == 0 || lib.Problems[0].Path != synonymsPath {
				t.Errorf("%d articles, synonyms %v, problems %v", len(lib.Articles), lib.Synonyms, lib.Problems)
			}
		})
	}
}

// TestWordsPages reads the examples that the pages for editors show.
func TestWordsPages(t *testing.T) {
	for _, page := range []string{"../docs/words.md", "../docs/words.zh-CN.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		blocks := strings.Split(string(text), "```")
		if len(blocks) < 5 {
			t.Fatalf("%s has no two examples", page)
		}
		words, problems := readWords([]byte(blocks[1]))
		if len(words) != 3 || len(problems) > 0 {
			t.Errorf("%s: words %v, problems %v", page, words, problems)
		}
		groups, problems := readSynonyms([]byte(strings.TrimPrefix(blocks[3], "yaml")))
		if len(groups) != 3 || !groups[2].OneWay || len(problems) > 0 {
			t.Errorf("%s: synonyms %v, problems %v", page, groups, problems)
		}
	}
}
