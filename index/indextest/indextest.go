// Package indextest checks the promises of index.Engine: every engine must pass Test.
package indextest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"

	"jieda/index"
	"jieda/index/analysis"
)

// Test runs every check. open returns an engine over storage that is empty the first time and kept until the test ends:
// opening again after Close must find what was written.
func Test(t *testing.T, open func(t *testing.T) index.Engine) {
	for _, c := range []struct {
		name  string
		check func(*testing.T, index.Engine)
	}{
		{"EmptyEngine", emptyEngine},
		{"WriteOpenSwitch", writeOpenSwitch},
		{"ReplaceCurrent", replaceCurrent},
		{"NothingToFind", nothingToFind},
		{"FailedWriteLeavesNothing", failedWrite},
		{"CancelledWriteLeavesNothing", cancelledWrite},
		{"Find", find},
		{"Filters", filters},
		{"Deterministic", deterministic},
		{"DeadlineEndsFind", deadline},
		{"OrdinalOutOfRange", outOfRange},
		{"OldGenerationServesUntilClosed", oldGeneration},
		{"SwitchWhileSearching", switchWhileSearching},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := open(t)
			c.check(t, e)
			if err := e.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
	}
	t.Run("KeptAfterClose", func(t *testing.T) { keptAfterClose(t, open) })
}

var ctx = context.Background()

// corpus is a small knowledge base: document i holds the pairs of its text; its question is the first half.
var corpus = []string{"退款多久到账", "怎么申请退款", "发票怎么开", "修改收货地址", "取消订单退款", "耳机连不上蓝牙"}

func pairs(text string) (keys []analysis.Key) {
	for _, t := range analysis.Terms(nil, text, nil) {
		if t.Key.Kind() != analysis.Word {
			keys = append(keys, t.Key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func document(i int, text string) index.Document {
	half := string([]rune(text)[:len([]rune(text))/2])
	parity := "even"
	if i%2 == 1 {
		parity = "odd"
	}
	return index.Document{
		Question: pairs(half), Text: pairs(text), QuestionLen: len(pairs(half)), TextLen: len(pairs(text)),
		Filters: []string{"all", parity, fmt.Sprint("n:", i)},
		Vector:  []byte("vector of " + text), Stored: []byte("stored of " + text),
	}
}

func documents(texts []string) iter.Seq2[index.Document, error] {
	return func(yield func(index.Document, error) bool) {
		for i, text := range texts {
			if !yield(document(i, text), nil) {
				return
			}
		}
		// One that is read but never found.
		yield(index.Document{Stored: []byte("an article")}, nil)
	}
}

func meta(text string) func() ([]byte, error) {
	return func() ([]byte, error) { return []byte(text), nil }
}

func write(t *testing.T, e index.Engine, name string, texts []string) {
	t.Helper()
	if err := e.Write(ctx, name, documents(texts), meta("meta of "+name)); err != nil {
		t.Fatalf("Write(%s): %v", name, err)
	}
}

func openGeneration(t *testing.T, e index.Engine, name string) index.Reader {
	t.Helper()
	r, err := e.Open(ctx, name)
	if err != nil {
		t.Fatalf("Open(%s): %v", name, err)
	}
	return r
}

func closeReader(t *testing.T, r index.Reader) {
	t.Helper()
	if err := r.Close(); err != nil {
		t.Errorf("Reader.Close: %v", err)
	}
}

func current(t *testing.T, e index.Engine, want string) {
	t.Helper()
	if got, err := e.Current(ctx); err != nil || got != want {
		t.Errorf("Current = %q, %v, want %q", got, err, want)
	}
}

func query(text string, limit int, filters ...[]string) index.Query {
	q := index.Query{Filters: filters, Limit: limit}
	for _, k := range pairs(text) {
		q.Question = append(q.Question, index.WeightedTerm{Key: k, Weight: 1})
		q.Text = append(q.Text, index.WeightedTerm{Key: k, Weight: 1})
	}
	return q
}

func ordinals(t *testing.T, r index.Reader, q index.Query) []uint32 {
	t.Helper()
	found, err := r.Find(ctx, q)
	if err != nil {
		t.Fatalf("Find: %v", err)
	}
	return found
}

func emptyEngine(t *testing.T, e index.Engine) {
	current(t, e, "")
	if _, err := e.Open(ctx, "none"); !errors.Is(err, index.ErrNoGeneration) {
		t.Errorf("Open of nothing: %v, want ErrNoGeneration", err)
	}
	if err := e.Switch(ctx, "none"); !errors.Is(err, index.ErrNoGeneration) {
		t.Errorf("Switch to nothing: %v, want ErrNoGeneration", err)
	}
}

func writeOpenSwitch(t *testing.T, e index.Engine) {
	write(t, e, "one", corpus)
	current(t, e, "")
	r := openGeneration(t, e, "one")
	defer closeReader(t, r)
	if got := string(r.Meta()); got != "meta of one" {
		t.Errorf("Meta = %q", got)
	}
	ids := []uint32{2, 0, uint32(len(corpus))}
	var got []string
	err := r.Stored(ctx, ids, func(i int, b []byte) error {
		got = append(got, fmt.Sprint(i, " ", string(b)))
		return nil
	})
	want := []string{"0 stored of " + corpus[2], "1 stored of " + corpus[0], "2 an article"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("Stored = %q, %v, want %q", got, err, want)
	}
	err = r.Vectors(ctx, ids[:1], func(_ int, b []byte) error {
		if want := "vector of " + corpus[2]; string(b) != want {
			t.Errorf("vector = %q, want %q", b, want)
		}
		return errors.New("stop")
	})
	if err == nil || !strings.Contains(err.Error(), "stop") {
		t.Errorf("Vectors hides the error of visit: %v", err)
	}
	if err := e.Switch(ctx, "one"); err != nil {
		t.Fatalf("Switch: %v", err)
	}
	current(t, e, "one")
	if err := e.Write(ctx, "one", documents(corpus), meta("")); err == nil {
		t.Error("Write replaced a generation that is open")
	}
}

// replaceCurrent: a current generation that nobody could open is written again under its name.
func replaceCurrent(t *testing.T, e index.Engine) {
	write(t, e, "one", corpus[:1])
	if err := e.Switch(ctx, "one"); err != nil {
		t.Fatal(err)
	}
	write(t, e, "one", corpus)
	r := openGeneration(t, e, "one")
	defer closeReader(t, r)
	if got := ordinals(t, r, query("退款", 10)); len(got) != 3 {
		t.Errorf("after writing it again: %v", got)
	}
}

func nothingToFind(t *testing.T, e index.Engine) {
	write(t, e, "empty", nil)
	r := openGeneration(t, e, "empty")
	defer closeReader(t, r)
	if got := ordinals(t, r, query("退款", 10)); len(got) != 0 {
		t.Errorf("found %v in nothing", got)
	}
}

func failedWrite(t *testing.T, e index.Engine) {
	broken := func(yield func(index.Document, error) bool) {
		if yield(document(0, corpus[0]), nil) {
			yield(index.Document{}, errors.New("no more ink"))
		}
	}
	if err := e.Write(ctx, "bad", broken, meta("")); err == nil || !strings.Contains(err.Error(), "no more ink") {
		t.Errorf("Write = %v, want the documents' error", err)
	}
	if err := e.Write(ctx, "bad", documents(corpus), func() ([]byte, error) { return nil, errors.New("no meta") }); err == nil {
		t.Error("Write without meta succeeded")
	}
	if _, err := e.Open(ctx, "bad"); !errors.Is(err, index.ErrNoGeneration) {
		t.Errorf("Open after a failed Write: %v, want ErrNoGeneration", err)
	}
	write(t, e, "bad", corpus) // the name is free again
}

func cancelledWrite(t *testing.T, e index.Engine) {
	ctx, cancel := context.WithCancel(ctx)
	docs := func(yield func(index.Document, error) bool) {
		for i := 0; yield(document(i, corpus[i%len(corpus)]), nil); i++ {
			if i == 10 {
				cancel()
			}
			if i == 1000 {
				t.Error("Write goes on although its context is done")
				return
			}
		}
	}
	if err := e.Write(ctx, "late", docs, meta("")); !errors.Is(err, context.Canceled) {
		t.Errorf("Write = %v, want Canceled", err)
	}
	if _, err := e.Open(context.Background(), "late"); !errors.Is(err, index.ErrNoGeneration) {
		t.Errorf("Open after a cancelled Write: %v, want ErrNoGeneration", err)
	}
}

func find(t *testing.T, e index.Engine) {
	write(t, e, "one", corpus)
	r := openGeneration(t, e, "one")
	defer closeReader(t, r)
	for _, c := range []struct {
		query string
		limit int
		want  []uint32 // the first ones
		n     int
	}{
		{"发票", 10, []uint32{2}, 1},
		{"退款", 10, nil, 3},
		{"退款", 2, nil, 2},
		{"怎么申请退款", 10, []uint32{1}, 4},
		{"取消订单", 1, []uint32{4}, 1},
		{"鲸鱼", 10, nil, 0},
		{"", 10, nil, 0},
	} {
		got := ordinals(t, r, query(c.query, c.limit))
		if len(got) != c.n || len(c.want) > len(got) || !slices.Equal(got[:len(c.want)], c.want) {
			t.Errorf("Find(%q, %d) = %v, want %d, first %v", c.query, c.limit, got, c.n, c.want)
		}
	}
	// A term of the text is not looked for among questions, nor the other way round.
	q := query("到账", 10)
	q.Text = nil
	if got := ordinals(t, r, q); len(got) != 0 {
		t.Errorf("found %v by a question they do not have", got)
	}
}

func filters(t *testing.T, e index.Engine) {
	write(t, e, "one", corpus)
	r := openGeneration(t, e, "one")
	defer closeReader(t, r)
	for _, c := range []struct {
		filters [][]string
		want    []uint32
	}{
		{nil, []uint32{0, 1, 4}},
		{[][]string{{"all"}}, []uint32{0, 1, 4}},
		{[][]string{{"even"}}, []uint32{0, 4}},
		{[][]string{{"odd"}}, []uint32{1}},
		{[][]string{{"n:0", "n:1", "nobody"}}, []uint32{0, 1}},
		{[][]string{{"all"}, {"n:0", "n:1"}, {"odd"}}, []uint32{1}},
		{[][]string{{"nobody"}}, []uint32{}},
		{[][]string{{}}, []uint32{}},
	} {
		got := ordinals(t, r, query("退款", 10, c.filters...))
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("filters %v: %v, want %v", c.filters, got, c.want)
		}
	}
	for _, c := range []struct{ only, want []uint32 }{
		{nil, []uint32{0, 4}},
		{[]uint32{}, nil},
		{[]uint32{1, 2, 4, 5}, []uint32{4}},
		{[]uint32{2, 99}, nil},
	} {
		q := query("退款", 10, []string{"even"})
		q.Only = c.only
		got := ordinals(t, r, q)
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("only %v: %v, want %v", c.only, got, c.want)
		}
	}
}

func deterministic(t *testing.T, e index.Engine) {
	same := slices.Repeat([]string{"退款多久到账"}, 50) // equal scores: by ordinal
	write(t, e, "one", same)
	write(t, e, "two", same)
	for _, name := range []string{"one", "two"} {
		r := openGeneration(t, e, name)
		for range 3 {
			if got := ordinals(t, r, query("退款", 5)); !slices.Equal(got, []uint32{0, 1, 2, 3, 4}) {
				t.Errorf("%s: equal scores in the order %v", name, got)
			}
		}
		closeReader(t, r)
	}
}

func deadline(t *testing.T, e index.Engine) {
	write(t, e, "one", corpus)
	r := openGeneration(t, e, "one")
	defer closeReader(t, r)
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := r.Find(ctx, query("退款", 10)); !errors.Is(err, context.Canceled) {
		t.Errorf("Find with a context that is done: %v, want Canceled", err)
	}
}

func outOfRange(t *testing.T, e index.Engine) {
	write(t, e, "one", corpus)
	r := openGeneration(t, e, "one")
	defer closeReader(t, r)
	for _, id := range []uint32{uint32(len(corpus)) + 1, 1 << 30, ^uint32(0)} {
		if err := r.Stored(ctx, []uint32{id}, func(int, []byte) error { return nil }); err == nil {
			t.Errorf("Stored(%d) succeeded", id)
		}
		if err := r.Vectors(ctx, []uint32{id}, func(int, []byte) error { return nil }); err == nil {
			t.Errorf("Vectors(%d) succeeded", id)
		}
	}
}

func oldGeneration(t *testing.T, e index.Engine) {
	write(t, e, "one", corpus)
	if err := e.Switch(ctx, "one"); err != nil {
		t.Fatal(err)
	}
	old := openGeneration(t, e, "one")
	write(t, e, "two", corpus[:3])
	if err := e.Switch(ctx, "two"); err != nil {
		t.Fatal(err)
	}
	if got := ordinals(t, old, query("退款", 10)); len(got) != 3 {
		t.Errorf("the old generation finds %v after the switch", got)
	}
	write(t, e, "three", corpus[:4])
	closeReader(t, old)
	if _, err := e.Open(ctx, "one"); !errors.Is(err, index.ErrNoGeneration) {
		t.Errorf("the old generation is still there after its last reader: %v", err)
	}
	closeReader(t, openGeneration(t, e, "three")) // what was written meanwhile stays
	r := openGeneration(t, e, "two")
	defer closeReader(t, r)
	if got := ordinals(t, r, query("退款", 10)); len(got) != 2 {
		t.Errorf("the new generation finds %v", got)
	}
}

// switchWhileSearching swaps generations under searches: each search must see one generation, whole.
func switchWhileSearching(t *testing.T, e index.Engine) {
	write(t, e, "g0", corpus)
	if err := e.Switch(ctx, "g0"); err != nil {
		t.Fatal(err)
	}
	var (
		mu   sync.RWMutex
		open = openGeneration(t, e, "g0")
		wg   sync.WaitGroup
		stop = make(chan struct{})
	)
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				mu.RLock()
				found, err := open.Find(ctx, query("退款", 10))
				var texts []byte
				if err == nil {
					err = open.Stored(ctx, found, func(_ int, b []byte) error {
						texts = append(texts, b...)
						return nil
					})
				}
				mu.RUnlock()
				if err != nil || len(found) != 3 || bytes.Count(texts, []byte("退款")) != 3 {
					t.Errorf("found %v, %q, %v", found, texts, err)
					return
				}
			}
		})
	}
	for i := 1; i <= 5; i++ {
		name := fmt.Sprint("g", i)
		write(t, e, name, corpus)
		next := openGeneration(t, e, name)
		if err := e.Switch(ctx, name); err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		old := open
		open = next
		mu.Unlock()
		closeReader(t, old)
	}
	close(stop)
	wg.Wait()
	closeReader(t, open)
}

func keptAfterClose(t *testing.T, open func(t *testing.T) index.Engine) {
	e := open(t)
	write(t, e, "one", corpus)
	if err := e.Switch(ctx, "one"); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e = open(t)
	defer e.Close()
	current(t, e, "one")
	r := openGeneration(t, e, "one")
	defer closeReader(t, r)
	if got := ordinals(t, r, query("发票", 10)); !slices.Equal(got, []uint32{2}) {
		t.Errorf("after reopening: %v", got)
	}
}
