package content

import (
	"bytes"
	"fmt"
	"html/template"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// RenderOptions say how an article becomes a page.
type RenderOptions struct {
	// Link returns the URL for a path below the content folder, as relative links and images lead to: "faq/退货.md#条件",
	// "images/a.png". When it returns "" the link leads nowhere and the image is dropped. Nil leaves the path as it is.
	Link func(path string) string
	// Size returns width and height of an image below the content folder in pixels, 0 when unknown. With it, images whose
	// size the editor did not give have one, so that the page does not jump when they arrive. Nil knows none.
	Size func(path string) (width, height int)
	// Text returns what is shown instead of a text, which it may get and must return with what HTML escapes escaped. Code stays as it is. Nil
	// changes nothing.
	Text func(escaped string) string
	// Zoom makes every image that is not in a link a link to itself, of the class "zoom".
	Zoom bool
}

// A Heading is an entry of an article's table of contents.
type Heading struct {
	Level    int    // 1 to 6, as in the article
	ID, Text string // ID is the id of the element, and the Anchor of the passage that begins there
}

// Render makes safe HTML of an article: whatever the editor wrote, there are no scripts, no event handlers, no styles
// and no URLs but http, https, mailto, tel and local ones in it; elements are closed. Lines for the search only (相似问 …)
// are left out, and so is the heading that repeats the article's title, which the page shows by itself.
//
// The table of contents holds the headings of the document itself, without that of the title. Render is safe for
// concurrent use.
func Render(a *Article, opts RenderOptions) (HTML template.HTML, toc []Heading, err error) {
	d := readDocument(a.Body, 1)
	for _, h := range d.headings {
		if h.text != "" {
			toc = append(toc, Heading{h.level, h.anchor, h.text})
		}
	}
	if d.title != nil && fold(d.title.text) == fold(a.Title) {
		d.tree.RemoveChild(d.tree, d.nodes[d.title.node])
	}
	var raw bytes.Buffer
	if err := htmlRenderer().Render(&raw, d.src.text, d.tree); err != nil {
		return "", nil, fmt.Errorf("rendering %s: %w", a.Path, err)
	}
	f := &finisher{RenderOptions: opts, from: a.Path, open: make(map[string]int)}
	f.finish(policy().SanitizeBytes(raw.Bytes()))
	return template.HTML(f.out.String()), toc, nil
}

// htmlRenderer renders what parseMarkdown parses. It passes raw HTML on; the policy decides on it.
var htmlRenderer = sync.OnceValue(func() renderer.Renderer {
	return renderer.NewRenderer(renderer.WithNodeRenderers(
		util.Prioritized(gmhtml.NewRenderer(gmhtml.WithUnsafe(),
			gmhtml.WithEastAsianLineBreaks(gmhtml.EastAsianLineBreaksCSS3Draft)), 1000),
		util.Prioritized(extension.NewTableHTMLRenderer(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)), 500),
		util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500),
		util.Prioritized(extension.NewTaskCheckBoxHTMLRenderer(), 500),
		util.Prioritized(extension.NewFootnoteHTMLRenderer(), 500),
		util.Prioritized(plainRenderer{}, 500),
	))
})

// plainRenderer shows a plainBlock as it was written.
type plainRenderer struct{}

func (plainRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(plainKind, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		_, _ = w.WriteString("<pre>")
		lines := n.Lines()
		for i := range lines.Len() {
			line := lines.At(i)
			_, _ = w.Write(util.EscapeHTML(line.Value(source)))
		}
		_, err := w.WriteString("</pre>\n")
		return ast.WalkSkipChildren, err
	})
}

// policy is what an article may hold. bluemonday's UGCPolicy would drop Chinese ids, the check boxes of task lists,
// the languages of code and the classes of footnotes.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	var (
		id     = regexp.MustCompile(`^[\p{L}\p{N}\p{M}:_.\-]{1,200}$`)
		number = regexp.MustCompile(`^[0-9]{1,5}%?$`)
	)
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "div", "span", "section", "h1", "h2", "h3", "h4", "h5", "h6",
		"blockquote", "pre", "code", "ul", "ol", "li", "dl", "dt", "dd", "details", "summary", "figure", "figcaption",
		"em", "strong", "b", "i", "u", "s", "del", "ins", "mark", "small", "sub", "sup", "kbd", "samp", "var", "abbr",
		"cite", "q", "dfn", "ruby", "rp", "rt", "wbr", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td")
	p.AllowAttrs("id").Matching(id).Globally()
	p.AllowAttrs("dir").Matching(bluemonday.Direction).Globally()
	p.AllowAttrs("open").Matching(regexp.MustCompile(`^(open)?$`)).OnElements("details")
	p.AllowAttrs("align").Matching(bluemonday.CellAlign).OnElements("th", "td")
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("th", "td")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^language-[\p{L}\p{N}_+#.-]+$`)).OnElements("code")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^(footnotes|footnote-ref|footnote-backref)$`)).OnElements("div", "a")
	p.AllowAttrs("role").Matching(regexp.MustCompile(`^doc-(noteref|backlink|endnotes)$`)).OnElements("div", "a")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^checkbox$`)).OnElements("input")
	p.AllowAttrs("checked", "disabled").Matching(regexp.MustCompile(`^$`)).OnElements("input")
	p.AllowAttrs("title").Matching(bluemonday.Paragraph).OnElements("a", "img", "abbr")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("name").Matching(id).OnElements("a")
	p.AllowAttrs("src").OnElements("img", "video", "audio", "source")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("width", "height").Matching(number).OnElements("img", "video", "td", "th")
	p.AllowAttrs("controls").Matching(regexp.MustCompile(`^(controls)?$`)).OnElements("video", "audio")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true)
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	return p
})

// A finisher goes through sanitised HTML once more: it maps local URLs, marks external links, completes images and
// closes what was left open, so that an article cannot break the page around it.
type finisher struct {
	RenderOptions
	from string
	out  strings.Builder
	// stack are the open elements, and open counts them by name.
	stack []string
	open  map[string]int
}

func (f *finisher) finish(safe []byte) {
	z := html.NewTokenizer(bytes.NewReader(safe))
	for {
		switch z.Next() {
		case html.ErrorToken:
			f.close(0)
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			f.start(z.Token())
		case html.EndTagToken:
			f.end(z.Token().Data)
		case html.TextToken:
			f.text(z.Raw())
		default:
			f.out.Write(z.Raw())
		}
	}
}

func (f *finisher) text(escaped []byte) {
	if f.Text == nil || f.open["code"] > 0 || f.open["pre"] > 0 || f.open["kbd"] > 0 || f.open["samp"] > 0 {
		f.out.Write(escaped)
		return
	}
	f.out.WriteString(f.Text(string(escaped)))
}

func (f *finisher) start(t html.Token) {
	t.Type = html.StartTagToken
	switch t.Data {
	case "a":
		f.anchor(&t)
	case "img", "video", "audio", "source":
		if !f.media(&t) {
			return
		}
		if src := attr(t, "src"); t.Data == "img" && f.Zoom && f.open["a"] == 0 && src != nil {
			f.out.WriteString(`<a class="zoom" href="` + html.EscapeString(src.Val) + `">` + t.String() + "</a>")
			return
		}
	case "input":
		if attr(t, "type") == nil {
			return
		}
		setAttr(&t, "disabled", "")
	}
	f.out.WriteString(t.String())
	switch t.Data {
	case "br", "hr", "img", "input", "wbr", "source":
		return
	}
	f.stack = append(f.stack, t.Data)
	f.open[t.Data]++
}

// end closes an element and all that was left open in it; one that is not open is dropped.
func (f *finisher) end(name string) {
	if f.open[name] == 0 {
		return
	}
	for i := len(f.stack) - 1; i >= 0; i-- {
		if f.stack[i] == name {
			f.close(i)
			return
		}
	}
}

// close closes the elements from the innermost down to the given depth.
func (f *finisher) close(depth int) {
	for len(f.stack) > depth {
		name := f.stack[len(f.stack)-1]
		f.stack = f.stack[:len(f.stack)-1]
		f.open[name]--
		f.out.WriteString("</" + name + ">")
	}
}

func (f *finisher) anchor(t *html.Token) {
	href := attr(*t, "href")
	if href == nil {
		return
	}
	target, external := f.url(href.Val)
	video := isVideo(href.Val)
	switch {
	case external:
		setAttr(t, "rel", "noopener noreferrer nofollow")
	case target == "":
		removeAttr(t, "href")
	default:
		href.Val = target
	}
	if video {
		setAttr(t, "class", "video")
	}
}

// media maps the source of an image or film, and says whether it is to be shown.
func (f *finisher) media(t *html.Token) bool {
	src := attr(*t, "src")
	if src == nil {
		return t.Data == "video" || t.Data == "audio"
	}
	if target, external := f.url(src.Val); !external {
		if target == "" {
			return false
		}
		name := src.Val
		src.Val = target
		f.measure(t, name)
	}
	switch t.Data {
	case "img":
		if alt := attr(*t, "alt"); alt == nil {
			setAttr(t, "alt", "")
		} else if f.Text != nil {
			alt.Val = f.Text(alt.Val)
		}
		setAttr(t, "loading", "lazy")
	case "video", "audio":
		setAttr(t, "controls", "")
		setAttr(t, "preload", "none")
	}
	return true
}

// measure gives an image of the folder its size, unless the editor did.
func (f *finisher) measure(t *html.Token, src string) {
	if t.Data != "img" || f.Size == nil || attr(*t, "width") != nil || attr(*t, "height") != nil {
		return
	}
	name, _, local := resolve(f.from, src)
	if !local {
		return
	}
	if width, height := f.Size(name); width > 0 && height > 0 {
		setAttr(t, "width", strconv.Itoa(width))
		setAttr(t, "height", strconv.Itoa(height))
	}
}

// isVideo says whether a link leads to a film: a file, or a page of a site that shows films.
func isVideo(dest string) bool {
	u, err := url.Parse(dest)
	if err != nil {
		return false
	}
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".mp4", ".webm", ".mov", ".m4v":
		return true
	}
	host := strings.ToLower(u.Hostname())
	for _, site := range []string{"bilibili.com", "b23.tv", "v.qq.com", "youku.com", "youtube.com", "youtu.be", "vimeo.com", "ixigua.com"} {
		if host == site || strings.HasSuffix(host, "."+site) {
			return true
		}
	}
	return false
}

// url maps the URL of a link or image. External URLs are left alone, as are places on the same page, mailto and tel.
func (f *finisher) url(dest string) (target string, external bool) {
	u, err := url.Parse(dest)
	switch {
	case err != nil:
		return "", false
	case u.Scheme == "http" || u.Scheme == "https" || u.Host != "":
		return dest, true
	case u.Scheme != "" || strings.HasPrefix(dest, "#"):
		return dest, false
	}
	name, fragment, local := resolve(f.from, dest)
	if !local {
		return "", false
	}
	if fragment != "" {
		name += "#" + fragment
	}
	if f.Link == nil {
		return name, false
	}
	return f.Link(name), false
}

func attr(t html.Token, key string) *html.Attribute {
	for i := range t.Attr {
		if t.Attr[i].Key == key {
			return &t.Attr[i]
		}
	}
	return nil
}

func setAttr(t *html.Token, key, value string) {
	if a := attr(*t, key); a != nil {
		a.Val = value
		return
	}
	t.Attr = append(t.Attr, html.Attribute{Key: key, Val: value})
}

func removeAttr(t *html.Token, key string) {
	for i := range t.Attr {
		if t.Attr[i].Key == key {
			t.Attr = append(t.Attr[:i], t.Attr[i+1:]...)
			return
		}
	}
}
