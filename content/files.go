package content

import (
	"bytes"
	"path"
	"slices"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
)

// files are the files of the folder that a page of the article may show or link to, sorted: everything that Render
// passes to RenderOptions.Link and that has an extension, but for other articles. Whether they exist is not asked: they
// may be added later, and no file but Markdown is part of a library.
func (d *document) files(from string) []string {
	var found []string
	add := func(dest string) {
		name, _, local := resolve(from, dest)
		if local && path.Ext(name) != "" && !isMarkdown(name) {
			found = append(found, name)
		}
	}
	// An HTML element may point to a file with any of its attributes; what the page does with it is up to its policy.
	tags := func(segments *text.Segments) {
		var raw []byte
		for i := range segments.Len() {
			segment := segments.At(i)
			raw = append(raw, segment.Value(d.src.text)...)
		}
		z := html.NewTokenizer(bytes.NewReader(raw))
		for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
			for _, a := range z.Token().Attr {
				if a.Key == "src" || a.Key == "href" {
					add(a.Val)
				}
			}
		}
	}
	// Walk fails only when its function does.
	_ = ast.Walk(d.tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Image:
			add(string(n.Destination))
		case *ast.Link:
			add(string(n.Destination))
		case *ast.RawHTML:
			tags(n.Segments)
		case *ast.HTMLBlock:
			tags(n.Lines())
		}
		return ast.WalkContinue, nil
	})
	slices.Sort(found)
	return slices.Compact(found)
}
