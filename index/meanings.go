package index

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"jieda/index/semantic"
)

// Meanings are the vectors of a generation's passages, by ordinal. A generation is searched by words alone until nearly
// all of them are there: they are asked for in the background, beside searches and builds, and never hold up a switch.
type meanings struct {
	vectors []semantic.Vector
	// sample are some of them, evenly spread: what a question has in common with these is what it has with anything.
	sample []semantic.Vector
}

const (
	// meaningShare of the passages must have vectors before they are searched by; the others are found by words.
	meaningShare = 0.95
	// sampleSize bounds the sample.
	sampleSize = 256
	// meaningLen and wordingLen bound, in characters, what is embedded of a passage and what its questions may take of
	// it: many models read no more than 512 tokens.
	meaningLen, wordingLen = 480, 240
	// publishEvery is how often new vectors are shown to searches while more are being asked for.
	publishEvery = 2 * time.Second
)

// meaningText is what is embedded of a passage: its questions and the beginning of its text.
func meaningText(r *passageRecord) string {
	var b strings.Builder
	left := wordingLen
	seen := map[string]bool{}
	for i, w := range r.wordings {
		n := utf8.RuneCountInString(w)
		if seen[w] || i > 0 && n > left {
			continue
		}
		seen[w] = true
		left -= n
		b.WriteString(w)
		b.WriteByte('\n')
	}
	n := max(meaningLen-utf8.RuneCountInString(b.String()), 0)
	for at := range r.text {
		if n == 0 {
			return firstRunes(b.String()+r.text[:at], meaningLen)
		}
		n--
	}
	return firstRunes(b.String()+r.text, meaningLen)
}

// firstRunes are the first n characters of s, or all of it.
func firstRunes(s string, n int) string {
	for at := range s {
		if n == 0 {
			return s[:at]
		}
		n--
	}
	return s
}

// A semanticLayer is what an index has besides words.
type semanticLayer struct {
	embedder *semantic.Embedder
	gates    HybridGates

	mu sync.Mutex
	// Of the goroutine that asks for the vectors of the current generation; nil when there never was one.
	cancel context.CancelFunc
	done   chan struct{}
	status SemanticStatus
	// Searches since the start.
	hybrid    uint64
	fallbacks map[string]uint64
}

// newSemanticLayer returns nil without an embedder.
func newSemanticLayer(e *semantic.Embedder, gates HybridGates) *semanticLayer {
	if e == nil {
		return nil
	}
	if gates == (HybridGates{}) {
		gates = DefaultHybridGates()
	}
	return &semanticLayer{embedder: e, gates: gates, fallbacks: map[string]uint64{}}
}

// count counts a search for metrics; reason says why it was by words alone, "" when it was not.
func (l *semanticLayer) count(reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if reason == "" {
		l.hybrid++
	} else {
		l.fallbacks[reason]++
	}
}

// SemanticStatus says how far the vectors of the current generation are.
type SemanticStatus struct {
	Model string
	// Vectors are there; Missing are still to be asked for; Refused are of texts that the endpoint does not take.
	Vectors, Missing, Refused int
	// Searched says whether searches use them.
	Searched bool
	// Fallbacks count searches by words alone, by reason: those of package semantic, and "incomplete" while Searched is
	// false. Hybrid counts the others.
	Fallbacks map[string]uint64
	Hybrid    uint64
	semantic.Stats
}

// Semantic returns how the semantic layer is doing; nil when there is none.
func (x *Index) Semantic() *SemanticStatus {
	l := x.semantic
	if l == nil {
		return nil
	}
	l.mu.Lock()
	s := l.status
	s.Hybrid, s.Fallbacks = l.hybrid, maps.Clone(l.fallbacks)
	l.mu.Unlock()
	s.Model, s.Stats = l.embedder.Model(), l.embedder.Stats()
	return &s
}

// fill begins to ask for the vectors of g in the background and gives up on those of the generation before. The caller
// holds g; nil ends filling and waits for its end.
func (x *Index) fill(g *generation) {
	if x.semantic == nil {
		return
	}
	l := x.semantic
	l.mu.Lock()
	before := l.done
	if l.cancel != nil {
		l.cancel()
	}
	if g == nil {
		l.mu.Unlock()
		if before != nil {
			<-before
		}
		return
	}
	defer l.mu.Unlock()
	var ctx context.Context
	ctx, l.cancel = context.WithCancel(context.Background())
	done := make(chan struct{})
	l.done = done
	l.status = SemanticStatus{Missing: g.meta.Found}
	g.refs.Add(1)
	go func() {
		defer close(done)
		defer g.release(x.log)
		if before != nil {
			<-before
		}
		if err := x.fillAll(ctx, g); err != nil && ctx.Err() == nil {
			x.log.Error("the passages cannot be read to embed them; this generation is searched by words alone",
				"generation", g.name, "err", err)
		}
	}()
}

// fillAll returns when every passage that can be found has its vector, or ctx is done.
func (x *Index) fillAll(ctx context.Context, g *generation) error {
	l, e, n := x.semantic, x.semantic.embedder, g.meta.Passages
	keys := make([]semantic.Key, n)
	vectors := make([]semantic.Vector, n)
	var missing []uint32
	ids := g.findable()
	err := g.meaningTexts(ctx, ids, func(id uint32, text string) {
		keys[id] = e.PassageKey(text)
		if vectors[id] = e.Passage(keys[id]); vectors[id].Missing() {
			missing = append(missing, id)
		}
	})
	if err != nil {
		return err
	}
	refused := 0
	publish := func(left int) {
		g.publish(vectors, len(ids))
		l.mu.Lock()
		defer l.mu.Unlock()
		if ctx.Err() == nil { // otherwise the status is that of another generation
			l.status.Vectors, l.status.Missing, l.status.Refused = len(ids)-left-refused, left, refused
			l.status.Searched = g.meanings.Load() != nil
		}
	}
	publish(len(missing))
	last := time.Now()
	for from := 0; from < len(missing); from += e.Batch() {
		batch := missing[from:min(from+e.Batch(), len(missing))]
		var texts []string
		err := g.meaningTexts(ctx, batch, func(id uint32, text string) {
			if e.Passage(keys[id]).Missing() { // not the text of one before
				texts = append(texts, text)
			}
		})
		if err != nil {
			return err
		}
		if len(texts) > 0 {
			if _, err := e.Fill(ctx, texts); err != nil {
				return err
			}
		}
		for _, id := range batch {
			if vectors[id] = e.Passage(keys[id]); vectors[id].Missing() {
				refused++
			}
		}
		if time.Since(last) > publishEvery {
			publish(len(missing) - from - len(batch))
			last = time.Now()
		}
	}
	publish(0)
	if refused > 0 {
		x.log.Warn("some passages are found by words alone: the embeddings endpoint does not take their texts",
			"generation", g.name, "passages", refused)
	}
	if len(missing) > 0 {
		x.log.Info("vectors are there", "generation", g.name, "asked", len(missing)-refused)
	}
	used := make(map[semantic.Key]bool, len(ids))
	for _, id := range ids {
		used[keys[id]] = true
	}
	if err := e.Retain(used); err != nil {
		x.log.Warn("vectors that are no longer used cannot be removed", "err", err)
	}
	return nil
}

// findable are the ordinals of the passages that can be found.
func (g *generation) findable() []uint32 {
	ids := make([]uint32, 0, g.meta.Found)
	for i := range g.meta.rows {
		row := &g.meta.rows[i]
		for p := row.first; p < row.first+row.passages && !row.hidden; p++ {
			ids = append(ids, p)
		}
	}
	return ids
}

func (g *generation) meaningTexts(ctx context.Context, ids []uint32, visit func(id uint32, text string)) error {
	return g.reader.Stored(ctx, ids, func(i int, b []byte) error {
		r, err := readPassage(b)
		if err == nil {
			visit(ids[i], meaningText(r))
		}
		return err
	})
}

// publish shows the vectors to searches if there are enough of them.
func (g *generation) publish(vectors []semantic.Vector, wanted int) {
	m := &meanings{vectors: make([]semantic.Vector, len(vectors))}
	copy(m.vectors, vectors) // the caller goes on filling in
	var present []semantic.Vector
	for _, v := range m.vectors {
		if !v.Missing() {
			present = append(present, v)
		}
	}
	if len(present) == 0 || float64(len(present)) < meaningShare*float64(wanted) {
		return
	}
	n := min(len(present), sampleSize)
	for i := range n {
		m.sample = append(m.sample, present[i*len(present)/n])
	}
	g.meanings.Store(m)
}

// AwaitMeanings returns when nothing is missing any more, at once without a semantic layer. It gives up with an error
// when the endpoint fails time after time. For commands that ask a few questions and end.
func (x *Index) AwaitMeanings(ctx context.Context) error {
	const patience = 5 // failures
	if x.semantic == nil {
		return nil
	}
	for {
		x.semantic.mu.Lock()
		done := x.semantic.done
		x.semantic.mu.Unlock()
		if done == nil {
			return ErrNotReady
		}
		t := time.NewTimer(100 * time.Millisecond)
		select {
		case <-done:
			t.Stop()
			if s := x.Semantic(); s.Missing > 0 {
				return errors.New("the vectors could not be completed; see the log")
			}
			return nil
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
		if s := x.semantic.embedder.Stats().Passages; s.Streak >= patience {
			return errors.New(s.LastError)
		}
	}
}
