package local_test

import (
	"context"
	"iter"
	"slices"
	"testing"

	"jieda/index"
	"jieda/index/analysis"
	"jieda/index/local"
)

// many yields n documents that share terms with others far and near, every tenth of which cannot be found.
func many(n int) iter.Seq2[index.Document, error] {
	return func(yield func(index.Document, error) bool) {
		for i := range n {
			doc := index.Document{Vector: []byte{byte(i)}, Stored: []byte{byte(i)}}
			if i%10 > 0 {
				doc.QuestionLen, doc.TextLen = 1, 5
				doc.Question = []analysis.Key{analysis.CharKey(rune(i % 7919))}
				for k := range 4 {
					doc.Text = append(doc.Text, analysis.PairKey(rune(i/20+k), rune(i%(100+k))))
				}
				doc.Filters = []string{"all"}
			}
			if !yield(doc, nil) {
				return
			}
		}
	}
}

// TestManyBatches: every document is found by its terms and by no other, whichever of bleve's segments it came from.
func TestManyBatches(t *testing.T) {
	const n = 25_000
	e, err := local.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	ctx := context.Background()
	if err := e.Write(ctx, "one", many(n), func() ([]byte, error) { return nil, nil }); err != nil {
		t.Fatal(err)
	}
	r, err := e.Open(ctx, "one")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for i := range 300 {
		var want []uint32
		for at := i; at < n; at += 7919 {
			if at%10 > 0 {
				want = append(want, uint32(at))
			}
		}
		got, err := r.Find(ctx, index.Query{Question: []index.WeightedTerm{{Key: analysis.CharKey(rune(i)), Weight: 1}}, Limit: 20})
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("documents %v hold term %d, %v, want %v", got, i, err, want)
		}
	}
}

// BenchmarkWrite writes 5,000 documents of five terms, to which bleve is nearly all.
func BenchmarkWrite(b *testing.B) {
	e, err := local.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	for b.Loop() {
		if err := e.Write(b.Context(), "one", many(5000), func() ([]byte, error) { return nil, nil }); err != nil {
			b.Fatal(err)
		}
	}
}
