package analysis

import (
	"sort"
	"unicode/utf8"
)

// A rewrite copies a text from left to right while replacing parts of it. A text that needs no replacement is not
// copied at all.
type rewrite struct {
	src   string
	out   []byte // nil until the first replacement
	done  int    // src[:done] is in out
	track bool   // keep edits
	edits []edit
	last  restore
}

// An edit says that out[at:at+n] came from src[from:from+m]. Between edits, bytes are the same or correspond one to
// one, rune by rune.
type edit struct{ at, n, from, m int32 }

// A restore is the state before the last replacement.
type restore struct{ out, done, edits int }

// replace puts with in place of src[from:to]; from is not before the end of an earlier replacement.
func (w *rewrite) replace(from, to int, with string) {
	if w.out == nil {
		w.out = make([]byte, 0, len(w.src)+len(w.src)/8+len(with))
	}
	w.last = restore{len(w.out), w.done, len(w.edits)}
	w.out = append(w.out, w.src[w.done:from]...)
	if w.track && !sameShape(w.src[from:to], with) {
		w.edits = append(w.edits, edit{int32(len(w.out)), int32(len(with)), int32(from), int32(to - from)})
	}
	w.out = append(w.out, with...)
	w.done = to
}

// undo takes back the last replacement if it went beyond src[:from].
func (w *rewrite) undo(from int) {
	if w.done > from {
		w.out, w.done, w.edits = w.out[:w.last.out], w.last.done, w.edits[:w.last.edits]
	}
}

// text is the whole result.
func (w *rewrite) text() string {
	if w.out == nil {
		return w.src
	}
	w.out = append(w.out, w.src[w.done:]...)
	w.done = len(w.src)
	return string(w.out)
}

// sameShape says that the runes of a and b begin at the same offsets.
func sameShape(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if utf8.RuneStart(a[i]) != utf8.RuneStart(b[i]) {
			return false
		}
	}
	return true
}

// Folded is a folded text that remembers where it came from.
type Folded struct {
	Text     string
	original int      // its length
	steps    [][]edit // of the steps that changed lengths, in their order
}

// Original gives the byte offset in the original of offset i in Text, which is the beginning of a rune or len(Text).
// It never decreases as i grows. Inside something that was replaced as a whole, such as 解析度 for 分辨率, it is where
// that begins.
func (f Folded) Original(i int) int {
	if i >= len(f.Text) {
		return f.original
	}
	return f.start(i)
}

// Span gives the smallest part of the original from which Text[start:end] came, in whole runes of the original:
// the place to highlight. Both offsets are the beginning of a rune or len(Text). What was dropped before or behind
// it, such as blanks, is left out.
func (f Folded) Span(start, end int) (int, int) {
	s := f.start(start)
	if end <= start {
		return s, s
	}
	for k := len(f.steps) - 1; k >= 0; k-- {
		end = endBefore(f.steps[k], end)
	}
	return s, end
}

func (f Folded) start(i int) int {
	for k := len(f.steps) - 1; k >= 0; k-- {
		i = startBefore(f.steps[k], i)
	}
	return i
}

// startBefore is the offset before the edits of the byte that is at i after them.
func startBefore(edits []edit, i int) int {
	k := sort.Search(len(edits), func(k int) bool { return int(edits[k].at) > i }) - 1
	if k < 0 {
		return i
	}
	e := edits[k]
	if i < int(e.at+e.n) {
		return int(e.from)
	}
	return int(e.from+e.m) + i - int(e.at+e.n)
}

// endBefore is the offset before the edits of the end of the byte that ends at i after them.
func endBefore(edits []edit, i int) int {
	k := sort.Search(len(edits), func(k int) bool { return int(edits[k].at) >= i }) - 1
	if k < 0 {
		return i
	}
	e := edits[k]
	return int(e.from+e.m) + max(0, i-int(e.at+e.n))
}

// apply runs one step over the text so far.
func (f *Folded) apply(w *rewrite, step func(*rewrite)) (changed bool) {
	*w = rewrite{src: f.Text, track: w.track}
	step(w)
	if w.out == nil {
		return false
	}
	f.Text = w.text()
	if len(w.edits) > 0 {
		f.steps = append(f.steps, w.edits)
	}
	return true
}
