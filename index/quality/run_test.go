package quality

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jieda/content"
	"jieda/content/sample"
	"jieda/index"
	"jieda/index/local"
)

// build makes an index of a folder.
func build(t *testing.T, folder fs.FS, gates index.Gates) *index.Index {
	t.Helper()
	dir := t.TempDir()
	engine, err := local.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	x, err := index.New(index.Options{
		Engine: engine, DictDir: filepath.Join(dir, "dict"), Logger: slog.New(slog.DiscardHandler), Gates: gates,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		x.Close()
		engine.Close()
	})
	lib, err := content.Read(context.Background(), folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Build(context.Background(), lib, nil); err != nil {
		t.Fatal(err)
	}
	return x
}

// The sample's own wordings, cut in halves too, so that every decision occurs.
func sampleQuestions(t *testing.T) (questions []Question) {
	t.Helper()
	lib, err := content.Read(context.Background(), sample.FS(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range lib.Articles {
		a := &lib.Articles[i]
		for _, p := range a.Passages {
			for _, w := range append([]string{p.Question}, p.Alternates...) {
				runes := []rune(w)
				for _, text := range []string{w, string(runes[:len(runes)/2]), string(runes[len(runes)/2:]) + "怎么办"} {
					questions = append(questions, Question{ID: text, Text: text, Expected: []Target{{a.ID, "", 1}}})
				}
			}
		}
	}
	return questions
}

// Under, which FitGates relies on, must decide as the index does.
func TestUnderDecidesAsTheIndex(t *testing.T) {
	questions := sampleQuestions(t)
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	open, err := Run(context.Background(), build(t, sample.FS(), OpenGates()), questions, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range []index.Gates{index.DefaultGates(), {NoneBelow: 0.3, SuggestFrom: 0.2, AnswerFrom: 0.9}} {
		real, err := Run(context.Background(), build(t, sample.FS(), g), questions, now)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[index.Decision]int{}
		for i := range open {
			seen[real[i].Decision]++
			if got := open[i].Under(g); got != real[i].Decision {
				t.Errorf("%q under %+v: %s, the index says %s (%s)", questions[i].Text, g, got, real[i].Decision, real[i].Why)
			}
		}
		for _, d := range []index.Decision{index.Answer, index.Choose, index.Suggest, index.None} {
			if seen[d] < 5 {
				t.Errorf("under %+v only %d of %d questions get %s: the test shows little", g, seen[d], len(questions), d)
			}
		}
	}
}

func TestResolve(t *testing.T) {
	x := build(t, folder(
		"faq/退货.md", "---\nid: returns\naliases: [/old/returns]\n---\n# 退货\n\n## 期限是几天\n\n七天。\n\n## 运费谁付\n\n商家。\n",
		"faq/内部.md", "---\nid: secret\naudience: staff\n---\n# 内部\n\n不公开。\n",
	), index.Gates{})
	expect := func(article, anchor string) Question {
		return Question{Text: article, Place: "t.yaml:1", Expected: []Target{{article, anchor, 1}}}
	}
	questions := []Question{expect("returns", ""), expect("faq/退货.md", "期限是几天"), expect("/old/returns", "")}
	mistakes, err := Resolve(context.Background(), x, questions)
	if err != nil || len(mistakes) > 0 {
		t.Fatal(mistakes, err)
	}
	for _, q := range questions {
		if q.Expected[0].Article != "returns" {
			t.Errorf("%s became %s", q.Text, q.Expected[0])
		}
	}
	for _, c := range []struct {
		question Question
		code     mistakeCode
	}{{expect("none-such", ""), articleMissing}, {expect("secret", ""), articleMissing}, {expect("returns", "没有"), anchorMissing}} {
		mistakes, err := Resolve(context.Background(), x, []Question{c.question})
		if err != nil || len(mistakes) != 1 || mistakes[0].Code != c.code {
			t.Errorf("%s: %v, %v", c.question.Expected[0], mistakes, err)
		}
	}
	// An anchor asks for one place of the article, and nothing else will do.
	outcomes, err := Run(context.Background(), x, []Question{
		{Text: "运费谁付", Expected: []Target{{"returns", "运费谁付", 1}}},
		{Text: "运费谁付", Expected: []Target{{"returns", "期限是几天", 1}}},
	}, time.Time{})
	if err != nil || !outcomes[0].Passed() || outcomes[1].Passed() {
		t.Errorf("%+v, %v", outcomes, err)
	}
}

func TestPassedAndSummary(t *testing.T) {
	outcome := func(d index.Decision, expected bool, offered bool, grades ...int) Outcome {
		o := Outcome{Decision: d, Offered: offered, Grades: grades, Question: Question{Kind: "near"}}
		for range grades {
			o.Hits, o.Confidences = append(o.Hits, "a"), append(o.Confidences, 0.5)
			o.Confidence = 0.5
		}
		if expected {
			o.Question.Kind, o.Question.Expected = "", []Target{{"a", "", 1}}
		}
		return o
	}
	list := []Outcome{
		outcome(index.Answer, true, true, 1),    // right
		outcome(index.Answer, true, true, 0, 1), // wrong, though the right one is second
		outcome(index.Choose, true, true, 0, 1),
		outcome(index.Choose, true, false, 0, 0),
		outcome(index.Suggest, true, true, 1),
		outcome(index.None, true, false, 1),
		outcome(index.Answer, false, false, 0),
		outcome(index.Choose, false, false, 0),
		outcome(index.Suggest, false, false, 0),
		outcome(index.None, false, false),
	}
	var passed []int
	for i := range list {
		if list[i].Passed() {
			passed = append(passed, i)
		}
	}
	if want := []int{0, 2, 4, 8, 9}; !slices.Equal(passed, want) {
		t.Errorf("passed %v, want %v", passed, want)
	}
	s := Summarize(list)
	for name, c := range map[string]struct{ got, want Share }{
		"answered": {s.Answered, Share{2, 6}}, "choose": {s.Choose, Share{2, 6}}, "suggest": {s.Suggested, Share{1, 6}},
		"none": {s.None, Share{1, 6}}, "precision": {s.Precision, Share{1, 2}}, "offered": {s.Offered, Share{3, 6}},
		"false": {s.False, Share{1, 4}}, "near": {s.Kinds[0].False, Share{1, 4}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	// RR: 1, ½, ½, 0, 1, 1
	near(t, "MRR", s.MRR, 4./6, 1e-12)
	near(t, "R@1", s.R1, 0.5, 1e-12)
	near(t, "R@5", s.R5, 5./6, 1e-12)
	// Six positives at .5 against .5, .5, .5 and 0: ¾ ties and ¼ won.
	near(t, "AUROC", *s.Kinds[0].AUROC, 0.625, 1e-12)
	if empty := Summarize(nil); empty.MRR != 0 || len(empty.Kinds) != 0 {
		t.Errorf("of nothing: %+v", empty)
	}
}

func TestCompare(t *testing.T) {
	row := func(id string, d index.Decision, first string, rr float64) Row {
		return Row{ID: id, Question: id, Decision: d, Hits: []string{first}, RR: rr}
	}
	none := func(id string, d index.Decision) Row {
		r := row(id, d, "x", 0)
		r.Kind = "none"
		return r
	}
	old := []Row{row("a", index.Answer, "x", 1), row("b", index.None, "y", 0.5), row("gone", index.None, "y", 0),
		row("reworded", index.None, "y", 0), none("c", index.None), none("d", index.Answer)}
	now := []Row{row("b", index.Answer, "z", 1), row("a", index.Answer, "x", 1), row("new", index.None, "y", 0),
		row("reworded", index.None, "y", 1), none("c", index.Answer), none("d", index.Answer)}
	now[3].Question = "another text"
	var saved bytes.Buffer
	if err := WriteRows(&saved, old); err != nil {
		t.Fatal(err)
	}
	read, err := ReadRows(&saved)
	if err != nil {
		t.Fatal(err)
	}
	c := Compare(read, now)
	var changes []string
	for _, change := range c.Changes {
		changes = append(changes, change.New.ID+": "+change.String())
	}
	if want := []string{"b: none y → answer z", "c: none x → answer x"}; !slices.Equal(changes, want) {
		t.Errorf("changes %q, want %q", changes, want)
	}
	near(t, "MRR", c.MRR.Mean, 0.25, 1e-12)
	near(t, "answered", c.Answered.Mean, 0.5, 1e-12)
	near(t, "false", c.False.Mean, 0.5, 1e-12)
	if c.MRR.N != 2 || c.False.N != 2 {
		t.Errorf("%d and %d questions compared, want 2 and 2", c.MRR.N, c.False.N)
	}
	if _, err := ReadRows(strings.NewReader("{}\nnonsense")); err == nil {
		t.Error("nonsense is read as a saved run")
	}
}
