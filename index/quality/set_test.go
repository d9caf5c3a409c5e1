package quality

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jieda/content"
)

// writeSet writes a set of n articles, each with a question.
func writeSet(t *testing.T, n int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "bank")
	if err := os.MkdirAll(filepath.Join(dir, "dev"), 0o700); err != nil {
		t.Fatal(err)
	}
	var docs, queries, judgments strings.Builder
	for i := range n {
		fmt.Fprintf(&docs, `{"id":"d%d","title":"问题 %d","body":"# 不是标题\n--- \n答案 %d","category":"bank"}`+"\n", i, i, i)
		fmt.Fprintf(&queries, `{"id":"q%d","text":"怎么问 %d","label":"gold"}`+"\n", i, i)
		fmt.Fprintf(&judgments, "q%d\td%d\t2\n", i, i)
	}
	judgments.WriteString("q0\td1\t1\nq0\td2\t0\n")
	queries.WriteString("\n" + `{"id":"nobody","text":"没有标注"}` + "\n")
	for name, text := range map[string]string{
		"docs.jsonl": docs.String(), "dev/queries.jsonl": queries.String(), "dev/qrels.tsv": judgments.String(),
		"dev/noanswer.jsonl": `{"id":"na1","text":"天气","kind":"far"}` + "\n" + `{"id":"na2","text":"别家银行"}` + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestOpenSet(t *testing.T) {
	dir := writeSet(t, 7)
	if !IsSet(dir) || IsSet(filepath.Dir(dir)) {
		t.Error("a set is not told from another folder")
	}
	s, err := OpenSet(dir)
	if err != nil {
		t.Fatal(err)
	}
	if s.Name != "bank" || len(s.Questions) != 9 {
		t.Fatalf("%s with %d questions, want bank with 7 and 2", s.Name, len(s.Questions))
	}
	if want := []Target{{"d0", "", 2}, {"d1", "", 1}}; !slices.Equal(s.Questions[0].Expected, want) {
		t.Errorf("expected %v, want %v: grade 0 is not relevant", s.Questions[0].Expected, want)
	}
	if s.Questions[7].Kind != "far" || s.Questions[8].Kind != "near" {
		t.Errorf("kinds: %+v", s.Questions[7:])
	}
	// 7 questions limited to 3: every second one.
	s.Limit(3)
	var ids []string
	for _, q := range s.Questions {
		ids = append(ids, q.ID)
	}
	if want := []string{"q0", "q2", "q4", "na1", "na2"}; !slices.Equal(ids, want) {
		t.Errorf("limited to %v, want %v", ids, want)
	}
	os.WriteFile(filepath.Join(dir, "dev", "qrels.tsv"), []byte("q0\td0\t1\nq1 d1 1\n"), 0o600)
	if _, err := OpenSet(dir); err == nil || !strings.Contains(err.Error(), "qrels.tsv:2: ") {
		t.Errorf("a broken line: %v", err)
	}
}

// The Markdown reads back as one passage an article, with the text of the set.
func TestWriteArticles(t *testing.T) {
	dir := writeSet(t, 3)
	extra := `{"id":"alias","title":"标准问","body":"甲\n乙","aliases":["甲","乙"]}
{"id":"bare","title":"只有问题","body":""}
{"id":"untitled","title":" ","body":"正文"}
`
	f, err := os.OpenFile(filepath.Join(dir, "docs.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(extra); err != nil {
		t.Fatal(err)
	}
	f.Close()
	s, err := OpenSet(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	if err := os.Mkdir(filepath.Join(out, "faq"), 0o700); err != nil {
		t.Fatal(err)
	}
	written, err := s.WriteArticles(filepath.Join(out, "faq"))
	if err != nil || written != 6 {
		t.Fatalf("%d articles written, want 6: %v", written, err)
	}
	lib, err := content.Read(context.Background(), os.DirFS(out), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range lib.Problems {
		if p.Severity() == content.Error {
			t.Error(p)
		}
	}
	got := map[string]content.Article{}
	for _, a := range lib.Articles {
		got[a.ID] = a
	}
	if len(got) != 6 {
		t.Fatalf("articles %v, want d0, d1, d2, alias, bare, untitled", got)
	}
	d0 := got["d0"]
	if len(d0.Passages) != 1 || d0.Title != "问题 0" || d0.Category != "bank" || d0.Passages[0].Text != "# 不是标题\n---\n答案 0" {
		t.Errorf("d0 is %+v", d0)
	}
	if p := got["alias"].Passages[0]; !slices.Equal(p.Alternates, []string{"甲", "乙"}) || p.Text != "" {
		t.Errorf("alternates that are the body too: %+v", p)
	}
	if got["untitled"].Title != "untitled" || got["bare"].Title != "只有问题" {
		t.Errorf("titles %q, %q", got["untitled"].Title, got["bare"].Title)
	}
}

func TestSetIDsStayInTheFolder(t *testing.T) {
	dir := writeSet(t, 1)
	os.WriteFile(filepath.Join(dir, "docs.jsonl"), []byte(`{"id":"../out","title":"a","body":"b"}`), 0o600)
	s, err := OpenSet(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.WriteArticles(t.TempDir()); err == nil || !strings.Contains(err.Error(), "docs.jsonl:1: ") {
		t.Errorf("an id that leaves the folder: %v", err)
	}
}

func TestEmptySets(t *testing.T) {
	dir := writeSet(t, 1)
	s, err := OpenSet(dir)
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(dir, "docs.jsonl"), nil, 0o600)
	if _, err := s.WriteArticles(t.TempDir()); err == nil || !strings.Contains(err.Error(), "docs.jsonl: ") {
		t.Errorf("no articles: %v", err)
	}
	for _, name := range []string{"qrels.tsv", "noanswer.jsonl"} {
		os.WriteFile(filepath.Join(dir, "dev", name), nil, 0o600)
	}
	if _, err := OpenSet(dir); err == nil || !strings.Contains(err.Error(), "queries.jsonl: ") {
		t.Errorf("no questions: %v", err)
	}
}
