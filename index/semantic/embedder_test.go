package semantic_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jieda/index/semantic"
	"jieda/index/semantic/semantictest"
)

func open(t testing.TB, s *semantictest.Server, change func(*semantic.Options)) *semantic.Embedder {
	t.Helper()
	o := semantic.Options{
		URL: s.URL, Model: semantictest.Model, Dir: t.TempDir(), Timeout: 5 * time.Second, Logger: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&o)
	}
	e, err := semantic.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func fill(t testing.TB, e *semantic.Embedder, texts ...string) (refused int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	refused, err := e.Fill(ctx, texts)
	if err != nil {
		t.Fatal(err)
	}
	return refused
}

func vectors(e *semantic.Embedder, texts ...string) (rows []semantic.Vector) {
	for _, text := range texts {
		rows = append(rows, e.Passage(e.PassageKey(text)))
	}
	return rows
}

var passages = []string{"拾获悠游卡怎么处理", "怎么申请退货", "发票抬头写错了"}

// TestFindsSynonyms: another word for the same comes nearest, also when the answer is in another order.
func TestFindsSynonyms(t *testing.T) {
	for name, fault := range map[string]semantictest.Fault{"in order": {}, "shuffled": {Shuffled: true}} {
		t.Run(name, func(t *testing.T) {
			s := semantictest.New(t, []string{"拾获", "捡到"})
			s.Do(fault)
			e := open(t, s, nil)
			fill(t, e, passages...)
			q, err := e.Question(t.Context(), "捡到悠游卡怎么处理")
			if err != nil {
				t.Fatal(err)
			}
			got, err := semantic.Nearest(t.Context(), q, vectors(e, passages...), 2, func(int) bool { return true })
			if err != nil || len(got) != 2 || got[0].Row != 0 || got[0].Cosine < 0.99 || got[1].Cosine > 0.5 {
				t.Errorf("nearest: %v, %v", got, err)
			}
			got, _ = semantic.Nearest(t.Context(), q, vectors(e, passages...), 2, func(row int) bool { return row != 0 })
			if len(got) != 2 || got[0].Row == 0 || got[1].Row == 0 {
				t.Errorf("what was not to be kept is found: %v", got)
			}
		})
	}
}

// TestFailures: every way to fail has its reason, and none of them gives a vector.
func TestFailures(t *testing.T) {
	tests := map[string]struct {
		fault  semantictest.Fault
		reason string
		status int
		after  time.Duration
	}{
		"slow":         {semantictest.Fault{Delay: 10 * time.Second}, semantic.Timeout, 0, 0},
		"failing":      {semantictest.Fault{Status: 500}, semantic.Failed, 500, 0},
		"proxy":        {semantictest.Fault{Status: 502, Page: true}, semantic.Failed, 502, 0},
		"wrong key":    {semantictest.Fault{Status: 401}, semantic.Refused, 401, 0},
		"rate limited": {semantictest.Fault{Status: 429, RetryAfter: "7"}, semantic.RateLimited, 429, 7 * time.Second},
		"overloaded":   {semantictest.Fault{Status: 503, RetryAfter: "2"}, semantic.Failed, 503, 2 * time.Second},
		"senseless":    {semantictest.Fault{Status: 429, RetryAfter: "soon"}, semantic.RateLimited, 429, 0},
		"for years":    {semantictest.Fault{Status: 429, RetryAfter: "99999999"}, semantic.RateLimited, 429, 10 * time.Minute},
		"truncated":    {semantictest.Fault{Truncated: true}, semantic.Malformed, 0, 0},
		"fewer":        {semantictest.Fault{Fewer: true}, semantic.Malformed, 0, 0},
		"zeros":        {semantictest.Fault{Zeros: true}, semantic.Malformed, 0, 0},
		"redirect":     {semantictest.Fault{Status: 304}, semantic.Malformed, 0, 0},
		"dimensions":   {semantictest.Fault{Shorter: true}, semantic.Dimensions, 0, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := semantictest.New(t)
			s.Do(test.fault)
			e := open(t, s, func(o *semantic.Options) { o.Timeout = 300 * time.Millisecond; o.Dimensions = 64 })
			began := time.Now()
			_, err := e.Question(t.Context(), "怎么退货")
			var got *semantic.Error
			if !errors.As(err, &got) || got.Reason != test.reason || got.Status != test.status || got.After != test.after {
				t.Fatalf("got %+v, want %+v", err, test)
			}
			if len(err.Error()) > 400 {
				t.Errorf("the message quotes the whole page: %d bytes", len(err.Error()))
			}
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("it took %v", took)
			}
			if stats := e.Stats().Questions; stats.Total != 1 || stats.Failures[test.reason] != 1 || stats.LastError == "" {
				t.Errorf("stats: %+v", stats)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	s := semantictest.New(t)
	s.Close()
	var got *semantic.Error
	if _, err := open(t, s, nil).Question(t.Context(), "怎么退货"); !errors.As(err, &got) || got.Reason != semantic.Unreachable {
		t.Errorf("got %v", err)
	}
}

// TestTwoVectorsForOneText: an index that comes twice would give a passage the vector of another.
func TestTwoVectorsForOneText(t *testing.T) {
	s := semantictest.New(t)
	s.Do(semantictest.Fault{Twice: true, Times: 1})
	e := open(t, s, nil)
	fill(t, e, passages...)
	if n := e.Stats().Passages.Failures[semantic.Malformed]; n != 1 {
		t.Errorf("%d malformed answers noticed, want 1", n)
	}
	for i, v := range vectors(e, passages...) {
		q, err := e.Question(t.Context(), passages[i])
		if err != nil || q.Cosine(v) < 0.99 {
			t.Errorf("passage %d has the vector of another: %v", i, err)
		}
	}
}

// TestPause: an endpoint that is down costs the first searches their deadline, then nothing, until it is back.
func TestPause(t *testing.T) {
	var log bytes.Buffer
	s := semantictest.New(t)
	s.Do(semantictest.Fault{Status: 500})
	e := open(t, s, func(o *semantic.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	for i := range 20 {
		_, err := e.Question(t.Context(), fmt.Sprint("问题", i))
		var got *semantic.Error
		if want := i >= 3; !errors.As(err, &got) || (got.Reason == semantic.Paused) != want {
			t.Errorf("question %d: %v", i, err)
		}
	}
	if n := s.Requests(); n != 3 {
		t.Errorf("it was asked %d times, want 3", n)
	}
	if n := strings.Count(log.String(), "\n"); n != 1 {
		t.Errorf("%d lines of log, want 1:\n%s", n, &log)
	}
	s.Do(semantictest.Fault{})
	deadline := time.Now().Add(10 * time.Second)
	for {
		if _, err := e.Question(t.Context(), "怎么退货"); err == nil {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("it never came back: %v", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if !strings.Contains(log.String(), "answers again") {
		t.Errorf("the log does not say that it is back:\n%s", &log)
	}
}

// TestRetryAfter: who is told to wait waits, at the first time already.
func TestRetryAfter(t *testing.T) {
	s := semantictest.New(t)
	s.Do(semantictest.Fault{Status: 429, RetryAfter: "1", Times: 1})
	e := open(t, s, nil)
	began := time.Now()
	fill(t, e, passages...)
	if took := time.Since(began); took < 900*time.Millisecond {
		t.Errorf("it was asked again after %v", took)
	}
	if s.Requests() != 2 {
		t.Errorf("%d requests, want 2", s.Requests())
	}
}

// TestCustomerGone: a search that is given up is no failure of the endpoint.
func TestCustomerGone(t *testing.T) {
	s := semantictest.New(t)
	s.Do(semantictest.Fault{Delay: 10 * time.Second})
	e := open(t, s, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := e.Question(ctx, "怎么退货"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if stats := e.Stats().Questions; stats.Total != 0 || stats.Streak != 0 {
		t.Errorf("it was counted: %+v", stats)
	}
}

// TestRefusedText: one text that the model does not take does not keep the others from having vectors.
func TestRefusedText(t *testing.T) {
	s := semantictest.New(t)
	s.Do(semantictest.Fault{Refuse: "退货"})
	e := open(t, s, nil)
	if refused := fill(t, e, passages...); refused != 1 {
		t.Errorf("%d refused, want 1", refused)
	}
	for i, v := range vectors(e, passages...) {
		if v.Missing() != (i == 1) {
			t.Errorf("passage %d: missing %v", i, v.Missing())
		}
	}
	// When nothing at all is taken, it is not the texts that are wrong: it tries again until it is told to stop.
	s.Do(semantictest.Fault{Status: 400})
	ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
	defer cancel()
	if _, err := e.Fill(ctx, []string{"甲", "乙"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestRequest(t *testing.T) {
	s := semantictest.New(t)
	for _, suffix := range []string{"", "/", "/embeddings", "/embeddings/"} {
		e := open(t, s, func(o *semantic.Options) {
			o.URL += suffix
			o.Key, o.QuestionPrefix, o.PassagePrefix, o.Dimensions = "sesame", "问:", "文:", 32
		})
		fill(t, e, "怎么退货")
		if _, err := e.Question(t.Context(), "怎么退货"); err != nil {
			t.Fatal(err)
		}
		if got := s.Header().Get("Authorization"); got != "Bearer sesame" {
			t.Errorf("authorization %q", got)
		}
		texts := s.Texts()
		if got := texts[len(texts)-2:]; !slices.Equal(got, []string{"文:怎么退货", "问:怎么退货"}) {
			t.Errorf("sent %q", got)
		}
	}
	n := s.Requests()
	e := open(t, s, nil)
	for range 3 {
		if _, err := e.Question(t.Context(), "一样的问题"); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.Requests() - n; got != 1 {
		t.Errorf("the same question was asked %d times", got)
	}
	if s.Header().Get("Authorization") != "" {
		t.Error("without a key something is sent as one")
	}
}

// TestDisk: vectors survive, another model has its own, and damage costs no more than what it hit.
func TestDisk(t *testing.T) {
	dir := t.TempDir()
	in := func(o *semantic.Options) { o.Dir = dir }
	s := semantictest.New(t)
	texts := make([]string, 50)
	for i := range texts {
		texts[i] = fmt.Sprintf("第%d个段落", i)
	}
	e := open(t, s, in)
	fill(t, e, texts[:20]...)
	fill(t, e, texts[20:]...)
	before := vectors(e, texts...)
	e.Close()
	files, _ := filepath.Glob(filepath.Join(dir, "*", "vectors"))
	if len(files) != 1 {
		t.Fatalf("files: %v", files)
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}

	present := func(e *semantic.Embedder) (n int) {
		for _, v := range vectors(e, texts...) {
			if !v.Missing() {
				n++
			}
		}
		return n
	}
	again := open(t, s, in)
	if n := present(again); n != 50 {
		t.Errorf("%d vectors after opening again, want 50", n)
	}
	q, err := again.Question(t.Context(), texts[7])
	if err != nil || q.Cosine(vectors(again, texts[7])[0]) != q.Cosine(before[7]) {
		t.Errorf("a vector changed on disk: %v", err)
	}
	again.Close()
	other := open(t, s, func(o *semantic.Options) { o.Dir, o.Dimensions = dir, 16 })
	if n := present(other); n != 0 {
		t.Errorf("%d vectors of another length are taken", n)
	}
	other.Close()

	size := (len(whole) - 24) / 50
	for name, test := range map[string]struct {
		data []byte
		want int
	}{
		"cut off in a record":     {whole[:24+30*size+size/2], 30},
		"cut off in the header":   {whole[:10], 0},
		"empty":                   {nil, 0},
		"a flipped bit":           {flipped(whole, 24+10*size+50), 49},
		"a flipped bit in a key":  {flipped(whole, 24+10*size), 49},
		"a flipped header":        {flipped(whole, 17), 0},
		"something else entirely": {[]byte(strings.Repeat("not vectors ", 1000)), 0},
		"zeros at the end":        {append(slices.Clone(whole[:24+40*size]), make([]byte, 5*size)...), 40},
	} {
		if err := os.WriteFile(files[0], test.data, 0o600); err != nil {
			t.Fatal(err)
		}
		damaged := open(t, s, in)
		if n := present(damaged); n != test.want {
			t.Errorf("%s: %d vectors, want %d", name, n, test.want)
		}
		fill(t, damaged, texts...)
		damaged.Close()
		mended := open(t, s, in)
		if n := present(mended); n != 50 {
			t.Errorf("%s: %d vectors after mending", name, n)
		}
		mended.Close()
	}
}

func flipped(b []byte, at int) []byte {
	b = slices.Clone(b)
	b[at] ^= 4
	return b
}

func TestRetain(t *testing.T) {
	dir := t.TempDir()
	in := func(o *semantic.Options) { o.Dir = dir }
	s := semantictest.New(t)
	e := open(t, s, in)
	texts := []string{"一", "二", "三", "四", "五", "六", "七", "八"}
	fill(t, e, texts...)
	size := func() int64 {
		files, _ := filepath.Glob(filepath.Join(dir, "*", "*"))
		if len(files) != 1 {
			t.Fatalf("files: %v", files)
		}
		info, err := os.Stat(files[0])
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	keep := func(texts ...string) {
		t.Helper()
		keys := map[semantic.Key]bool{}
		for _, text := range texts {
			keys[e.PassageKey(text)] = true
		}
		if err := e.Retain(keys); err != nil {
			t.Fatal(err)
		}
	}
	full := size()
	if keep(texts[:7]...); size() != full {
		t.Error("the file is written again for one vector")
	}
	if keep(texts[:3]...); size() >= full/2 {
		t.Errorf("the file has %d bytes of %d after most was forgotten", size(), full)
	}
	fill(t, e, "九")
	e.Close()
	again := open(t, s, in)
	for i, v := range vectors(again, "一", "二", "三", "四", "九") {
		if v.Missing() != (i == 3) {
			t.Errorf("vector %d: missing %v", i, v.Missing())
		}
	}
}

func TestModelOfAnotherLength(t *testing.T) {
	s := semantictest.New(t)
	e := open(t, s, nil)
	fill(t, e, passages...)
	s.Do(semantictest.Fault{Shorter: true})
	var got *semantic.Error
	if _, err := e.Question(t.Context(), "怎么退货"); !errors.As(err, &got) || got.Reason != semantic.Dimensions {
		t.Errorf("got %v", err)
	}
}

func TestOpenNeedsAnEndpoint(t *testing.T) {
	if _, err := semantic.Open(semantic.Options{URL: "http://x/v1"}); err == nil {
		t.Error("opened without a model")
	}
	if _, err := semantic.Open(semantic.Options{Model: "m"}); err == nil {
		t.Error("opened without a URL")
	}
}
