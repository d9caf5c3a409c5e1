package index_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"jieda/content/sample"
	"jieda/index"
	"jieda/index/quality"
)

// The golden rankings in testdata/golden show what every question of two sets gets, so that a change of ranking or of
// the decision is a diff that can be read: which questions got better, which worse. "make golden" rewrites them.

func TestGoldenSample(t *testing.T) {
	data, err := os.ReadFile("testdata/golden/sample.yaml")
	if err != nil {
		t.Fatal(err)
	}
	questions, mistakes := quality.ParseTests("sample.yaml", data)
	x := open(t, sample.FS())
	missing, err := quality.Resolve(context.Background(), x, questions)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range append(mistakes, missing...) {
		t.Error(m.Message("en"))
	}
	golden(t, "sample", x, questions)
}

func TestGoldenAliyunFAQ(t *testing.T) {
	var questions []quality.Question
	for _, q := range aliyunQuestions(t) {
		judged := quality.Question{ID: q.text, Text: q.text}
		for _, id := range q.relevant {
			judged.Expected = append(judged.Expected, quality.Target{Article: id, Grade: 1})
		}
		questions = append(questions, judged)
	}
	golden(t, "aliyun-faq", build(t, aliyunFAQ(t)), questions)
}

// golden compares what the questions get with testdata/golden/name.golden.
func golden(t *testing.T, name string, x *index.Index, questions []quality.Question) {
	t.Helper()
	// The sample has articles that are valid for a time only.
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	outcomes, err := quality.Run(context.Background(), x, questions, now)
	if err != nil {
		t.Fatal(err)
	}
	path := "testdata/golden/" + name + ".golden"
	got := goldenText(name, outcomes)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	was := strings.Split(string(want), "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(was) || line != was[i] {
			old := ""
			if i < len(was) {
				old = was[i]
			}
			t.Errorf("line %d\n  was %s\n  now %s", i+1, old, line)
		}
	}
	t.Errorf("%s differs from what the questions get now; if that is wanted, run make golden and read the diff", path)
}

// goldenText is one line a question: the rank of the first expected article ("-" when it is not among the first ten, "."
// when none is expected), the decision, the question, and the first three articles with their confidence.
func goldenText(name string, outcomes []quality.Outcome) string {
	s := quality.Summarize(outcomes)
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %d questions with an answer: MRR@10 %.3f, R@1 %.3f, R@5 %.3f; answered %d, of these right %d\n",
		name, s.Answerable, s.MRR, s.R1, s.R5, s.Answered.Of, s.Precision.Of)
	if s.Unanswerable > 0 {
		fmt.Fprintf(&b, "# %d without: answered %d\n", s.Unanswerable, s.False.Of)
	}
	for i := range outcomes {
		o := &outcomes[i]
		rank := "."
		if o.Question.Answerable() {
			rank = "-"
			if rr := quality.ReciprocalRank(o.Grades, quality.Depth); rr > 0 {
				rank = fmt.Sprintf("%.0f", 1/rr)
			}
		}
		fmt.Fprintf(&b, "%-2s %-7s %s |", rank, o.Decision, o.Question.Text)
		for j := range min(3, len(o.Hits)) {
			fmt.Fprintf(&b, " %s %.2f", o.Hits[j], quality.Rounded(o.Confidences[j]))
		}
		b.WriteByte('\n')
	}
	return b.String()
}
