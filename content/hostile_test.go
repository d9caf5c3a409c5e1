package content

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"
)

// mega is the size of the hostile files. With 10 MB each of them takes up to six seconds.
const mega = 1 << 19

func repeat(s string) string { return strings.Repeat(s, mega/len(s)) }

// hostile are files that nobody writes, and that must not take more than seconds nor end the program.
func hostile() map[string]string {
	var indented strings.Builder
	for i := 0; indented.Len() < mega; i++ {
		fmt.Fprintf(&indented, "%s- a\n", strings.Repeat("  ", i%4000))
	}
	return map[string]string{
		"one line":              repeat("退款多久到账 "),
		"one line, no blank":    repeat("退款"),
		"one word":              repeat("a"),
		"items":                 repeat("- 一二三\n"),
		"nested items":          indented.String(),
		"nested quotations":     repeat(">"),
		"nested quotations 2":   repeat("> "),
		"nested quotations 3":   repeat(strings.Repeat(">", 1000) + "a\n"),
		"nested list line":      repeat("- "),
		"nested numbers":        repeat("1. "),
		"brackets":              repeat("["),
		"brackets closed":       repeat("[a]"),
		"images":                repeat("![a]("),
		"links open":            repeat("[a](b "),
		"links nested":          strings.Repeat("[", mega/10) + strings.Repeat("](a)", mega/10),
		"emphasis":              repeat("*a_ "),
		"emphasis 2":            repeat("**中*"),
		"emphasis lines":        repeat("**a *b _c\n"),
		"strikes":               repeat("~~a ~"),
		"backticks":             backticks(),
		"backtick lines":        repeat("`a ``b\n"),
		"angle brackets":        repeat("<a "),
		"angle brackets 2":      repeat("<a x='\n"),
		"comments":              repeat("<!--a "),
		"declarations":          repeat("<!A <?x <![CDATA["),
		"html":                  repeat("<div><b>x</i>\n"),
		"entities":              repeat("&amp;&#38;&x"),
		"escapes":               repeat("\\"),
		"footnotes":             repeat("[^1]: a\n\n[^2] "),
		"references":            repeat("[a]: b\n"),
		"reference uses":        repeat("[a][b\n"),
		"table wide":            repeat("|a") + "\n" + repeat("|-") + "\n|x|\n",
		"table long":            "|a|b|\n|-|-|\n" + repeat("|`x\\|y`|z|\n"),
		"table rows":            strings.Repeat("|a", 400) + "\n" + strings.Repeat("|-", 400) + "\n" + repeat("|\n"),
		"headings":              repeat("# a\n"),
		"headings with text":    repeat("## 退款？\n\n好\n\n"),
		"underlines":            repeat("a\n=\n"),
		"fences":                repeat("```\n"),
		"fence open":            "```\n" + repeat("退款\n"),
		"alternates":            "# 退款\n相似问：" + repeat("怎么退|"),
		"alternates list":       "# 退款\n相似问：\n" + repeat("- 怎么退\n"),
		"front matter aliases":  "---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nquestions: [*b,*b,*b,*b]\n---\n好\n",
		"front matter deep":     "---\nx: " + strings.Repeat("[", 100_000) + "\n---\n好\n",
		"front matter large":    "---\nx: " + repeat("a") + "\n---\n好\n",
		"front matter open":     "---\n" + repeat("a: b\n"),
		"blank lines":           repeat("\n"),
		"paragraphs":            repeat("好\n\n"),
		"carriage returns":      repeat("a\r"),
		"NUL":                   repeat("\x00"),
		"invalid UTF-8":         repeat("\xff"),
		"autolinks":             repeat("http://a"),
		"mail":                  repeat("a_a@a_"),
		"question marks":        "# 退款\n相似问：" + repeat("？"),
		"definition in heading": "# " + repeat("a{#b}"),
	}
}

func backticks() string {
	var b strings.Builder
	for i := 1; b.Len() < mega; i++ {
		b.WriteString(strings.Repeat("`", i%3000))
		b.WriteByte(' ')
	}
	return b.String()
}

// TestTooComplex reads a flat file of many short paragraphs, which is too large to be parsed.
func TestTooComplex(t *testing.T) {
	lib := read(t, fstest.MapFS{"a.md": {Data: []byte("# 退款\n\n" + strings.Repeat("好\n\n", maxBlocks))}})
	if len(lib.Articles) != 1 || codes(lib.Problems) != string(markdownComplex) {
		t.Fatalf("%d articles, problems %v", len(lib.Articles), lib.Problems)
	}
	if zh, en := lib.Problems[0].Message("zh"), lib.Problems[0].Message("en"); !strings.Contains(zh, "太大") || !strings.Contains(en, "too large") {
		t.Errorf("the message does not say that the file is too large: %s %s", zh, en)
	}
}

func TestHostileFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("fifty files of half a megabyte take ten seconds")
	}
	for name, file := range hostile() {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			lib, err := Read(context.Background(), fstest.MapFS{"x.md": {Data: []byte(file)}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took > 30*time.Second {
				t.Errorf("reading took %v", took)
			}
			t.Log(time.Since(start), len(lib.Articles), len(lib.Problems))
			if len(lib.Articles) == 0 && !slices.ContainsFunc(lib.Problems, isError) {
				t.Error("neither an article nor an error")
			}
			for i := range lib.Articles {
				for _, p := range lib.Articles[i].Passages {
					if n := utf8.RuneCountInString(p.Text); n > maxPassage+markEvery {
						t.Fatalf("passage %s has %d characters", p.ID, n)
					}
				}
				start := time.Now()
				if _, _, err := Render(&lib.Articles[i], RenderOptions{}); err != nil {
					t.Error(err)
				}
				t.Log("render", time.Since(start))
			}
		})
	}
}
