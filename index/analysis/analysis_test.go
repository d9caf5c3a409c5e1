package analysis_test

import (
	_ "embed"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"jieda/index/analysis"
)

//go:embed testdata/section.txt
var section string

func TestSegment(t *testing.T) {
	a := analysis.New(analysis.NewLongest("退货", "流程"))
	for _, c := range []struct {
		folded string
		want   analysis.Cuts
	}{
		{"", nil},
		{"iphone 15", nil},
		{"退货流程", analysis.Cuts{0b0101}},
		{"退货ios流程，的", analysis.Cuts{0b10101}},
		{"退货流程退货流程退", analysis.Cuts{0b01010101, 1}},
	} {
		if got := a.Segment(c.folded); !slices.Equal(got, c.want) {
			t.Errorf("Segment(%q) = %b, want %b", c.folded, got, c.want)
		}
	}
}

// TestSegmentRunByRun cuts a real section in one call and run by run.
func TestSegmentRunByRun(t *testing.T) {
	folded := analysis.Fold(section, analysis.Simplified)
	var want []string
	notHan := func(r rune) bool { return r < 0x3400 || r > 0x9FFF }
	for _, run := range strings.FieldsFunc(folded, notHan) {
		want = append(want, shared().Cut(run)...)
	}
	var got []string
	for _, term := range analysis.Terms(nil, folded, analysis.New(shared()).Segment(folded)) {
		if term.Kind == analysis.Word {
			got = append(got, folded[term.Start:term.End])
		}
	}
	if !slices.Equal(got, want) || len(got) < 150 {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// No step allocates for each term; some allocate for each text.
func TestAllocations(t *testing.T) {
	folded := analysis.Fold(section, analysis.Simplified)
	cuts := analysis.New(shared()).Segment(folded)
	terms := make([]analysis.Term, 0, 4096)
	for _, c := range []struct {
		name string
		most float64
		step func()
	}{
		{"Clean", 0, func() { analysis.Clean(section) }},
		{"Fold of folded text", 1, func() { analysis.Fold(folded, analysis.Simplified) }},
		{"Fold", 12, func() { analysis.Fold(section, analysis.Simplified) }},
		{"Terms", 0, func() { terms = analysis.Terms(terms[:0], folded, cuts) }},
	} {
		if got := testing.AllocsPerRun(20, c.step); got > c.most {
			t.Errorf("%s allocates %v times, want at most %v", c.name, got, c.most)
		}
	}
}

func BenchmarkFold(b *testing.B) {
	for _, c := range []struct {
		name   string
		text   string
		script analysis.Script
	}{
		{"simplified", section, analysis.Simplified},
		{"traditional", section, analysis.Traditional},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				analysis.Fold(c.text, c.script)
			}
		})
	}
}

// TestMemory: what is remembered is what was found, whatever came before.
func TestMemory(t *testing.T) {
	pieces := []string{"退货", "怎么", "的", "𠮷野家", "南京市长江大桥", "下雨天留客天留我不留", "，", "\n", " app ", "。", ""}
	for name, seg := range map[string]analysis.Segmenter{"jieba": shared(), "longest": analysis.NewLongest("退货", "怎么退", "长江大桥")} {
		a := analysis.New(seg)
		memory := a.NewMemory()
		rng := rand.New(rand.NewPCG(1, 2))
		for range 2000 {
			text := ""
			for range rng.IntN(12) {
				text += pieces[rng.IntN(len(pieces))]
			}
			if got, want := memory.Segment(text), a.Segment(text); !slices.Equal(got, want) || (got == nil) != (want == nil) {
				t.Fatalf("%s: Segment(%q) = %b, without a memory %b", name, text, got, want)
			}
		}
	}
}

func BenchmarkSegment(b *testing.B) {
	folded := analysis.Fold(section, analysis.Simplified)
	a := analysis.New(shared())
	b.SetBytes(int64(len(folded)))
	b.ReportAllocs()
	for b.Loop() {
		a.Segment(folded)
	}
}

func BenchmarkTerms(b *testing.B) {
	folded := analysis.Fold(section, analysis.Simplified)
	cuts := analysis.New(shared()).Segment(folded)
	var terms []analysis.Term
	b.SetBytes(int64(len(folded)))
	b.ReportAllocs()
	for b.Loop() {
		terms = analysis.Terms(terms[:0], folded, cuts)
	}
}

// BenchmarkQuery is all that a search does: with jieba, and without what it costs.
func BenchmarkQuery(b *testing.B) {
	const q = "iPhone15怎么申请退货"
	for _, c := range []struct {
		name string
		cut  func(folded string) analysis.Cuts
	}{
		{"jieba", analysis.New(shared()).Segment},
		{"without", func(string) analysis.Cuts { return nil }},
	} {
		b.Run(c.name, func(b *testing.B) {
			var terms []analysis.Term
			var sum float32
			b.SetBytes(int64(len(q)))
			b.ReportAllocs()
			for b.Loop() {
				folded := analysis.Fold(q, analysis.QueryScript(q, false))
				terms = analysis.Terms(terms[:0], folded, c.cut(folded))
				for _, t := range terms {
					sum += analysis.Weight(t.Key)
				}
			}
			if sum == 0 {
				b.Error("no terms")
			}
		})
	}
}
