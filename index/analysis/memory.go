package analysis

import "strings"

// A Memory finds words as its Analyzer does, and remembers those of short runs of Han characters, between two signs of
// punctuation or Latin words: two thirds of them are runs that it has had before. It is for one goroutine that goes
// through many texts.
type Memory struct {
	analyzer *Analyzer
	runs     map[string]uint8 // bit i is set if a word begins at character i
}

const (
	maxRememberedRun  = 8 // characters
	maxRememberedRuns = 1 << 15
)

// NewMemory returns one that remembers nothing yet. It takes 3 MB at most.
func (a *Analyzer) NewMemory() *Memory {
	return &Memory{analyzer: a, runs: map[string]uint8{}}
}

// Segment is the same as [Analyzer.Segment].
func (m *Memory) Segment(folded string) Cuts { return m.analyzer.segment(folded, m) }

// recall sets the cuts of a run if it knows them. A nil Memory knows nothing.
func (m *Memory) recall(run hanRun, cuts Cuts) bool {
	if m == nil || run.n > maxRememberedRun {
		return false
	}
	known := uint8(1)
	if run.n > 1 {
		var ok bool
		if known, ok = m.runs[run.text]; !ok {
			return false
		}
	}
	for i := range run.n {
		if known&(1<<i) != 0 {
			cuts[(run.at+i)>>3] |= 1 << ((run.at + i) & 7)
		}
	}
	return true
}

// remember takes note of how runs were cut.
func (m *Memory) remember(runs []hanRun, cuts Cuts) {
	if m == nil {
		return
	}
	for _, run := range runs {
		if run.n > maxRememberedRun || len(m.runs) >= maxRememberedRuns {
			continue
		}
		known := uint8(0)
		for i := range run.n {
			if cuts.at(run.at + i) {
				known |= 1 << i
			}
		}
		m.runs[strings.Clone(run.text)] = known // it is a piece of a whole text
	}
}
