package content

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestRead reads the folder in each archive of testdata/read and compares all that comes of it with the archive's file
// "want". A new case needs no Go: add an archive and run go test ./content -update.
func TestRead(t *testing.T) {
	golden(t, "testdata/read/*.txtar", func(t *testing.T, folder fstest.MapFS) string {
		lib, err := Read(t.Context(), folder, nil)
		if err != nil {
			t.Fatal(err)
		}
		return describe(lib)
	})
}

// golden runs a function over the files of each archive and compares its result with the file "want" in it.
func golden(t *testing.T, pattern string, run func(t *testing.T, folder fstest.MapFS) string) {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives %s: %v", pattern, err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			folder, want := fstest.MapFS{}, ""
			files := archive.Files[:0]
			for _, f := range archive.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				files = append(files, f)
				folder[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			got := run(t, folder)
			if *update {
				archive.Files = append(files, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, -want +got:\n%s", name, diff)
			}
		})
	}
}

// describe writes a library so that a change of it is a readable diff.
func describe(lib *Library) string {
	var b strings.Builder
	field := func(name string, value any) {
		s := fmt.Sprint(value)
		if s == "" || s == "[]" || s == "0" || s == "false" {
			return
		}
		if strings.Contains(s, "\n") {
			s = "\n\t\t" + strings.ReplaceAll(s, "\n", "\n\t\t")
			s = strings.ReplaceAll(s, "\t\t\n", "\n")
		} else {
			s = " " + s
		}
		fmt.Fprintf(&b, "\t%s:%s\n", name, s)
	}
	list := func(name string, values []string) { field(name, strings.Join(values, " | ")) }
	date := func(name string, at time.Time) {
		if !at.IsZero() {
			field(name, at.Format("2006-01-02 15:04"))
		}
	}
	for _, a := range lib.Articles {
		fmt.Fprintf(&b, "article %s %q\n", a.ID, a.Title)
		field("path", a.Path)
		field("kind", a.Kind)
		field("lang", a.Lang)
		field("description", a.Description)
		field("category", a.Category)
		list("keywords", a.Keywords)
		list("tags", a.Tags)
		field("weight", a.Weight)
		list("audience", a.Audience)
		list("channel", a.Channel)
		field("owner", a.Owner)
		date("date", a.Date)
		date("updated", a.Updated)
		date("review by", a.ReviewBy)
		date("valid from", a.ValidFrom)
		date("valid until", a.ValidUntil)
		list("aliases", a.Aliases)
		list("related", a.Related)
		field("hidden", a.Hidden)
		for _, p := range a.Passages {
			fmt.Fprintf(&b, "  passage %s line %d\n", p.ID, p.Line)
			list("headings", p.Headings)
			field("question", p.Question)
			list("alternates", p.Alternates)
			list("negatives", p.Negatives)
			list("keywords", p.Keywords)
			field("text", p.Text)
			if p.Markdown != p.Text {
				field("markdown", p.Markdown)
			}
		}
	}
	for _, w := range lib.Words {
		fmt.Fprintf(&b, "word %s %d %s\n", w.Text, w.Freq, w.Tag)
	}
	for _, g := range lib.Synonyms {
		sign := " = "
		if g.OneWay {
			sign = " <- "
		}
		fmt.Fprintf(&b, "synonyms line %d: %s\n", g.Line, strings.Join(g.Words, sign))
	}
	for _, p := range lib.Problems {
		fmt.Fprintf(&b, "%s\n", p)
	}
	return b.String()
}

func read(t *testing.T, folder fstest.MapFS) *Library {
	t.Helper()
	lib, err := Read(t.Context(), folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func codes(problems []Problem) string {
	var list []string
	for _, p := range problems {
		list = append(list, string(p.Code))
	}
	return strings.Join(list, " ")
}

// TestBytes is about files whose bytes are odd; text archives cannot hold them.
func TestBytes(t *testing.T) {
	gbk := "# \xcd\xcb\xbf\xee\n\n\xcd\xcb\xbf\xee\xd4\xda\xc8\xfd\xcc\xec\xc4\xda\xb5\xbd\xd5\xcb\xa1\xa3\n" // 退款 / 退款在三天内到账。
	// 如何退款？ / 退款會在三天內到帳，請耐心等候。
	big5 := "# \xa6p\xa6\xf3\xb0h\xb4\xda\xa1H\n\n\xb0h\xb4\xda\xb7|\xa6b\xa4T\xa4\xd1\xa4\xba\xa8\xec\xb1b\xa1A\xbd\xd0\xad@\xa4\xdf\xb5\xa5\xad\xd4\xa1C\n"
	for _, c := range []struct{ name, file, title, text, codes string }{
		{"plain", "# 退款\n\n三天内到账。\n", "退款", "三天内到账。", ""},
		{"BOM", "\ufeff---\ntitle: 退款\n---\n三天内到账。\n", "退款", "三天内到账。", ""},
		{"CRLF", "---\r\ntitle: 退款\r\n---\r\n三天内到账。\r\n第二行\r\n", "退款", "三天内到账。第二行", ""},
		{"CR", "# 退款\r\r三天内到账。\r", "退款", "三天内到账。", ""},
		{"GBK", gbk, "退款", "退款在三天内到账。", "encoding-gbk"},
		{"UTF-16 LE", "\xff\xfe#\x00 \x00\x00\x90>k\n\x00\n\x00}Y\n\x00", "退款", "好", "encoding-utf16"},
		{"UTF-16 BE", "\xfe\xff\x00#\x00 \x90\x00k>\x00\n\x00\nY}\x00\n", "退款", "好", "encoding-utf16"},
		{"broken UTF-8", "# 退款\n\n三天\xff内到账。\n", "退款", "三天 内到账。", "encoding-invalid"},
		{"cut UTF-8", "# 退款\n\n三天内到账\xe3\x80", "退款", "三天内到账", "encoding-invalid"},
		{"latin-1", "# Caf\xe9\n\nOuvert tous les jours.\n", "Caf", "Ouvert tous les jours.", "encoding-invalid"},
		{"NUL", "# 退\x00款\n\n三天\x01\x7f内到账。\n", "退款", "三天内到账。", ""},
		{"no line end", "# 退款\n\n三天内到账。", "退款", "三天内到账。", ""},
		{"Big5", big5, "如何退款？", "退款會在三天內到帳，請耐心等候。", "encoding-big5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lib := read(t, fstest.MapFS{"a.md": {Data: []byte(c.file)}})
			if got := codes(lib.Problems); got != c.codes {
				t.Errorf("problems %q, want %q", got, c.codes)
			}
			if len(lib.Articles) != 1 {
				t.Fatalf("%d articles: %v", len(lib.Articles), lib.Problems)
			}
			a := lib.Articles[0]
			if a.Title != c.title || a.Passages[0].Text != c.text {
				t.Errorf("title %q text %q, want %q %q", a.Title, a.Passages[0].Text, c.title, c.text)
			}
		})
	}
}

// TestQuestionWithoutAnswer: who writes a title into the front matter means it to be found.
func TestQuestionWithoutAnswer(t *testing.T) {
	lib := read(t, fstest.MapFS{"a.md": {Data: []byte("---\nid: a\ntitle: 怎么退款\n---\n\n\n")}})
	if len(lib.Articles) != 1 || len(lib.Articles[0].Passages) != 1 || lib.Articles[0].Passages[0].Question != "怎么退款" {
		t.Fatalf("articles %v", lib.Articles)
	}
	if len(lib.Problems) != 1 || !strings.HasPrefix(lib.Problems[0].String(), "a.md: warning answer-missing") {
		t.Errorf("problems %v", lib.Problems)
	}
}

// TestLeftOut is about files of which no article comes.
func TestLeftOut(t *testing.T) {
	for _, c := range []struct{ name, file, problem string }{
		{"empty", "", "a.md: error article-empty"},
		{"blank", " \n\n\t\n", "a.md: error article-empty"},
		{"title only", "# 退款\n", "a.md: error article-empty"},
		{"comment only", "# 退款\n<!-- 以后写 -->\n", "a.md: error article-empty"},
		{"draft", "---\ndraft: true\n---\n# 退款\n\n好\n", ""},
		{"Chinese draft", "---\n草稿: 是\n---\n# 退款\n\n好\n", ""},
		{"unclosed", "---\ntitle: 退款\n\n三天内到账。\n", "a.md:1: error front-matter-unclosed"},
		{"syntax", "---\ntitle: 退款\nquestions: [怎么退\n---\n好\n", "a.md:3: error front-matter-syntax"},
		{"colon in value", "---\nid: a\ntitle: 注意: 退款\n---\n好\n", "a.md:3: error front-matter-syntax"},
		{"full-width colon", "---\nid: a\n标题：退款\n---\n好\n", "a.md:3: error front-matter-colon"},
		{"no blank after colon", "---\nid: a\ntitle:退款\n---\n好\n", "a.md:3: error front-matter-colon"},
		{"tab", "---\ntags:\n\t- a\n---\n好\n", "a.md:3: error front-matter-syntax"},
		{"twice", "---\ntitle: 退款\nid: a\ntitle: 换货\n---\n好\n", "a.md:4: error front-matter-duplicate-key"},
		{"audience of a wrong type", "---\naudience: {a: b}\n---\n好\n", "a.md:2: error audience-unclear"},
		{"audience of nobody", "---\naudience: []\n---\n好\n", "a.md:2: error audience-unclear"},
		{"audience misspelt", "---\naudiance: staff\n---\n好\n", "a.md:2: error audience-unclear"},
		{"picture", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89", "a.md: error encoding-unreadable"},
		{"UTF-16 without a mark", "#\x00 \x00\x00\x90>k\n\x00\n\x00}Y\n\x00", "a.md: error encoding-unreadable"},
		{"Shift JIS", "# \x95\xd4\x8b\xe0\n\n\x95\xd4\x8b\xe0\x82\xcd\x82\xc7\x82\xa4\x82\xb7\x82\xe9\n", "a.md: error encoding-unreadable"},
		{"lost before", "# ����\n\n��������\n", "a.md: error encoding-unreadable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lib := read(t, fstest.MapFS{"a.md": {Data: []byte(c.file)}, "b.md": {Data: []byte("# 换货\n\n能换\n")}})
			if len(lib.Articles) != 1 || lib.Articles[0].ID != "b" {
				t.Fatalf("articles %v, want only b", lib.Articles)
			}
			var got string
			if len(lib.Problems) > 0 {
				got = lib.Problems[0].String()
			}
			if !strings.HasPrefix(got, c.problem) || c.problem == "" && got != "" {
				t.Errorf("problem %q, want %q", got, c.problem)
			}
		})
	}
}

// TestMissingDashes is about files that begin with what may or may not be front matter.
func TestMissingDashes(t *testing.T) {
	for _, c := range []struct {
		file string
		want bool
	}{
		{"title: 退款\n\n好\n", true},
		{"title: 退款\ntags: [a]\n好\n", true},
		{"标题：退款\n分类：售后\n\n好\n", true},
		{"Title: 退款", true},
		{"id: a\ntitle: 退款\n---\n好\n", true},
		{"---\ntitle: 退款\n---\n好\n", false},
		{"title: 退款\n好\n", false},
		{"注意: 退款\n\n好\n", false},
		{"相似问：怎么退\n\n好\n", false},
		{"关键词：退款\n\n好\n", false},
		{"\ntitle: 退款\n\n好\n", false},
		{"title\n\n好\n", false},
		{"# title: 退款\n\n好\n", false},
	} {
		lib := read(t, fstest.MapFS{"a.md": {Data: []byte(c.file)}})
		got := strings.Contains(codes(lib.Problems), string(frontMatterDashes))
		if got != c.want || len(lib.Articles) != 1 {
			t.Errorf("%q: %t, want %t; problems %v", c.file, got, c.want, lib.Problems)
		}
	}
}

func TestTooLarge(t *testing.T) {
	lib := read(t, fstest.MapFS{"a.md": {Data: make([]byte, maxFile+1)}})
	if len(lib.Articles) != 0 || codes(lib.Problems) != string(fileTooLarge) {
		t.Errorf("%d articles, problems %v", len(lib.Articles), lib.Problems)
	}
}

// TestNoArticles is about folders without an article of which nothing else says why.
func TestNoArticles(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		problems         string
	}{
		{"empty folder", "", "", ". no-articles"},
		{"other files", "退货.docx", "x", ". no-articles"},
		{"drafts", "a.md", "---\ndraft: true\n---\n好", ". no-articles"},
		{"an article", "a.md", "# 退货\n\n好", ""},
		{"an error", "a.md", "# 退货", "a.md article-empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := fstest.MapFS{}
			if c.file != "" {
				folder[c.file] = &fstest.MapFile{Data: []byte(c.text)}
			}
			lib := read(t, folder)
			var got []string
			for _, p := range lib.Problems {
				got = append(got, p.Path+" "+string(p.Code))
			}
			if strings.Join(got, ", ") != c.problems || len(lib.Hash) != 64 {
				t.Errorf("problems %q, want %q; hash %q", got, c.problems, lib.Hash)
			}
		})
	}
}

func TestMissingFolder(t *testing.T) {
	if _, err := Read(t.Context(), os.DirFS(filepath.Join(t.TempDir(), "none")), nil); err == nil {
		t.Error("no error for a folder that does not exist")
	}
}

func TestReadStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, fstest.MapFS{"a.md": {Data: []byte("好")}}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestProgress(t *testing.T) {
	folder := fstest.MapFS{"_search/dictionary.txt": {Data: []byte("惠民保\n")}}
	for i := range 50 {
		folder[fmt.Sprintf("%d.md", i)] = &fstest.MapFile{Data: []byte("# 退款\n\n好")}
	}
	last := 0
	_, err := Read(t.Context(), folder, func(done, total int) {
		if done != last+1 || total != 51 {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last = done
	})
	if err != nil || last != 51 {
		t.Errorf("%d files, error %v", last, err)
	}
}

func TestHash(t *testing.T) {
	base := func() fstest.MapFS {
		return fstest.MapFS{
			"faq/a.md":               {Data: []byte("# 退款\n\n好")},
			"faq/b.md":               {Data: []byte("# 换货\n\n好")},
			"_search/dictionary.txt": {Data: []byte("惠民保\n")},
			"_search/synonyms.yaml":  {Data: []byte("- [退款, 退费]\n")},
			"a.png":                  {Data: []byte("x")},
		}
	}
	hash := func(folder fstest.MapFS) string {
		h, err := Hash(t.Context(), folder)
		if err != nil {
			t.Fatal(err)
		}
		if lib := read(t, folder); lib.Hash != h {
			t.Errorf("Read says %s, Hash %s", lib.Hash, h)
		}
		return h
	}
	want := hash(base())
	same := map[string]func(fstest.MapFS){
		"time":       func(f fstest.MapFS) { f["faq/a.md"].ModTime = time.Unix(1, 0) },
		"attachment": func(f fstest.MapFS) { f["b.png"] = &fstest.MapFile{} },
		"dot":        func(f fstest.MapFS) { f[".git/a.md"] = &fstest.MapFile{} },
	}
	for name, change := range same {
		if f := base(); true {
			change(f)
			if hash(f) != want {
				t.Errorf("%s changes the hash", name)
			}
		}
	}
	different := map[string]func(fstest.MapFS){
		"bytes":      func(f fstest.MapFS) { f["faq/a.md"].Data = []byte("# 退款\n\n坏") },
		"name":       func(f fstest.MapFS) { f["faq/c.md"] = f["faq/a.md"]; delete(f, "faq/a.md") },
		"exchange":   func(f fstest.MapFS) { f["faq/a.md"], f["faq/b.md"] = f["faq/b.md"], f["faq/a.md"] },
		"synonyms":   func(f fstest.MapFS) { f["_search/synonyms.yaml"].Data = []byte("- [退款, 退钱]\n") },
		"dictionary": func(f fstest.MapFS) { f["_search/dictionary.txt"].Data = []byte("惠民宝\n") },
		"broken":     func(f fstest.MapFS) { f["faq/d.md"] = &fstest.MapFile{Data: []byte("---\na: b\n")} },
	}
	for name, change := range different {
		f := base()
		change(f)
		if hash(f) == want {
			t.Errorf("%s does not change the hash", name)
		}
	}
}

// TestSameOnEveryRun reads a folder of files that claim the same ids and questions over and over.
func TestSameOnEveryRun(t *testing.T) {
	folder := fstest.MapFS{}
	for i := range 40 {
		text := fmt.Sprintf("---\nid: same-%d\n---\n# 怎么退款%d\n\n好 [坏](x%d.md)\n", i%7, i%5, i)
		folder[fmt.Sprintf("%d.md", i)] = &fstest.MapFile{Data: []byte(text)}
	}
	want := describe(read(t, folder))
	for range 20 {
		if diff := cmp.Diff(want, describe(read(t, folder))); diff != "" {
			t.Fatal(diff)
		}
	}
}

// TestLongPassage cuts a passage at the ends of paragraphs and loses nothing.
func TestLongPassage(t *testing.T) {
	var b strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&b, "第 %d 段，关于退款的规定，内容不长。\n\n", i)
	}
	lib := read(t, fstest.MapFS{"a.md": {Data: []byte("# 退款规定\n\n" + b.String())}})
	passages := lib.Articles[0].Passages
	if len(passages) < 3 {
		t.Fatalf("%d passages", len(passages))
	}
	var text []string
	for i, p := range passages {
		id := "a"
		if i > 0 {
			id = fmt.Sprintf("a~%d", i+1)
		}
		if p.ID != id || p.Question != "退款规定" || p.Anchor != "" {
			t.Errorf("passage %q %q %q", p.ID, p.Question, p.Anchor)
		}
		if n := len([]rune(p.Text)); n > maxPassage || n < maxPassage/2 && i+1 < len(passages) {
			t.Errorf("passage %s has %d characters", p.ID, n)
		}
		if !strings.HasPrefix(p.Text, "第 ") || !strings.HasSuffix(p.Text, "内容不长。") || !strings.HasPrefix(p.Markdown, p.Text[:20]) {
			t.Errorf("passage %s is not cut at a paragraph: %q", p.ID, cutText(p.Text, 20))
		}
		text = append(text, p.Text)
	}
	if got, want := strings.Join(text, "\n"), strings.TrimSpace(strings.ReplaceAll(b.String(), "\n\n", "\n")); got != want {
		t.Error("text was lost")
	}
}
