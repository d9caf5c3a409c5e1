package content

import (
	"bytes"
	"cmp"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"golang.org/x/net/html"
)

// defaultBubble is how many characters a chat message may have that does not say: with three bytes a character and a
// link it stays below the 2,048 bytes that WeCom and WeChat take.
const defaultBubble = 600

// ChatOptions say how a passage becomes a chat message. Only Path is needed.
type ChatOptions struct {
	// Path is the article's file below the content folder, from which its relative links lead.
	Path string
	// Lang is the article's language; labels ("查看全文") are in it, in simplified Chinese when it is another.
	Lang string
	// Link is that of RenderOptions. In a chat there is no page to which an address could be relative, so it should
	// return absolute ones. The text of a link that leads nowhere is kept.
	Link func(path string) string
	// URL is the page of the passage. A text that is cut ends with it; when it is empty, with "…".
	URL string
	// MaxChars is how many characters the text may have, the line with URL included; 600 when 0. At least half of it
	// is kept for the text, however long URL is.
	MaxChars int
}

// ChatText makes plain text of a passage's Markdown that can be read in a chat bubble: links as text and address,
// images as [图片: what they show], lists with markers, a line for each row of a table with the head of each column
// before its value, code as it stands. Struck-out text is left out: without the stroke it would say the opposite.
// Only http, https, mailto and tel addresses are kept.
//
// A text that is too long is cut at the end of a paragraph or else of a sentence, never within an address.
func ChatText(markdown string, opts ChatOptions) string {
	b := &bubble{opts: opts, words: chatWordsIn(opts.Lang)}
	b.src = prepare(markdown).text
	tree, _ := parseMarkdown(b.src)
	b.blocks(tree, "")
	text := tidy(b.out.String())
	limit := opts.MaxChars
	if limit <= 0 {
		limit = defaultBubble
	}
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	more := "…"
	if opts.URL != "" {
		more = b.words.more + opts.URL
	}
	room := max(limit-utf8.RuneCountInString(more)-1, limit/2)
	return cutChat(text, room) + "\n" + more
}

// chatWords are what a chat text says itself.
type chatWords struct{ image, more, pair, comma string }

func chatWordsIn(lang string) chatWords {
	lang = strings.ToLower(lang)
	switch {
	case strings.HasPrefix(lang, "en"):
		return chatWords{image: "Image", more: "Read more: ", pair: ": ", comma: "; "}
	case strings.HasPrefix(lang, "zh-tw"), strings.HasPrefix(lang, "zh-hk"), strings.HasPrefix(lang, "zh-mo"),
		strings.HasPrefix(lang, "zh-hant"):
		return chatWords{image: "圖片", more: "查看全文：", pair: "：", comma: "；"}
	}
	return chatWords{image: "图片", more: "查看全文：", pair: "：", comma: "；"}
}

// The marks of a list of tasks.
const done, open = "☑ ", "☐ "

// A bubble writes the text of Markdown blocks.
type bubble struct {
	opts  ChatOptions
	words chatWords
	src   []byte
	out   strings.Builder
	// hrefs are the addresses of the HTML links that are open.
	hrefs []string
}

// blocks writes the blocks in a block, each from a new line on, lines after the first indented.
func (b *bubble) blocks(parent ast.Node, indent string) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		b.block(n, indent)
	}
}

func (b *bubble) block(n ast.Node, indent string) {
	switch n := n.(type) {
	case *ast.Paragraph:
		b.line(indent, b.inlineText(n))
		if _, inItem := n.Parent().(*ast.ListItem); !inItem {
			b.out.WriteString("\n")
		}
	case *ast.TextBlock:
		b.line(indent, b.inlineText(n))
	case *ast.Heading:
		b.out.WriteString("\n")
		b.line(indent, "【"+b.inlineText(n)+"】")
	case *ast.List:
		b.list(n, indent)
	case *ast.FencedCodeBlock, *ast.CodeBlock, *plainBlock:
		lines := n.Lines()
		for i := range lines.Len() {
			line := lines.At(i)
			b.out.WriteString(indent + strings.TrimRight(string(line.Value(b.src)), " \t\n") + "\n")
		}
		b.out.WriteString("\n")
	case *ast.HTMLBlock:
		var raw []byte
		lines := n.Lines()
		for i := range lines.Len() {
			line := lines.At(i)
			raw = append(raw, line.Value(b.src)...)
		}
		if n.HasClosure() {
			raw = append(raw, n.ClosureLine.Value(b.src)...)
		}
		var text strings.Builder
		b.html(&text, raw)
		b.line(indent, text.String())
	case *ast.ThematicBreak:
		b.out.WriteString("\n")
	case *east.Table:
		b.table(n, indent)
	case *east.Footnote:
		b.out.WriteString(indent + "[" + strconv.Itoa(n.Index) + "] ")
		b.blocks(n, indent)
	default:
		b.blocks(n, indent)
	}
}

// line writes a text of one line or several.
func (b *bubble) line(indent, text string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(text, "\n") {
		b.out.WriteString(indent + strings.TrimSpace(line) + "\n")
	}
}

func (b *bubble) list(list *ast.List, indent string) {
	number := list.Start
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		marker := "• "
		if list.IsOrdered() {
			marker = strconv.Itoa(number) + ". "
			number++
		}
		inner := &bubble{opts: b.opts, words: b.words, src: b.src}
		inner.blocks(item, "")
		for i, line := range strings.Split(tidy(inner.out.String()), "\n") {
			if i > 0 {
				marker = "  "
			} else if strings.HasPrefix(line, done) || strings.HasPrefix(line, open) {
				marker = ""
			}
			b.out.WriteString(indent + marker + line + "\n")
		}
	}
	if _, inItem := list.Parent().(*ast.ListItem); !inItem {
		b.out.WriteString("\n")
	}
}

// table writes a line for each row: 会员等级：金牌会员；可以退货的天数：15.
func (b *bubble) table(t *east.Table, indent string) {
	var heads []string
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, strings.Join(strings.Fields(b.inlineText(cell)), " "))
		}
		if _, isHead := row.(*east.TableHeader); isHead {
			heads = cells
			continue
		}
		var line []string
		for i, cell := range cells {
			switch {
			case cell == "":
			case i < len(heads) && heads[i] != "":
				line = append(line, heads[i]+b.words.pair+cell)
			default:
				line = append(line, cell)
			}
		}
		b.line(indent, strings.Join(line, b.words.comma))
	}
	if t.ChildCount() == 1 { // a head and nothing below it
		b.line(indent, strings.Join(heads, " | "))
	}
	b.out.WriteString("\n")
}

// inlineText is the text of what stands in a block.
func (b *bubble) inlineText(parent ast.Node) string {
	var text strings.Builder
	b.inlines(&text, parent)
	for range b.hrefs { // an editor forgot to close a link
		b.closeLink(&text)
	}
	return manyBlanks.ReplaceAllString(text.String(), " ")
}

func (b *bubble) inlines(w *strings.Builder, parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			b.text(w, n)
		case *ast.String:
			w.Write(n.Value)
		case *ast.CodeSpan:
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if t, ok := c.(*ast.Text); ok {
					w.Write(bytes.ReplaceAll(t.Segment.Value(b.src), []byte("\n"), []byte(" ")))
				}
			}
		case *ast.AutoLink:
			dest := string(n.URL(b.src))
			if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(dest, "mailto:") {
				dest = "mailto:" + dest
			}
			b.link(w, "", b.address(dest))
		case *ast.Link:
			var label strings.Builder
			b.inlines(&label, n)
			b.link(w, label.String(), b.address(string(n.Destination)))
		case *ast.Image:
			var alt strings.Builder
			b.inlines(&alt, n)
			b.image(w, alt.String(), string(n.Destination))
		case *ast.RawHTML:
			var raw []byte
			for i := range n.Segments.Len() {
				segment := n.Segments.At(i)
				raw = append(raw, segment.Value(b.src)...)
			}
			b.html(w, raw)
		case *east.Strikethrough:
		case *east.TaskCheckBox:
			if n.IsChecked {
				w.WriteString(done)
			} else {
				w.WriteString(open)
			}
		case *east.FootnoteLink:
			w.WriteString("[" + strconv.Itoa(n.Index) + "]")
		case *east.FootnoteBacklink:
		default:
			b.inlines(w, n)
		}
	}
}

func (b *bubble) text(w *strings.Builder, n *ast.Text) {
	value := n.Segment.Value(b.src)
	switch {
	case n.IsRaw():
		w.Write(value)
	case bytes.IndexByte(value, '\\') >= 0:
		w.Write(unescape(value))
	default:
		w.Write(resolveEntities(value))
	}
	switch {
	case n.HardLineBreak():
		w.WriteString("\n")
	case n.SoftLineBreak():
		before, _ := utf8.DecodeLastRune(value)
		after, _ := utf8.DecodeRune(bytes.TrimLeft(b.src[min(n.Segment.Stop, len(b.src)):], "\n >\t"))
		if after == '|' { // a row of a table that Markdown does not take for one
			w.WriteString("\n")
		} else if !isCJK(before) && !isCJK(after) {
			w.WriteString(" ")
		}
	}
}

// link writes label and address, with blanks around the address so that chat programs see where it ends.
func (b *bubble) link(w *strings.Builder, label, address string) {
	label = strings.TrimSpace(label)
	w.WriteString(label)
	scheme, rest, _ := strings.Cut(address, ":")
	shown := address
	switch scheme {
	case "tel":
		if digits(label) == digits(rest) {
			return
		}
		shown = rest
	case "mailto":
		shown, _, _ = strings.Cut(rest, "?")
	}
	if shown == "" || strings.Contains(label, shown) {
		return
	}
	w.WriteString(" " + shown + " ")
}

// digits are those of a telephone number, however it is written.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func (b *bubble) image(w *strings.Builder, alt, src string) {
	alt = strings.TrimSpace(alt)
	if alt != "" {
		alt = ": " + alt
	}
	w.WriteString("[" + b.words.image + alt + "]")
	if address := b.address(src); address != "" {
		w.WriteString(" " + address + " ")
	}
}

// html writes the text of HTML. Scripts and styles have none.
func (b *bubble) html(w *strings.Builder, raw []byte) {
	skip := 0
	z := html.NewTokenizer(bytes.NewReader(raw))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return
		}
		t := z.Token()
		switch kind {
		case html.TextToken:
			if skip == 0 {
				w.WriteString(t.Data)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			switch t.Data {
			case "script", "style", "template", "noscript":
				if kind == html.StartTagToken {
					skip++
				}
			case "br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "summary":
				w.WriteString("\n")
			case "td", "th":
				w.WriteString(" ")
			case "img":
				var alt, src string
				if a := attr(t, "alt"); a != nil {
					alt = a.Val
				}
				if a := attr(t, "src"); a != nil {
					src = a.Val
				}
				b.image(w, alt, src)
			case "a":
				href := ""
				if a := attr(t, "href"); a != nil {
					href = a.Val
				}
				b.hrefs = append(b.hrefs, href)
			}
		case html.EndTagToken:
			switch t.Data {
			case "script", "style", "template", "noscript":
				skip = max(0, skip-1)
			case "a":
				b.closeLink(w)
			}
		}
	}
}

// closeLink writes the address of the HTML link that was opened last.
func (b *bubble) closeLink(w *strings.Builder) {
	last := len(b.hrefs) - 1
	if last < 0 {
		return
	}
	if address := b.address(b.hrefs[last]); address != "" {
		w.WriteString(" " + address + " ")
	}
	b.hrefs = b.hrefs[:last]
}

// address is where a link leads from outside of the article's page; empty when it leads nowhere.
func (b *bubble) address(dest string) string { return b.opts.address(dest) }

func (o *ChatOptions) address(dest string) string {
	u, err := url.Parse(strings.TrimSpace(dest))
	if err != nil {
		return ""
	}
	switch u.Scheme {
	case "http", "https", "mailto", "tel":
		return u.String()
	case "":
	default:
		return ""
	}
	if u.Host != "" { // //example.com/a
		u.Scheme = "https"
		return u.String()
	}
	if strings.HasPrefix(dest, "#") {
		page, _, _ := strings.Cut(o.URL, "#")
		if page == "" {
			return ""
		}
		return page + (&url.URL{Fragment: u.Fragment}).String()
	}
	name, fragment, local := resolve(o.Path, dest)
	if !local {
		return ""
	}
	if fragment != "" {
		name += "#" + fragment
	}
	if o.Link == nil {
		return name
	}
	return o.Link(name)
}

// tidy takes blank lines off both ends, leaves one of several, and single blanks between words, but not at the
// beginning of lines.
func tidy(text string) string {
	var b strings.Builder
	blank := false
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \t　")
		if line == "" {
			blank = b.Len() > 0
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		if blank {
			b.WriteByte('\n')
		}
		blank = false
		b.WriteString(line)
	}
	return b.String()
}

// cutChat shortens a text to at most room characters: at the end of a line if one is in the second half, else of a
// sentence, else of a word; not within an address.
func cutChat(text string, room int) string {
	runes := []rune(text)
	if len(runes) <= room {
		return text
	}
	line, sentence, word := 0, 0, 0
	for i := 1; i <= room; i++ {
		switch before := runes[i-1]; {
		case runes[i] == '\n':
			line = i
		case strings.ContainsRune("。！？!?；;…", before):
			sentence = i
		case before == '.' && unicode.IsSpace(runes[i]):
			sentence = i
		case unicode.IsSpace(runes[i]), isCJK(before) && before != '（' && before != '“':
			word = i
		}
	}
	cut := word
	switch {
	case line > room/2:
		cut = line
	case sentence > room/3:
		cut = sentence
	case line > room/3:
		cut = line
	}
	return strings.TrimRightFunc(string(runes[:cmp.Or(cut, room)]), unicode.IsSpace)
}
