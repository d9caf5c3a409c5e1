package content

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"
)

// TestChat makes chat messages of every passage in the archives of testdata/chat.
func TestChat(t *testing.T) {
	golden(t, "testdata/chat/*.txtar", func(t *testing.T, folder fstest.MapFS) string {
		lib := read(t, folder)
		var b strings.Builder
		for i := range lib.Articles {
			a := &lib.Articles[i]
			for j := range a.Passages {
				p := &a.Passages[j]
				opts := ChatOptions{
					Path: a.Path, Lang: a.Lang, URL: "https://help.example.com/articles/" + p.ID, MaxChars: 2000,
					Link: func(path string) string {
						if strings.Contains(path, "没有") {
							return ""
						}
						return "https://help.example.com/at/" + path
					},
				}
				markdown := WithDefinitions(a.Body, p.Markdown)
				fmt.Fprintf(&b, "== %s text\n%s\n== %s markdown\n%s\n", p.ID, ChatText(markdown, opts), p.ID, ChatMarkdown(markdown, opts))
			}
		}
		return b.String()
	})
}

func TestChatCut(t *testing.T) {
	const page = "https://h.cn/a"
	for _, tt := range []struct{ name, markdown, lang, url, want string }{
		{"short", "一二三。", "zh-CN", page, "一二三。"},
		{"paragraph", "第一段有一些字，到这里为止。\n\n第二段有一些字，写得很长很长很长很长很长很长，长到放不下了。", "zh-CN", page, "第一段有一些字，到这里为止。\n查看全文：" + page},
		{"sentence", "第一句话写到这里。第二句话写到这里。第三句话就太长了，怎么也放不下，这里再加十个字。", "zh-TW", page, "第一句话写到这里。第二句话写到这里。\n查看全文：" + page},
		{"no page", "第一句话写到这里。第二句话写到这里。第三句话就太长了，怎么也放不下，这里再加十个字。", "zh-CN", "", "第一句话写到这里。第二句话写到这里。\n…"},
		{"word", "There is a sentence that does not end before the bubble is full", "en", page, "There is a sentence\nRead more: " + page},
		{"address", "一二三四五六七八九十 <https://example.com/very/long/path/of/an/address>", "zh-CN", page, "一二三四五六七八九十\n查看全文：" + page},
		{"no place to cut", strings.Repeat("a", 60), "zh-CN", page, strings.Repeat("a", 20) + "\n查看全文：" + page},
		{"long address of the page", "第一句话写到这里。第二句话写到这里。第三句话就太长了，怎么也放不下，这里再加十个字。", "zh-CN", page + strings.Repeat("/b", 30), "第一句话写到这里。第二句话写到这里。\n查看全文：" + page + strings.Repeat("/b", 30)},
	} {
		got := ChatText(tt.markdown, ChatOptions{Lang: tt.lang, URL: tt.url, MaxChars: 40})
		if tt.name != "short" && tt.markdown == got {
			t.Errorf("%s: not cut", tt.name)
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// FuzzChat: whatever an editor writes, the text is valid and short enough, and every link of the Markdown is usable
// after the first pass, so that a second one changes nothing.
func FuzzChat(f *testing.F) {
	for _, seed := range []string{
		"", "[a](b.md)", "![](a.png)", "| a | b |\n|--|--|\n| 1 |", "<a href=x>", "<a href='a.md'><a href=b>c", "[a]: b.md\n[a]", "[a](javascript:x)",
		"1. a\n   - b\n     > c\n", "~~a~~", "```\n](a)\n", "`](a.md)`[x](y.md)", "[^1]\n\n[^1]: a", "<script>a</script>b", "\x00\xff[a](<b c>)", "[a](b(c)d.md)",
	} {
		f.Add(seed, 60)
	}
	f.Fuzz(func(t *testing.T, markdown string, limit int) {
		if limit < 40 || limit > 5000 {
			return
		}
		opts := ChatOptions{Path: "faq/a.md", URL: "https://h.cn/a", MaxChars: limit, Link: func(path string) string { return "https://h.cn/f" }}
		markdown = strings.ToValidUTF8(markdown, "")
		text := ChatText(markdown, opts)
		if !utf8.ValidString(text) {
			t.Errorf("%q: not UTF-8: %q", markdown, text)
		}
		if n := utf8.RuneCountInString(text); n > limit {
			t.Errorf("%q: %d characters, at most %d", markdown, n, limit)
		}
		opts.MaxChars = 1 << 30
		after := ChatMarkdown(markdown, opts)
		if again := ChatMarkdown(after, opts); again != after {
			t.Errorf("%q: twice: %q, %q", markdown, after, again)
		}
	})
}
