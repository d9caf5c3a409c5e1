package quality

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Set is a folder with a knowledge base and judged questions about it:
//
//	docs.jsonl             {id, title, body, aliases?, category?}   one article a line
//	dev/queries.jsonl      {id, text}
//	dev/qrels.tsv          query, article, grade                     separated by tabs
//	dev/noanswer.jsonl     {id, text, kind: far|near}                optional: what the articles do not answer
type Set struct {
	Name string
	// Questions holds the answerable ones, then the unanswerable ones.
	Questions []Question
	dir       string
}

// OpenSet reads the questions of a set. Questions without a relevant article are left out; when none is left, that is an
// error, since a row of zeros would look like a measurement.
func OpenSet(dir string) (*Set, error) {
	s := &Set{Name: filepath.Base(filepath.Clean(dir)), dir: dir}
	expected, err := readJudgments(filepath.Join(dir, "dev", "qrels.tsv"))
	if err != nil {
		return nil, err
	}
	type line struct{ ID, Text, Kind string }
	err = eachLine(filepath.Join(dir, "dev", "queries.jsonl"), func(l line) error {
		if targets := expected[l.ID]; len(targets) > 0 {
			s.Questions = append(s.Questions, Question{ID: l.ID, Text: l.Text, Expected: targets})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = eachLine(filepath.Join(dir, "dev", "noanswer.jsonl"), func(l line) error {
		if l.Kind == "" {
			l.Kind = "near"
		}
		s.Questions = append(s.Questions, Question{ID: l.ID, Text: l.Text, Kind: l.Kind})
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if len(s.Questions) == 0 {
		return nil, fmt.Errorf("%s: no question has an article in qrels.tsv", filepath.Join(dir, "dev", "queries.jsonl"))
	}
	return s, nil
}

// IsSet says whether dir looks like a set.
func IsSet(dir string) bool {
	for _, name := range []string{"docs.jsonl", "dev/queries.jsonl", "dev/qrels.tsv"} {
		if info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err != nil || info.IsDir() {
			return false
		}
	}
	return true
}

// Limit keeps at most n answerable questions, spread evenly over the set, and all unanswerable ones. 0 keeps all.
func (s *Set) Limit(n int) {
	answerable := slices.IndexFunc(s.Questions, func(q Question) bool { return !q.Answerable() })
	if answerable < 0 {
		answerable = len(s.Questions)
	}
	if n <= 0 || n >= answerable {
		return
	}
	kept := make([]Question, 0, n+len(s.Questions)-answerable)
	for i := 0; i < answerable && len(kept) < n; i += answerable / n {
		kept = append(kept, s.Questions[i])
	}
	s.Questions = append(kept, s.Questions[answerable:]...)
}

// WriteArticles writes the knowledge base as Markdown files with front matter into dir, which must exist, one file an
// article, and says how many; none at all is an error.
func (s *Set) WriteArticles(dir string) (written int, err error) {
	type doc struct {
		ID, Title, Body, Category string
		Aliases                   []string
	}
	err = eachLine(filepath.Join(s.dir, "docs.jsonl"), func(d doc) error {
		written++
		if d.ID == "" || filepath.Base(d.ID) != d.ID {
			return fmt.Errorf("the id %q cannot be the name of a file", d.ID)
		}
		title := strings.TrimSpace(d.Title)
		if title == "" {
			title = d.ID
		}
		var b strings.Builder
		fmt.Fprintf(&b, "---\nid: %s\ntitle: %s\n", quoted(d.ID), quoted(title))
		if len(d.Aliases) > 0 {
			b.WriteString("questions:\n")
			for _, a := range d.Aliases {
				fmt.Fprintf(&b, "  - %s\n", quoted(a))
			}
		}
		if d.Category != "" {
			fmt.Fprintf(&b, "category: %s\n", quoted(d.Category))
		}
		b.WriteString("---\n\n")
		if len(d.Aliases) == 0 && strings.TrimSpace(d.Body) == "" {
			d.Body = title // sets of questions alone: package content refuses an article without text
		}
		if len(d.Aliases) == 0 || !slices.Equal(strings.Split(d.Body, "\n"), d.Aliases) {
			b.WriteString(plainMarkdown(d.Body))
		}
		b.WriteByte('\n')
		return os.WriteFile(filepath.Join(dir, d.ID+".md"), []byte(b.String()), 0o600)
	})
	if err == nil && written == 0 {
		err = fmt.Errorf("%s: there are no articles", filepath.Join(s.dir, "docs.jsonl"))
	}
	return written, err
}

// quoted writes s as JSON does, which YAML reads.
func quoted(s string) string {
	b, _ := json.Marshal(s) // a string cannot fail
	return string(b)
}

var accidental = regexp.MustCompile("^(#|>|---|===|```|~~~)")

// plainMarkdown writes text so that it renders to the same text: no accidental headings, lists stay lists.
func plainMarkdown(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, accidental.ReplaceAllString(line, `\$1`))
		}
	}
	return strings.Join(lines, "\n\n")
}

// readJudgments reads which articles answer which question. Grades below 1 mean "looked at, not relevant".
func readJudgments(name string) (map[string][]Target, error) {
	expected := map[string][]Target{}
	err := eachText(name, func(line string) error {
		fields := strings.Split(line, "\t")
		if len(fields) != 3 {
			return errors.New("a line must be: query, tab, article, tab, grade")
		}
		grade, err := strconv.Atoi(fields[2])
		if err != nil {
			return fmt.Errorf("the grade must be a whole number: %w", err)
		}
		if grade > 0 {
			expected[fields[0]] = append(expected[fields[0]], Target{Article: fields[1], Grade: grade})
		}
		return nil
	})
	return expected, err
}

// eachLine decodes every line of a file of JSON lines.
func eachLine[T any](name string, do func(T) error) error {
	return eachText(name, func(line string) error {
		var v T
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			return err
		}
		return do(v)
	})
}

// maxLine is how long a line of a set may be: an article is one line.
const maxLine = 64 << 20

// eachText calls do for every line that is not blank; errors name file and line.
func eachText(name string, do func(line string) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		if err := do(lines.Text()); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
