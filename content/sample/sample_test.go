package sample

import (
	"image/png"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// The checks here are textual and few, on purpose: what a reader makes of these files is tested where they are read.

// An article is one Markdown file, cut no finer than these tests need.
type article struct {
	path  string
	front map[string][]string // by English key; a single value is a list of one
	body  string
}

var chineseKeys = map[string]string{
	"标题": "title", "相似问": "questions", "反例问": "negatives", "关键词": "keywords", "分类": "category",
}

// readArticles reads every Markdown file below faq and training, in the order of their paths.
func readArticles(t *testing.T) []article {
	t.Helper()
	var all []article
	err := fs.WalkDir(FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".md" {
			return err
		}
		data, err := fs.ReadFile(FS(), name)
		if err != nil {
			return err
		}
		head, body, ok := strings.Cut(strings.TrimPrefix(string(data), "---\n"), "\n---\n")
		if !ok {
			t.Errorf("%s: no front matter", name)
			return nil
		}
		all = append(all, article{path: name, front: parseFront(head), body: body})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no articles")
	}
	return all
}

// parseFront reads the YAML that the sample keeps to: "key: value", "key: [a, b]" and "key:" above "  - value".
func parseFront(head string) map[string][]string {
	front := make(map[string][]string)
	key := ""
	for line := range strings.Lines(head) {
		line = strings.TrimRight(line, "\n")
		if item, ok := strings.CutPrefix(line, "  - "); ok {
			front[key] = append(front[key], item)
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		if key = name; chineseKeys[name] != "" {
			key = chineseKeys[name]
		}
		value = strings.TrimSpace(value)
		switch inner, ok := strings.CutPrefix(value, "["); {
		case ok:
			front[key] = strings.Split(strings.TrimSuffix(inner, "]"), ", ")
		case value != "":
			front[key] = []string{value}
		}
	}
	return front
}

func (a article) id() string { return strings.Join(a.front["id"], "") }

func (a article) kind() string {
	kind, _, _ := strings.Cut(a.path, "/")
	return kind
}

// public is true also for articles that staff may see as well.
func (a article) public() bool {
	return len(a.front["audience"]) == 0 || slices.Contains(a.front["audience"], "public")
}

// headings returns the texts of the headings of one level, "##" or "###".
func (a article) headings(level string) []string {
	var found []string
	for line := range strings.Lines(a.body) {
		if text, ok := strings.CutPrefix(line, level+" "); ok {
			found = append(found, strings.TrimSpace(text))
		}
	}
	return found
}

// standard returns the standard questions of an FAQ article: its headings, or its title when it has none.
func (a article) standard() []string {
	if found := a.headings("##"); len(found) > 0 {
		return found
	}
	return a.front["title"]
}

var alternatesLine = regexp.MustCompile(`(?m)^相似问[:：](.*)$`)

func (a article) alternates() []string {
	found := slices.Clone(a.front["questions"])
	for _, m := range alternatesLine.FindAllStringSubmatch(a.body, -1) {
		for part := range strings.SplitSeq(m[1], "|") {
			found = append(found, strings.TrimSpace(part))
		}
	}
	return found
}

func TestFilesAreCleanUTF8(t *testing.T) {
	err := fs.WalkDir(FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) == ".png" {
			return err
		}
		data, err := fs.ReadFile(FS(), name)
		if err != nil {
			return err
		}
		text := string(data)
		switch {
		case !utf8.ValidString(text):
			t.Errorf("%s: not UTF-8", name)
		case strings.ContainsAny(text, "\ufeff\ufffd\u200b\r\t\x00"):
			t.Errorf("%s: a byte order mark, tab, carriage return or other invisible character", name)
		case !strings.HasSuffix(text, "\n"):
			t.Errorf("%s: no line end at the end", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSize(t *testing.T) {
	questions, training := 0, 0
	for _, a := range readArticles(t) {
		switch a.kind() {
		case "faq":
			questions += len(a.standard())
		case "training":
			training++
			han := 0
			for _, r := range a.body {
				if unicode.Is(unicode.Han, r) {
					han++
				}
			}
			if han < 900 || han > 2500 {
				t.Errorf("%s has %d Chinese characters, want 900 to 2,500", a.path, han)
			}
		default:
			t.Errorf("%s is neither faq nor training", a.path)
		}
	}
	if questions < 48 {
		t.Errorf("%d questions, want at least 48", questions)
	}
	if training < 9 {
		t.Errorf("%d training articles, want at least 9", training)
	}
}

func TestIDsAndRelated(t *testing.T) {
	all := readArticles(t)
	byID := make(map[string]article)
	for _, a := range all {
		if other, taken := byID[a.id()]; taken || a.id() == "" {
			t.Errorf("%s: id %q is empty or that of %s", a.path, a.id(), other.path)
		}
		byID[a.id()] = a
	}
	for _, a := range all {
		for _, id := range a.front["related"] {
			other, ok := byID[id]
			if !ok || id == a.id() {
				t.Errorf("%s: related article %q does not exist or is this one", a.path, id)
			}
			if ok && a.public() && !other.public() {
				t.Errorf("%s is public but related to %s, which is not", a.path, other.path)
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)]*)\)`)

func TestLinksLeadSomewhere(t *testing.T) {
	all := readArticles(t)
	public := make(map[string]bool)
	for _, a := range all {
		public[a.path] = a.public()
	}
	links, images := 0, 0
	for _, a := range all {
		for _, m := range link.FindAllStringSubmatch(a.body, -1) {
			file, _, _ := strings.Cut(m[1], "#")
			target, err := url.PathUnescape(file)
			if err != nil || strings.Contains(target, ":") || strings.HasPrefix(target, "/") {
				t.Errorf("%s: %q is not a relative link", a.path, m[1])
				continue
			}
			target = path.Join(path.Dir(a.path), target)
			if _, err := fs.Stat(FS(), target); err != nil {
				t.Errorf("%s: link to %s: %v", a.path, m[1], err)
			}
			if path.Ext(target) == ".md" {
				links++
				if a.public() && !public[target] {
					t.Errorf("%s is public but links to %s, which is not", a.path, target)
				}
			} else {
				images++
			}
		}
	}
	if links < 30 || images < 3 {
		t.Errorf("found %d links and %d images; is the pattern right?", links, images)
	}
}

// A question in two articles would leave it to chance which one a customer gets.
func TestQuestionsAreAskedOnce(t *testing.T) {
	seen := make(map[string]string)
	for _, a := range readArticles(t) {
		var asked []string
		asked = append(asked, a.front["title"]...)
		asked = append(asked, a.headings("##")...)
		asked = append(asked, a.headings("###")...)
		asked = append(asked, a.alternates()...)
		own := make(map[string]bool)
		for _, question := range asked {
			key := strings.Map(func(r rune) rune {
				if unicode.IsLetter(r) || unicode.IsDigit(r) {
					return unicode.ToLower(r)
				}
				return -1
			}, question)
			if other, taken := seen[key]; taken || key == "" {
				t.Errorf("%s: %q is empty or also in %s", a.path, question, other)
			}
			seen[key], own[key] = a.path, true
		}
		for _, negative := range a.front["negatives"] {
			if own[negative] {
				t.Errorf("%s: %q is both asked and a negative", a.path, negative)
			}
		}
	}
}

// The sample shows each of these features, and those with dates exactly once, because they show as warnings.
func TestFeatures(t *testing.T) {
	count := make(map[string]int)
	for _, a := range readArticles(t) {
		for key := range a.front {
			count[key]++
		}
		if slices.Contains(a.front["lang"], "zh-TW") {
			count["zh-TW"]++
		}
		if !a.public() {
			count["staff only"]++
		}
		if a.kind() == "training" && a.public() {
			count["public training"]++
		}
		count["lines"] += len(alternatesLine.FindAllString(a.body, -1))
	}
	for feature, want := range map[string]int{"valid_from": 1, "valid_until": 1, "aliases": 1} {
		if count[feature] != want {
			t.Errorf("%d articles with %s, want %d", count[feature], feature, want)
		}
	}
	for feature, least := range map[string]int{
		"questions": 20, "negatives": 10, "keywords": 20, "related": 30, "weight": 10, "owner": 10, "review_by": 5,
		"lastmod": 50, "zh-TW": 5, "staff only": 5, "public training": 2, "lines": 20,
	} {
		if count[feature] < least {
			t.Errorf("%s: %d, want at least %d", feature, count[feature], least)
		}
	}
}

func TestImages(t *testing.T) {
	names, err := fs.Glob(FS(), "images/*.png")
	if err != nil || len(names) < 2 {
		t.Fatalf("images: %v, %v", names, err)
	}
	for _, name := range names {
		f, err := FS().Open(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > 30<<10 {
			t.Errorf("%s has %d bytes, want at most 30 KB", name, info.Size())
		}
		if _, err := png.Decode(f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		f.Close()
	}
}

func TestDictionary(t *testing.T) {
	data, err := fs.ReadFile(FS(), "_search/dictionary.txt")
	if err != nil {
		t.Fatal(err)
	}
	form := regexp.MustCompile(`^\p{Han}{2,8} 20000 n\n$`)
	words := make(map[string]bool)
	for line := range strings.Lines(string(data)) {
		if !form.MatchString(line) || words[line] {
			t.Errorf("%q is not of the form \"词 20000 n\", or there twice", line)
		}
		words[line] = true
	}
	if len(words) < 15 {
		t.Errorf("%d words, want at least 15", len(words))
	}
}

func TestQuestionsToTry(t *testing.T) {
	for _, lang := range []string{"zh-CN", "zh-TW", "en", "", "xx"} {
		got := Questions(lang)
		if len(got) != 3 || got[0] == got[1] || got[1] == got[2] || slices.Contains(got, "") {
			t.Errorf("Questions(%q) = %q, want three different ones", lang, got)
		}
	}
	if slices.Equal(Questions("zh-TW"), Questions("zh-CN")) {
		t.Error("the questions for zh-TW are not in traditional Chinese")
	}
	if got, want := Questions("xx"), Questions("zh-CN"); !slices.Equal(got, want) {
		t.Errorf("Questions of an unknown language = %q, want those of zh-CN, %q", got, want)
	}
}
