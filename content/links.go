package content

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// ChatMarkdown is a passage's Markdown with its relative links and images made usable where there is no page around
// it: each leads where opts say, and one that leads nowhere to opts.URL, the page of the passage. Everything else
// stays letter for letter as the editor wrote it. MaxChars does not count here.
func ChatMarkdown(markdown string, opts ChatOptions) string {
	if !mayLink(markdown) {
		return markdown
	}
	src := prepare(markdown).text
	tree, plain := parseMarkdown(src)
	if plain {
		return markdown
	}
	code := codeRanges(tree)
	var out strings.Builder
	done := 0
	for _, at := range destinations.FindAllStringSubmatchIndex(markdown, -1) {
		start, end := at[2], at[3]
		if start < 0 {
			start, end = at[4], at[5]
		}
		if start < 0 {
			start, end = at[6], at[7]
		}
		if start < done || within(code, start) {
			continue
		}
		dest := markdown[start:end]
		if dest == "" || leadsOut(dest) {
			continue
		}
		target := opts.address(string(unescape([]byte(dest))))
		if target == "" {
			target = opts.URL
		}
		if target == "" {
			continue
		}
		out.WriteString(markdown[done:start])
		out.WriteString(markdownAddress.Replace(target))
		done = end
	}
	if done == 0 {
		return markdown
	}
	out.WriteString(markdown[done:])
	return out.String()
}

// destinations finds where links, images, their definitions and HTML attributes lead: "](a.md)", "](<a b.md>)",
// "[a]: a.md", src="a.png".
var destinations = regexp.MustCompile(`\]\(\s*<?([^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)|` +
	`(?m:^ {0,3}\[[^\]^\n][^\]\n]*\]:[ \t]*<?([^\s<>]+))|` +
	`(?i:\s(?:src|href)\s*=\s*["']([^"'\n]*)["'])`)

// markdownAddress escapes what would end an address in Markdown.
var markdownAddress = strings.NewReplacer("(", "%28", ")", "%29", " ", "%20")

func mayLink(markdown string) bool {
	return strings.Contains(markdown, "](") || strings.Contains(markdown, "]:") || strings.Contains(markdown, "=")
}

// leadsOut says whether an address leads somewhere wherever it stands. javascript: and the like lead nowhere.
func leadsOut(dest string) bool {
	u, err := url.Parse(dest)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "http", "https", "mailto", "tel":
		return true
	}
	return false
}

// codeRanges are where a document holds code, in which nothing is a link; ascending.
func codeRanges(tree ast.Node) (ranges [][2]int) {
	_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			lines := n.Lines()
			if lines.Len() > 0 {
				ranges = append(ranges, [2]int{lines.At(0).Start, lines.At(lines.Len() - 1).Stop})
			}
		case *ast.CodeSpan:
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if t, ok := c.(*ast.Text); ok {
					ranges = append(ranges, [2]int{t.Segment.Start, t.Segment.Stop})
				}
			}
		}
		return ast.WalkContinue, nil
	})
	slices.SortFunc(ranges, func(a, b [2]int) int { return a[0] - b[0] })
	return ranges
}

func within(ranges [][2]int, at int) bool {
	for _, r := range ranges {
		if r[0] <= at && at < r[1] {
			return true
		}
	}
	return false
}

var (
	// definition is a line that says where a link by reference leads, or what a footnote says.
	definition = regexp.MustCompile(`(?m)^ {0,3}\[([^\]\n]+)\]:[ \t]*\S.*$`)
	// linkLabel may be that of one: 退货政策 in [看这里][退货政策] or [退货政策].
	linkLabel = regexp.MustCompile(`\[([^\[\]\n]+)\]`)
)

// WithDefinitions is a passage's Markdown with the definitions that stand elsewhere in the article's body and that it
// refers to, "[退货政策]: policy.md" and "[^1]: …", so that it can be read by itself.
func WithDefinitions(body, markdown string) string {
	if !strings.Contains(body, "]:") || !strings.Contains(markdown, "]") {
		return markdown
	}
	wanted := map[string]bool{}
	for _, m := range linkLabel.FindAllStringSubmatch(markdown, -1) {
		wanted[strings.ToLower(m[1])] = true
	}
	for _, m := range definition.FindAllStringSubmatch(markdown, -1) {
		delete(wanted, strings.ToLower(m[1])) // it has its own
	}
	var more strings.Builder
	for _, m := range definition.FindAllStringSubmatch(body, -1) {
		if name := strings.ToLower(m[1]); wanted[name] {
			delete(wanted, name)
			more.WriteString("\n" + m[0])
		}
	}
	if more.Len() == 0 {
		return markdown
	}
	return strings.TrimRight(markdown, "\n") + "\n" + more.String()
}
