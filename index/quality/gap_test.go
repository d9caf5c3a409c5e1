package quality

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"jieda/content"
	"jieda/content/sample"
)

func TestGaps(t *testing.T) {
	// "a b" is a question that the articles a and b answer; "" has no answer.
	ask := func(questions ...string) (list []Question) {
		for i, articles := range questions {
			q := Question{ID: fmt.Sprint(i), Text: "问", Place: "t.yaml"}
			for _, a := range strings.Fields(articles) {
				q.Expected = append(q.Expected, Target{a, "", 1})
			}
			list = append(list, q)
		}
		return list
	}
	for name, c := range map[string]struct {
		questions   []Question
		articles, n int
		want        []string // of each gap: articles, colon, questions
	}{
		"dealt out":               {ask("a", "b", "c", "d"), 20, 4, []string{"a c: 0 2", "b d: 1 3"}},
		"one article at a time":   {ask("a", "b"), 5, 9, []string{"a: 0", "b: 1"}},
		"the same article":        {ask("a", "a", "a"), 5, 3, []string{"a: 0 1 2"}},
		"two articles":            {ask("a b", "b", "c"), 20, 3, []string{"a b: 0", "b c: 1 2"}},
		"no room where it goes":   {ask("a", "b c", "d", "e f"), 20, 4, []string{"a: 0", "b c: 1", "d: 2", "e f: 3"}},
		"more than a tenth":       {ask("a b", "c"), 10, 2, []string{"c: 1"}},
		"no answer":               {ask("", "a"), 10, 2, []string{"a: 1"}},
		"some, spread evenly":     {ask("a", "b", "c", "d", "e"), 50, 2, []string{"a c: 0 2"}},
		"nothing would remain":    {ask("a"), 1, 1, nil},
		"nothing is asked for":    {ask("a", "b"), 20, 0, nil},
		"nothing can be answered": {ask("", ""), 20, 2, nil},
	} {
		var got []string
		for _, g := range Gaps(c.questions, c.articles, c.n) {
			var articles, ids []string
			for id := range g.Without {
				articles = append(articles, id)
			}
			for _, q := range g.Questions {
				ids = append(ids, strings.TrimPrefix(q.ID, "left:"))
				if q.Answerable() || q.Kind != LeftOut || q.Text != "问" || q.Place != "t.yaml" || !strings.HasPrefix(q.ID, "left:") {
					t.Errorf("%s: %+v", name, q)
				}
			}
			slices.Sort(articles)
			got = append(got, strings.Join(articles, " ")+": "+strings.Join(ids, " "))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Every question is asked where its article is missing and others are not, and the same gaps give the same outcomes.
func TestRunGaps(t *testing.T) {
	library, err := content.Read(context.Background(), sample.FS(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var questions []Question
	for i := range library.Articles {
		if a := &library.Articles[i]; len(questions) < 12 && slices.Contains(a.Audience, content.Public) {
			w := a.Passages[0].Question
			questions = append(questions, Question{ID: a.ID, Text: w, Expected: []Target{{a.ID, "", 1}}})
		}
	}
	gaps := Gaps(questions, len(library.Articles), len(questions))
	if len(gaps) < 2 {
		t.Fatalf("%d gaps show little", len(gaps))
	}
	x := build(t, sample.FS(), OpenGates())
	run := func() []Outcome {
		outcomes, err := RunGaps(context.Background(), x, library, gaps, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		return outcomes
	}
	outcomes := run()
	if len(outcomes) != len(questions) {
		t.Fatalf("%d outcomes of %d questions", len(outcomes), len(questions))
	}
	seen := map[string]bool{} // articles that are missing in one gap are there in others
	found := 0
	for _, o := range outcomes {
		missing := strings.TrimPrefix(o.Question.ID, "left:")
		if slices.Contains(o.Hits, missing) {
			t.Errorf("%s: %s was left out and is found", o.Question.Text, missing)
		}
		for _, id := range o.Hits {
			seen[id] = true
		}
	}
	for _, q := range questions {
		if seen[q.ID] {
			found++
		}
	}
	if found == 0 {
		t.Error("nothing that one gap lacks is found in another")
	}
	if again := run(); !reflect.DeepEqual(outcomes, again) {
		t.Error("the second time the outcomes differ")
	}
}
