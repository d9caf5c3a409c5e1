package index

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"jieda/content"
)

// What length makes up for: the same score says more of a longer question, never that it is certain, and nothing of a
// hit that has no score at all.
func TestSureness(t *testing.T) {
	for _, c := range []struct {
		hit   candidate
		signs int
		want  float64
	}{
		{candidate{score: 0.5}, 2, 0.5},
		{candidate{score: 0.5}, shortQuestion, 0.5},
		{candidate{score: 0.5}, 22, 0.55058},
		{candidate{score: 0.5}, longQuestion, 0.603972},
		{candidate{score: 0.5}, 500, 0.603972},
		{candidate{score: 0.97}, longQuestion, 0.99},
		{candidate{score: 0.1, text: 0.8, coverage: 1}, shortQuestion, 0.52}, // a heading that says nothing
		{candidate{}, longQuestion, 0},
		{candidate{score: -0.01}, longQuestion, 0},
		{candidate{score: 0.7, exact: true}, 2, 1},
	} {
		if got := c.hit.sureness(c.signs); got != c.want {
			t.Errorf("score %.2f, text %.2f, %d signs: %v, want %v", c.hit.score, c.hit.text, c.signs, got, c.want)
		}
	}
}

// TestSigns: a name counts as one sign, in however many letters it is written and whether the site knows it or its parts.
func TestSigns(t *testing.T) {
	x, err := New(Options{Engine: newMemoryEngine(), DictDir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if err := x.Build(context.Background(), &content.Library{Articles: []content.Article{{
		ID: "x5", Path: "x5.md", Kind: content.FAQ, Title: "X5 Pro 换电池", Audience: []string{content.Public},
		Passages: []content.Passage{{ID: "x5", Question: "X5 Pro 换电池", Text: "399 元"}},
	}}}, nil); err != nil {
		t.Fatal(err)
	}
	for question, want := range map[string]int{
		"换电池": 3, "X5 Pro 换电池": 5, "x5pro换电池": 4, "PPR-9087 换电池": 4, "換電池？": 3, "battery": 1, "？": 0, "": 0,
	} {
		if got := x.current.query(x.current.meta.view(nil, time.Now()), question).signs; got != want {
			t.Errorf("%q: %d signs, want %d", question, got, want)
		}
	}
}
