package content

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// A plain collects the plain text of Markdown blocks, one line for each paragraph, row, item or line of code.
type plain struct {
	src []byte
	out []byte
	// marks are places at which a long text can be cut: at least markEvery bytes apart.
	marks []mark
	// skip counts inline <script> and <style> that are open.
	skip int
	// links and places are collected on the way.
	links  []reference
	places []string
	// footnotes are the numbers of the footnotes that the text refers to.
	footnotes []int
	// complex are the offsets of blocks that were too complex to be parsed.
	complex []int
	// images counts images and films, so that a text of nothing else is not taken for empty.
	images int
}

// A mark says that the text from offset text on comes from offset src of the source.
type mark struct {
	text, src int
	line      bool // a line of the text begins here
}

const markEvery = 2000

// A reference is a link or image of a document.
type reference struct {
	dest string
	pos  int // offset in the source, or a little after it
}

// block appends the text of a block and of all blocks in it.
func (p *plain) block(n ast.Node) {
	switch n := n.(type) {
	case *plainBlock:
		p.complex = append(p.complex, n.Pos())
		p.lines(n)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		p.lines(n)
	case *ast.HTMLBlock:
		p.htmlBlock(n)
	case *east.TableHeader, *east.TableRow:
		p.startLine(n.Pos())
		for cell := n.FirstChild(); cell != nil; cell = cell.NextSibling() {
			before := len(p.out)
			p.inlines(cell)
			if len(p.out) > before && cell.NextSibling() != nil {
				p.out = append(p.out, ' ')
			}
		}
		p.endLine()
	case *ast.Paragraph, *ast.TextBlock, *ast.Heading:
		p.startLine(n.Pos())
		p.inlines(n)
		p.endLine()
	default:
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			p.block(c)
		}
	}
}

// lines appends a block that is taken as it stands.
func (p *plain) lines(n ast.Node) {
	lines := n.Lines()
	for i := range lines.Len() {
		line := lines.At(i)
		p.startLine(line.Start)
		p.verbatim(bytes.TrimRight(line.Value(p.src), " \t\n"), line.Start)
	}
	p.endLine()
}

// inlines appends the text of what stands in a block.
func (p *plain) inlines(parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			p.text(n)
		case *ast.String:
			p.out = append(p.out, n.Value...)
		case *ast.AutoLink:
			p.out = append(p.out, n.Label(p.src)...)
		case *ast.RawHTML:
			p.rawHTML(n)
		case *ast.Image:
			p.images++
			p.links = append(p.links, reference{string(n.Destination), n.Pos()})
			p.inlines(n)
		case *ast.Link:
			p.links = append(p.links, reference{string(n.Destination), n.Pos()})
			p.inlines(n)
		case *east.FootnoteLink:
			if !slices.Contains(p.footnotes, n.Index) {
				p.footnotes = append(p.footnotes, n.Index)
			}
		case *east.FootnoteBacklink, *east.TaskCheckBox:
		default:
			p.inlines(n)
		}
	}
}

func (p *plain) text(n *ast.Text) {
	if p.skip > 0 {
		return
	}
	value := n.Segment.Value(p.src)
	if n.Parent() != nil && n.Parent().Kind() == ast.KindCodeSpan || n.IsRaw() {
		p.out = append(p.out, bytes.ReplaceAll(value, []byte("\n"), []byte(" "))...)
	} else {
		p.segment(value, n.Segment.Start)
	}
	switch {
	case n.HardLineBreak():
		p.startLine(n.Segment.Stop)
	case n.SoftLineBreak():
		p.softBreak(n.Segment.Stop)
	}
}

// segment appends text with its escapes and entities resolved.
func (p *plain) segment(value []byte, pos int) {
	for len(value) > 0 {
		piece := cutPiece(value)
		size := len(piece)
		p.mark(pos, false)
		if bytes.Contains(piece, []byte("  ")) {
			piece = manyBlanks.ReplaceAll(piece, []byte(" "))
		}
		if len(p.out) == 0 || p.out[len(p.out)-1] == '\n' {
			piece = bytes.TrimLeft(piece, " ")
		}
		if bytes.IndexByte(piece, '\\') >= 0 {
			p.out = append(p.out, unescape(piece)...)
		} else {
			p.out = append(p.out, resolveEntities(piece)...)
		}
		pos += size
		value = value[size:]
	}
}

// manyBlanks count as one, as on a page.
var manyBlanks = regexp.MustCompile(` {2,}`)

// verbatim appends text as it stands.
func (p *plain) verbatim(value []byte, pos int) {
	for len(value) > 0 {
		piece := cutPiece(value)
		p.mark(pos, false)
		p.out = append(p.out, piece...)
		pos += len(piece)
		value = value[len(piece):]
	}
}

// cutPiece returns the beginning of a text, short enough for a mark to follow, so that a text can be cut even when it
// is a single line of megabytes. It does not cut characters, entities or escapes in two.
func cutPiece(value []byte) []byte {
	if len(value) <= 2*markEvery {
		return value
	}
	cut := markEvery
	for cut > 0 && !utf8.RuneStart(value[cut]) {
		cut--
	}
	if i := bytes.LastIndexAny(value[:cut], `&\`); i > cut-40 && i > 0 {
		cut = i
	}
	return value[:cut]
}

// unescape resolves backslash escapes, and entities in what lies between them: `\&lt;` is the text "&lt;".
func unescape(value []byte) []byte {
	var out []byte
	for len(value) > 0 {
		i := bytes.IndexByte(value, '\\')
		if i < 0 || i+1 == len(value) {
			i = len(value)
		}
		out = append(out, resolveEntities(value[:i])...)
		if i == len(value) {
			break
		}
		if !util.IsPunct(value[i+1]) && value[i+1] != ' ' {
			out = append(out, '\\')
		}
		out = append(out, value[i+1])
		value = value[i+2:]
	}
	return out
}

func resolveEntities(value []byte) []byte {
	if bytes.IndexByte(value, '&') < 0 {
		return value
	}
	return util.ResolveEntityNames(util.ResolveNumericReferences(value))
}

// softBreak joins two lines of a paragraph: by nothing beside Chinese characters, by a blank elsewhere.
func (p *plain) softBreak(pos int) {
	before, _ := utf8.DecodeLastRune(p.out)
	after, _ := utf8.DecodeRune(bytes.TrimLeft(p.src[min(pos, len(p.src)):], "\n >\t"))
	if after == '|' { // a row of a table that Markdown does not take for one
		p.startLine(pos)
		return
	}
	if isCJK(before) || isCJK(after) {
		return
	}
	p.out = append(p.out, ' ')
}

func (p *plain) rawHTML(n *ast.RawHTML) {
	var tag []byte
	for i := range n.Segments.Len() {
		segment := n.Segments.At(i)
		tag = append(tag, segment.Value(p.src)...)
	}
	z := html.NewTokenizer(bytes.NewReader(tag))
	kind := z.Next()
	if kind != html.StartTagToken && kind != html.EndTagToken && kind != html.SelfClosingTagToken {
		return
	}
	p.tag(kind, z.Token(), n.Segments.At(0).Start)
}

// htmlBlock appends the text of an HTML block. Scripts and styles have no text.
func (p *plain) htmlBlock(n *ast.HTMLBlock) {
	var raw []byte
	lines := n.Lines()
	for i := range lines.Len() {
		line := lines.At(i)
		raw = append(raw, line.Value(p.src)...)
	}
	if n.HasClosure() {
		raw = append(raw, n.ClosureLine.Value(p.src)...)
	}
	p.startLine(n.Pos())
	skip := 0
	skip, p.skip = p.skip, 0
	z := html.NewTokenizer(bytes.NewReader(raw))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		switch kind {
		case html.TextToken:
			if p.skip == 0 {
				p.words(z.Token().Data)
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			p.tag(kind, z.Token(), n.Pos())
		}
	}
	p.skip = skip
	p.endLine()
}

// words appends text in which line ends mean no more than blanks.
func (p *plain) words(s string) {
	lineEnds := strings.Count(s, "\n")
	if lineEnds == 0 {
		p.out = append(p.out, s...)
		return
	}
	for i, line := range strings.Split(s, "\n") {
		if i > 0 && len(p.out) > 0 {
			last, _ := utf8.DecodeLastRune(p.out)
			first, _ := utf8.DecodeRuneInString(strings.TrimSpace(line))
			if !isCJK(last) && !isCJK(first) && !unicode.IsSpace(last) {
				p.out = append(p.out, ' ')
			}
		}
		p.out = append(p.out, strings.TrimSpace(line)...)
	}
}

// tag appends what an HTML tag means for the text.
func (p *plain) tag(kind html.TokenType, t html.Token, pos int) {
	switch t.Data {
	case "script", "style", "template", "noscript":
		if kind == html.StartTagToken {
			p.skip++
		} else if kind == html.EndTagToken && p.skip > 0 {
			p.skip--
		}
		return
	case "br", "p", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "pre",
		"blockquote", "summary", "details", "section", "article", "hr":
		p.startLine(pos)
	case "td", "th":
		if kind == html.StartTagToken && len(p.out) > 0 && p.out[len(p.out)-1] != '\n' {
			p.out = append(p.out, ' ')
		}
	}
	if kind == html.EndTagToken {
		return
	}
	switch t.Data {
	case "img", "video", "audio", "iframe":
		p.images++
	}
	for _, a := range t.Attr {
		switch {
		case a.Key == "alt" && t.Data == "img":
			p.out = append(p.out, strings.TrimSpace(a.Val)...)
		case a.Key == "src" && t.Data == "img", a.Key == "href" && t.Data == "a":
			p.links = append(p.links, reference{a.Val, pos})
		case a.Key == "id", a.Key == "name" && t.Data == "a":
			p.places = append(p.places, a.Val)
		}
	}
}

// startLine begins a new line of text, unless the last one is still empty.
func (p *plain) startLine(pos int) {
	p.endLine()
	p.mark(pos, true)
}

func (p *plain) endLine() {
	end := len(p.out)
	for end > 0 && (p.out[end-1] == ' ' || p.out[end-1] == '\t') {
		end--
	}
	p.out = p.out[:end]
	if end > 0 && p.out[end-1] != '\n' {
		p.out = append(p.out, '\n')
	}
}

func (p *plain) mark(pos int, line bool) {
	if pos < 0 {
		return
	}
	last := mark{text: -markEvery}
	if len(p.marks) > 0 {
		last = p.marks[len(p.marks)-1]
	}
	if len(p.out)-last.text >= markEvery && pos >= last.src {
		p.marks = append(p.marks, mark{len(p.out), pos, line})
	}
}

// inlineText is the text of one heading or paragraph on one line.
func inlineText(src []byte, n ast.Node) string {
	p := plain{src: src}
	p.inlines(n)
	return strings.Join(strings.Fields(string(p.out)), " ")
}
