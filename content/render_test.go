package content

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"
)

// TestRender renders the article in each archive of testdata/render.
func TestRender(t *testing.T) {
	golden(t, "testdata/render/*.txtar", func(t *testing.T, folder fstest.MapFS) string {
		lib := read(t, folder)
		var b strings.Builder
		for i := range lib.Articles {
			a := &lib.Articles[i]
			page, toc, err := Render(a, RenderOptions{Link: func(path string) string { return "/files/" + path }})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "== %s\n%s", a.Path, page)
			for _, h := range toc {
				fmt.Fprintf(&b, "toc %d #%s %s\n", h.Level, h.ID, h.Text)
			}
		}
		return b.String()
	})
}

// TestRenderMedia: images get their size and can be looked at alone, and links to films say so.
func TestRenderMedia(t *testing.T) {
	opts := RenderOptions{
		Link: func(path string) string { return "/files/" + path },
		Size: func(path string) (int, int) {
			if path == "faq/a.png" {
				return 640, 480
			}
			return 0, 0
		},
		Zoom: true,
	}
	for _, tt := range []struct{ markdown, want string }{
		{"![步骤](a.png)", `<a class="zoom" href="/files/faq/a.png"><img src="/files/faq/a.png" alt="步骤" width="640" height="480" loading="lazy"></a>`},
		{"![步骤](b.png)", `<a class="zoom" href="/files/faq/b.png"><img src="/files/faq/b.png" alt="步骤" loading="lazy"></a>`},
		{`<img src="a.png" width="100">`, `<a class="zoom" href="/files/faq/a.png"><img src="/files/faq/a.png" width="100" alt="" loading="lazy"></a>`},
		{"![x](https://example.com/a.png?a=1&b=%22)", `<a class="zoom" href="https://example.com/a.png?a=1&amp;b=%22"><img src="https://example.com/a.png?a=1&amp;b=%22" alt="x" loading="lazy"></a>`},
		{"[![步骤](a.png)](b.md)", `<a href="/files/faq/b.md"><img src="/files/faq/a.png" alt="步骤" width="640" height="480" loading="lazy"></a>`},
		{"[看视频](a.mp4)", `<a href="/files/faq/a.mp4" class="video">看视频</a>`},
		{"[看视频](https://www.bilibili.com/video/BV1)", `<a href="https://www.bilibili.com/video/BV1" rel="noopener noreferrer nofollow" class="video">看视频</a>`},
		{"[不是](https://notbilibili.com/video/BV1)", `<a href="https://notbilibili.com/video/BV1" rel="noopener noreferrer nofollow">不是</a>`},
	} {
		got, _, err := Render(&Article{Path: "faq/x.md", Title: "题", Body: tt.markdown}, opts)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(got), tt.want) {
			t.Errorf("%s:\n%s\nwant\n%s", tt.markdown, got, tt.want)
		}
	}
}

// TestRenderText: a reader may see other characters, but no other markup, addresses or code.
func TestRenderText(t *testing.T) {
	opts := RenderOptions{Text: strings.NewReplacer("发", "發").Replace}
	const markdown = "发 <b>&lt;发&gt;</b> [发](https://example.com/发) `发`\n\n![发](https://example.com/发.png)\n\n    发\n"
	got, _, err := Render(&Article{Path: "a.md", Title: "题", Body: markdown}, opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"發 <b>&lt;發&gt;</b>", `href="https://example.com/%E5%8F%91"`, ">發</a>", "<code>发</code>", `alt="發"`, "<pre><code>发"} {
		if !strings.Contains(string(got), want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// TestAnchors renders every golden article and looks for the anchors of its passages on the page.
func TestAnchors(t *testing.T) {
	seen := 0
	golden(t, "testdata/read/*.txtar", func(t *testing.T, folder fstest.MapFS) string {
		lib := read(t, folder)
		for i := range lib.Articles {
			a := &lib.Articles[i]
			page, _, err := Render(a, RenderOptions{})
			if err != nil {
				t.Fatal(err)
			}
			ids := elementIDs(string(page))
			for _, p := range a.Passages {
				if p.Anchor == "" {
					continue
				}
				if seen++; ids[p.Anchor] != 1 {
					t.Errorf("%s: %d elements have the id %q", a.Path, ids[p.Anchor], p.Anchor)
				}
			}
		}
		return describe(lib)
	})
	if seen == 0 {
		t.Error("no passage has an anchor")
	}
}

func elementIDs(page string) map[string]int {
	ids := make(map[string]int)
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ids
		case html.StartTagToken:
			for _, a := range z.Token().Attr {
				if a.Key == "id" {
					ids[a.Val]++
				}
			}
		}
	}
}

// checkSafe reports what must not be on a page: scripts, event handlers, styles, and URLs that run something.
func checkSafe(t *testing.T, page string) {
	t.Helper()
	open := 0
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		token := z.Token()
		switch kind {
		case html.EndTagToken:
			open--
		case html.StartTagToken, html.SelfClosingTagToken:
			if !strings.Contains(" br hr img input wbr source ", " "+token.Data+" ") {
				open++
			}
			switch token.Data {
			case "script", "style", "iframe", "object", "embed", "form", "base", "meta", "link", "svg", "math":
				t.Errorf("<%s> in %q", token.Data, page)
			}
			for _, a := range token.Attr {
				value := strings.ToLower(strings.Join(strings.Fields(a.Val), ""))
				switch {
				case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc", a.Key == "formaction":
					t.Errorf("attribute %s in %q", a.Key, page)
				case a.Key != "href" && a.Key != "src":
				case strings.HasPrefix(value, "javascript:"), strings.HasPrefix(value, "data:"), strings.HasPrefix(value, "vbscript:"):
					t.Errorf("URL %q in %q", a.Val, page)
				}
			}
		}
		if open < 0 {
			t.Fatalf("an element is closed that was not opened in %q", page)
		}
	}
	if open != 0 {
		t.Errorf("%d elements are left open in %q", open, page)
	}
}

func TestRenderIsSafe(t *testing.T) {
	for _, body := range []string{
		"<script>alert(1)</script>", "a <script src=x></script> b", "<img src=x onerror=alert(1)>", "<a href=javascript:alert(1)>x</a>",
		"[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](&#106;avascript:alert(1))", "[x](java\tscript:alert(1))",
		"[x](data:text/html;base64,PHNjcmlwdD4=)", "![x](data:image/svg+xml,<svg onload=alert(1)>)", "[x](vbscript:msgbox)",
		"<svg onload=alert(1)>", "<math><mi xlink:href=javascript:alert(1)>", "<iframe src=https://e.com>", "<form action=/x><input name=q>",
		"<style>*{display:none}</style>", "<p style='position:fixed'>x", "<div><div><b>", "</div></main></body>", "<a href='x\" onclick=\"y'>z</a>",
		"<details open ontoggle=alert(1)>", "<input type=text autofocus onfocus=alert(1)>", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
		"<https://e.com/\"onmouseover=alert(1)>", "```\"onmouseover=alert(1)\nx\n```", "## x {#a\"onclick=alert(1)}", "<base href=//e.com>",
		"[x]: javascript:alert(1)\n\n[x]", "<!--><script>alert(1)</script>-->", "<textarea><script>alert(1)</script>", "[^1]\n\n[^1]: <script>x</script>",
	} {
		page, _, err := Render(&Article{Path: "faq/a.md", Title: "x", Body: body}, RenderOptions{})
		if err != nil {
			t.Error(err)
		}
		checkSafe(t, string(page))
	}
}

func TestReports(t *testing.T) {
	problems := []Problem{
		{Path: "faq/退货,a:b%.md", Line: 12, Code: frontMatterDate, Args: []string{"date", "一\n二\r50%"}},
		{Path: "a.md", Code: articleEmpty},
		{Path: "b.md", Line: 3, Code: questionTwice, Args: []string{"{1} <b>", "faq/a.md:5"}},
	}
	golden(t, "testdata/reports.txtar", func(t *testing.T, _ fstest.MapFS) string {
		var b strings.Builder
		for _, lang := range []string{"zh", "en"} {
			b.WriteString("== text " + lang + "\n")
			if err := WriteText(&b, problems, lang); err != nil {
				t.Error(err)
			}
			b.WriteString("== json " + lang + "\n")
			if err := WriteJSON(&b, problems, lang); err != nil {
				t.Error(err)
			}
			b.WriteString("== github " + lang + "\n")
			if err := WriteGitHub(&b, problems, lang); err != nil {
				t.Error(err)
			}
		}
		return b.String()
	})
	var b strings.Builder
	if err := WriteJSON(&b, nil, "zh"); err != nil || b.String() != "[]\n" {
		t.Errorf("no problems are %q, %v", b.String(), err)
	}
	var list []map[string]any
	b.Reset()
	if err := WriteJSON(&b, problems, "zh"); err != nil || json.Unmarshal([]byte(b.String()), &list) != nil || len(list) != 3 {
		t.Errorf("not JSON: %s", b.String())
	}
}
