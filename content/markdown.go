package content

import (
	"bytes"
	"sync"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Limits against Markdown that takes the parser too long, or too deep: Go cannot recover from a stack overflow.
// Nothing a person writes comes near them.
const (
	// maxNesting is how deep quotations and lists may stand in each other; what is deeper is text.
	maxNesting = 100
	// maxBlockCost and maxFileCost bound cost: of one paragraph, and of all lines of a file.
	maxBlockCost = 5e8
	maxFileCost  = 5e9
	// maxCells is how many cells a table may have: every row gets as many as the first, written or not.
	maxCells = 1_000_000
	// maxBlocks is roughly how many blocks a file may have; each takes about a kilobyte of memory while it is read.
	maxBlocks = 300_000
	// What goldmark compares each with each: footnotes, link definitions in one paragraph, and \| in tables.
	maxFootnotes    = 5000
	maxDefinitions  = 5000
	maxEscapedPipes = 20000
)

// plainKind is a paragraph that is too complex to be parsed.
var plainKind = ast.NewNodeKind("Plain")

// A plainBlock is text as it stands, without Markdown in it.
type plainBlock struct{ ast.BaseBlock }

func (*plainBlock) Kind() ast.NodeKind              { return plainKind }
func (*plainBlock) IsRaw() bool                     { return true }
func (b *plainBlock) Dump(source []byte, level int) { ast.DumpHelper(b, source, level, nil, nil) }

// markdownParser is goldmark with tables, strikethrough, task lists, bare links, footnotes, bold beside Chinese
// punctuation, and the limits above. It is safe for concurrent use.
var markdownParser = sync.OnceValue(func() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(nestingLimit{parser.NewListParser()}, 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(nestingLimit{parser.NewBlockquoteParser()}, 800),
			util.Prioritized(parser.NewHTMLBlockParser(), 900),
			util.Prioritized(nestingLimit{extension.NewFootnoteBlockParser()}, 999),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(extension.NewTaskCheckBoxParser(), 0),
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(extension.NewFootnoteParser(), 101),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewRawHTMLParser(), 400),
			util.Prioritized(emphasisParser{}, 500),
			util.Prioritized(extension.NewStrikethroughParser(), 500),
			util.Prioritized(linkify{extension.NewLinkifyParser()}, 999),
		),
		parser.WithParagraphTransformers(
			util.Prioritized(shapeLimit{}, 50),
			util.Prioritized(parser.LinkReferenceParagraphTransformer, 100),
			util.Prioritized(extension.NewTableParagraphTransformer(), 200),
			util.Prioritized(paragraphLimit{}, 250),
		),
		parser.WithASTTransformers(
			util.Prioritized(extension.NewTableASTTransformer(), 0),
			util.Prioritized(extension.NewFootnoteASTTransformer(), 999),
		),
	)
})

// parseMarkdown parses a prepared body. When it is too complex as a whole it comes back as one plain block.
func parseMarkdown(src []byte) (doc *ast.Document, plain bool) {
	if tooComplex(src) {
		doc = ast.NewDocument()
		block := &plainBlock{}
		for start := 0; start < len(src); {
			end := len(src)
			if i := bytes.IndexByte(src[start:], '\n'); i >= 0 {
				end = start + i + 1
			}
			block.Lines().Append(text.NewSegment(start, end))
			start = end
		}
		block.SetPos(0)
		doc.AppendChild(doc, block)
		return doc, true
	}
	return markdownParser().Parse(text.NewReader(src)).(*ast.Document), false
}

// nestingLimit keeps a block parser from opening blocks that stand too deep.
type nestingLimit struct{ parser.BlockParser }

func (l nestingLimit) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	if _, item := parent.(*ast.List); !item && depth(parent) >= maxNesting {
		return nil, parser.NoChildren
	}
	return l.BlockParser.Open(parent, reader, pc)
}

func depth(n ast.Node) int {
	d := 0
	for ; n != nil && d < maxNesting; n = n.Parent() {
		d++
	}
	return d
}

// linkify finds bare links, but looks for them only in texts that may hold one: they may begin behind every blank.
type linkify struct{ parser.InlineParser }

// maybeLinks is whether the text may hold bare links.
var maybeLinks = parser.NewContextKey()

func (l linkify) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	maybe, known := pc.Get(maybeLinks).(bool)
	if !known {
		src := block.Source()
		maybe = bytes.Contains(src, []byte("://")) || bytes.Contains(src, []byte("www.")) || bytes.IndexByte(src, '@') >= 0
		pc.Set(maybeLinks, maybe)
	}
	if !maybe {
		return nil
	}
	return l.InlineParser.Parse(parent, block, pc)
}

// shapeLimit makes plain text of tables with too many cells and of too many link definitions.
type shapeLimit struct{}

func (shapeLimit) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	lines := node.Lines()
	definitions := 0
	for i := range lines.Len() {
		line := lines.At(i)
		value := line.Value(reader.Source())
		if bytes.Contains(value, []byte("]:")) {
			definitions++
		}
		columns := 0
		if len(bytes.Trim(value, "|-: \t\n")) == 0 { // the line below the head of a table
			columns = 1 + bytes.Count(value, []byte("|"))
		}
		if columns*lines.Len() > maxCells || definitions > maxDefinitions {
			makePlain(node)
			return
		}
	}
}

// paragraphLimit makes plain text of paragraphs that cost too much.
type paragraphLimit struct{}

func (paragraphLimit) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	signs, length := 0, 0
	lines := node.Lines()
	for i := range lines.Len() {
		line := lines.At(i)
		value := line.Value(reader.Source())
		signs += countSigns(value)
		length += len(value)
	}
	if signs*length > maxBlockCost {
		makePlain(node)
	}
}

func makePlain(p *ast.Paragraph) {
	block := &plainBlock{}
	block.SetLines(p.Lines())
	block.SetPos(p.Pos())
	block.SetBlankPreviousLines(p.HasBlankPreviousLines())
	p.Parent().ReplaceChild(p.Parent(), p, block)
}

// tooComplex finds single lines that cost too much (headings, cells of tables), and files that do.
func tooComplex(src []byte) bool {
	if bytes.Count(src, []byte("[^")) > maxFootnotes || bytes.Count(src, []byte(`\|`)) > maxEscapedPipes {
		return true
	}
	total, blocks := 0, 0
	blank := true // the line before
	for line := range bytes.Lines(src) {
		cost := countSigns(line) * len(line)
		total += cost
		trimmed := bytes.TrimLeft(line, " \t\n")
		if len(trimmed) > 0 && (blank || bytes.IndexByte([]byte("#->*+=0123456789"), trimmed[0]) >= 0) {
			blocks++
		}
		blank = len(trimmed) == 0
		if cost > maxBlockCost || total > maxFileCost || blocks > maxBlocks {
			return true
		}
	}
	return false
}

// countSigns counts the signs at which goldmark may look ahead to the end of the paragraph, or back to its beginning;
// together with its length they bound the time it takes. "<" tries a slow regular expression and counts more.
func countSigns(line []byte) int {
	n := 0
	for _, c := range line {
		n += int(signs[c])
	}
	return n
}

var signs = [256]uint8{'*': 1, '_': 1, '~': 1, '[': 1, ']': 1, '`': 1, '(': 1, '&': 1, '<': 30}
