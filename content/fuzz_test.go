package content

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"
)

// seed adds the articles of all golden cases, and some odd bytes.
func seed(f *testing.F) {
	names, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(names) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range txtar.Parse(data).Files {
			f.Add(file.Data)
		}
	}
	for _, s := range []string{
		"", "---\n---", "---\n: :\n---\n", "+++\n+++\n", "\ufeff", "\xff\xfe", "\xcd\xcb\xbf\xee", "# \n#\n###### ", "[a]: b\n[a]",
		"#\n=", "|\n|-|", "- \n  - \n\t- a", "> - > 1. a\n>", "```", "~~~\n# a", "&#0;&#x110000;&nbsp", "a\\", "[^a]: [^a]", "<a name=x>\n\n# x",
		"相似问：", "# a\n相似问:|\n- \n-", "# a {#", "# {#a}\n# {#a}", "---\na: &a [*a]\n---\n", "---\nid: '///'\n---\nx", "---\nid: ..\n---\nx",
	} {
		f.Add([]byte(s))
	}
}

func FuzzRead(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		lib, err := Read(t.Context(), fstest.MapFS{"faq/a.md": {Data: data}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range lib.Problems {
			if p.Path != "faq/a.md" && p.Code != noArticles || p.Line < 0 || p.Message("zh") == "" || strings.Contains(p.Message("en"), "unknown problem") {
				t.Errorf("problem %+v", p)
			}
		}
		if len(lib.Articles) == 0 {
			if !slices.ContainsFunc(lib.Problems, isError) && !strings.Contains(strings.ToLower(string(data)), "draft") && !strings.Contains(string(data), "草稿") {
				t.Error("neither an article nor an error")
			}
			return
		}
		a := lib.Articles[0]
		if !strings.Contains(a.Body, "<") { // of HTML that is cut in pieces, a page may make what no piece holds
			checkFiles(t, &a)
		}
		if a.ID == "" || a.ID != cleanID(a.ID) || a.Title == "" || a.Lang == "" || len(a.Audience) == 0 || len(a.Passages) == 0 {
			t.Errorf("incomplete article %+v", a)
		}
		lines := 1 + strings.Count(strings.ReplaceAll(string(data), "\r", "\n"), "\n")
		ids, anchors := make(map[string]bool), make(map[string]bool)
		unanswered := slices.ContainsFunc(lib.Problems, func(p Problem) bool { return p.Code == answerMissing })
		for _, p := range a.Passages {
			if ids[p.ID] {
				t.Errorf("two passages %s", p.ID)
			}
			ids[p.ID] = true
			if p.Anchor != "" && anchors[p.Anchor] && !strings.Contains(p.ID, "~") {
				t.Errorf("two anchors %s", p.Anchor)
			}
			anchors[p.Anchor] = true
			if p.Question == "" || p.Line < 1 || p.Line > lines && utf8.Valid(data) {
				t.Errorf("passage %+v", p)
			}
			if p.Text == "" && p.Markdown == "" && len(p.Alternates) == 0 && len(a.Passages) == 1 && !unanswered {
				t.Errorf("empty passage %+v", p)
			}
			for _, s := range append([]string{p.ID, p.Question, p.Text, p.Markdown}, p.Alternates...) {
				if !utf8.ValidString(s) {
					t.Errorf("not UTF-8: %q", s)
				}
			}
		}
	})
}

func FuzzSynonyms(f *testing.F) {
	seed(f)
	for _, s := range []string{"- &a [*a, b]", "- &a\n  - *a", "? [a, b]\n: c", "- !!binary 5Y2a\n- [\"\\x85\", 一二]", "a: b\n- c", "---\n...\n---\n- 一二、三四", "\t- x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		groups, problems := readSynonyms(data)
		lines := 1 + strings.Count(strings.ReplaceAll(string(data), "\r", "\n"), "\n")
		for _, p := range problems {
			if p.Path != synonymsPath || p.Line < 0 || p.Line > lines+1 && utf8.Valid(data) || strings.Contains(p.Message("en"), "unknown problem") {
				t.Errorf("problem %+v", p)
			}
		}
		if len(groups) > maxSynonymGroups {
			t.Errorf("%d groups", len(groups))
		}
		seen := make(map[string]bool)
		for _, g := range groups {
			if len(g.Words) < 2 || len(g.Words) > maxSynonyms || g.Line < 1 || g.Line > lines && utf8.Valid(data) {
				t.Errorf("group %+v", g)
			}
			for _, w := range g.Words {
				if key := synonymKey(w); seen[key] || SaysLittle(key) || w != oneLineText(w) || utf8.RuneCountInString(w) > maxWord || !utf8.ValidString(w) {
					t.Errorf("word %q of %+v", w, g)
				} else {
					seen[key] = true
				}
			}
		}
	})
}

func FuzzRender(f *testing.F) {
	seed(f)
	f.Add([]byte("[x](javascript:alert(1)) <img src=x onerror=y> </div><script>"))
	f.Add([]byte("[x](%E4%B9)"))
	f.Fuzz(func(t *testing.T, data []byte) {
		body, _ := decode("a.md", data)
		a := &Article{Path: "faq/a.md", Title: "标题", Body: body}
		page, toc, err := Render(a, RenderOptions{Link: func(path string) string { return "/" + path }})
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.ValidString(string(page)) {
			t.Error("not UTF-8")
		}
		checkSafe(t, string(page))
		ids := elementIDs(string(page))
		for _, h := range toc {
			if ids[h.ID] == 0 && !strings.Contains(body, "<") { // an open <style> hides what follows
				t.Errorf("no element has the id %q of the table of contents in %q", h.ID, page)
			}
		}
	})
}
