package content

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// WriteText writes one problem per line, "faq/退货.md:12: error front-matter-syntax: …", which editors and terminals
// make clickable. For lang see [Problem.Message].
func WriteText(w io.Writer, problems []Problem, lang string) error {
	b := bufio.NewWriter(w)
	for _, p := range problems {
		fmt.Fprintf(b, "%s: %s %s: %s\n", p.place(), p.Severity(), p.Code, oneLine(p.Message(lang)))
	}
	return b.Flush()
}

// WriteJSON writes the problems as one JSON array, [] when there are none. For lang see [Problem.Message].
func WriteJSON(w io.Writer, problems []Problem, lang string) error {
	type object struct {
		Path     string   `json:"path"`
		Line     int      `json:"line,omitempty"`
		Severity Severity `json:"severity"`
		Code     Code     `json:"code"`
		Args     []string `json:"args,omitempty"`
		Message  string   `json:"message"`
	}
	list := make([]object, 0, len(problems))
	for _, p := range problems {
		list = append(list, object{p.Path, p.Line, p.Severity(), p.Code, p.Args, p.Message(lang)})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(list)
}

// WriteGitHub writes the problems as GitHub workflow commands, which show beside the line in a pull request when their
// Path is one of the repository: the caller puts the content folder's path before it. For lang see [Problem.Message].
// Source: "Workflow commands for GitHub Actions", and escapeData and escapeProperty of its toolkit.
func WriteGitHub(w io.Writer, problems []Problem, lang string) error {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	b := bufio.NewWriter(w)
	for _, p := range problems {
		line := max(p.Line, 1) // GitHub shows nothing for line 0
		fmt.Fprintf(b, "::%s file=%s,line=%d,title=%s::%s\n",
			p.Severity(), property.Replace(p.Path), line, property.Replace(string(p.Code)), data.Replace(p.Message(lang)))
	}
	return b.Flush()
}

// oneLine keeps a message that quotes odd file names or titles on a single line.
func oneLine(s string) string { return strings.Join(strings.FieldsFunc(s, isLineEnd), " ") }

func isLineEnd(r rune) bool { return r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' }
