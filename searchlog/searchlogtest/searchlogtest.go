// Package searchlogtest checks the promises of searchlog.Log: every log that keeps something must pass Test.
package searchlogtest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jieda/searchlog"
)

// Test runs every check. storage makes room for a log that is empty and stays until t ends; open opens a log there, and
// may be called again, after Close and also before it.
func Test(t *testing.T, storage func(t *testing.T) (open func() searchlog.Log)) {
	for _, c := range []struct {
		name  string
		check func(*testing.T, searchlog.Log)
	}{
		{"Search", search},
		{"FindKeepsOrder", findKeepsOrder},
		{"SearchTwice", searchTwice},
		{"AllOrNothing", allOrNothing},
		{"ManyAtOnce", manyAtOnce},
		{"EventBeforeSearch", eventBeforeSearch},
		{"EventTwice", eventTwice},
		{"ChangeOfMind", changeOfMind},
		{"QuestionsAndContacts", questionsAndContacts},
		{"Since", since},
		{"DeleteBefore", deleteBefore},
		{"Concurrent", concurrent},
		{"HostileText", hostileText},
		{"NUL", nul},
	} {
		t.Run(c.name, func(t *testing.T) {
			log := storage(t)()
			c.check(t, log)
			if err := log.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			if err := log.Close(); err != nil {
				t.Errorf("second Close: %v", err)
			}
			if err := log.Write(t.Context(), sample("late")); err == nil {
				t.Error("a closed log accepted a search")
			}
		})
	}
	t.Run("KeptAfterClose", func(t *testing.T) { keptAfterClose(t, storage(t)) })
	t.Run("TwoOnOneStorage", func(t *testing.T) { twoOnOneStorage(t, storage(t)) })
}

var begin = time.Date(2026, 11, 22, 9, 30, 0, 123_000_000, time.UTC)

func sample(id string) searchlog.Search {
	return searchlog.Search{
		ID: id, Time: begin, Surface: "suggest", Channel: "wecom", Query: "tuikuan 多久到账", Rescued: "退款 多久到账",
		RescueReason: "pinyin", Decision: "answer", Confidence: 0.75, Generation: "g1",
		Shown: []searchlog.Shown{{ArticleID: "faq/退款", PassageID: "faq/退款#2"}, {ArticleID: "faq/换货", PassageID: "faq/换货"}},
		KeyID: "k1", Session: "s1", Took: 1234 * time.Microsecond,
	}
}

func write(t *testing.T, log searchlog.Log, entries ...searchlog.Entry) {
	t.Helper()
	if err := log.Write(t.Context(), entries...); err != nil {
		t.Fatalf("Write: %v", err)
	}
}

// only returns the one search that is found by id.
func only(t *testing.T, log searchlog.Log, id string) searchlog.Found {
	t.Helper()
	found, err := log.Find(t.Context(), id)
	if err != nil || len(found) != 1 {
		t.Fatalf("Find(%s) = %v, %v; want one", id, found, err)
	}
	return found[0]
}

func search(t *testing.T, log searchlog.Log) {
	full, bare := sample("full"), searchlog.Search{ID: "bare", Time: begin.In(time.FixedZone("", 8*3600))}
	write(t, log)
	write(t, log, full, bare)
	if got := only(t, log, "full"); !reflect.DeepEqual(got.Search, full) || len(got.Events) != 0 {
		t.Errorf("got  %+v\nwant %+v", got, full)
	}
	got := only(t, log, "bare")
	if !got.Time.Equal(begin) || got.Time.Location() != time.UTC || len(got.Shown) != 0 || got.Session != "" {
		t.Errorf("got %+v", got)
	}
	if found, err := log.Find(t.Context(), "nobody"); err != nil || len(found) != 0 {
		t.Errorf("Find of an unknown id: %v, %v", found, err)
	}
	if found, err := log.Find(t.Context()); err != nil || len(found) != 0 {
		t.Errorf("Find of nothing: %v, %v", found, err)
	}
}

func findKeepsOrder(t *testing.T, log searchlog.Log) {
	write(t, log, sample("a"), sample("b"), sample("c"))
	found, err := log.Find(t.Context(), "c", "missing", "a", "b")
	if err != nil {
		t.Fatal(err)
	}
	order := ""
	for _, f := range found {
		order += f.ID
	}
	if order != "cab" {
		t.Errorf("order %q, want cab", order)
	}
}

func searchTwice(t *testing.T, log searchlog.Log) {
	write(t, log, sample("s"))
	again := sample("s")
	again.Query = "别的问题"
	write(t, log, again, again)
	if got := only(t, log, "s"); got.Query != sample("s").Query {
		t.Errorf("the second search replaced the first: %+v", got)
	}
}

func allOrNothing(t *testing.T, log searchlog.Log) {
	if err := log.Write(t.Context(), searchlog.Event{SearchID: "s", Type: searchlog.Open, Time: begin}, sample("s"), nil); err == nil {
		t.Fatal("a nil entry was accepted")
	}
	if found, err := log.Find(t.Context(), "s"); err != nil || len(found) != 0 {
		t.Errorf("after a failed Write there is %v, %v", found, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := log.Write(ctx, sample("s")); err == nil {
		t.Error("Write ignores its context")
	}
	write(t, log, sample("s")) // and works again
	if got := only(t, log, "s"); len(got.Events) != 0 {
		t.Errorf("an event of the failed Write was kept: %+v", got)
	}
}

func manyAtOnce(t *testing.T, log searchlog.Log) {
	const many = 1234
	var entries []searchlog.Entry
	var ids []string
	for i := range many {
		ids = append(ids, fmt.Sprint("s", i))
		entries = append(entries, sample(ids[i]))
	}
	write(t, log, entries...)
	found, err := log.Find(t.Context(), ids...)
	if err != nil || len(found) != many {
		t.Errorf("%d searches found, want %d; %v", len(found), many, err)
	}
}

func since(t *testing.T, log searchlog.Log) {
	const many = 1234 // of which ten at a time have the same moment
	var entries []searchlog.Entry
	for i := range many {
		s := sample(fmt.Sprintf("s%04d", i))
		s.Time = begin.Add(time.Duration(i/10) * time.Millisecond)
		entries = append(entries, s)
	}
	slices.Reverse(entries)
	write(t, log, entries...)
	write(t, log, searchlog.Event{SearchID: "s1000", Type: searchlog.Open, ArticleID: "faq/退款", Time: begin})
	next := 500
	err := log.Since(t.Context(), begin.Add(50*time.Millisecond), func(f searchlog.Found) error {
		if want := fmt.Sprintf("s%04d", next); f.ID != want || (len(f.Events) == 1) != (f.ID == "s1000") {
			t.Errorf("%s with %d events, want %s", f.ID, len(f.Events), want)
		}
		next++
		return log.Write(t.Context(), searchlog.Event{SearchID: f.ID, Type: searchlog.Helpful, Time: begin}) // holds nothing
	})
	if err != nil || next != many {
		t.Errorf("Since ended before s%04d: %v", next, err)
	}
	stop := errors.New("enough")
	if err := log.Since(t.Context(), time.Time{}, func(searchlog.Found) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Since returned %v, want what each did", err)
	}
	if err := log.Since(t.Context(), begin.Add(time.Hour), func(f searchlog.Found) error { return stop }); err != nil {
		t.Errorf("there are searches of the future: %v", err)
	}
}

func eventBeforeSearch(t *testing.T, log searchlog.Log) {
	event := searchlog.Event{SearchID: "s", Type: searchlog.Open, ArticleID: "faq/退款", Time: begin}
	write(t, log, event)
	if found, err := log.Find(t.Context(), "s"); err != nil || len(found) != 0 {
		t.Fatalf("a search that is not there yet: %v, %v", found, err)
	}
	write(t, log, sample("s"))
	if got := only(t, log, "s"); !reflect.DeepEqual(got.Events, []searchlog.Event{event}) {
		t.Errorf("events %+v", got.Events)
	}
}

func eventTwice(t *testing.T, log searchlog.Log) {
	first := searchlog.Event{SearchID: "s", Type: searchlog.Open, ArticleID: "a", Time: begin}
	again := first
	again.Time = begin.Add(time.Minute)
	other, whole := first, first
	other.ArticleID, whole.ArticleID = "b", ""
	write(t, log, sample("s"), sample("another"), first, again)
	write(t, log, again, other, whole, searchlog.Event{SearchID: "s", Type: searchlog.Copied, ArticleID: "a", Time: begin})
	got := only(t, log, "s")
	if len(got.Events) != 4 {
		t.Fatalf("%d events, want 4: %+v", len(got.Events), got.Events)
	}
	for _, e := range got.Events {
		if !e.Time.Equal(begin) {
			t.Errorf("the time of the second event replaced that of the first: %+v", e)
		}
	}
	if other := only(t, log, "another"); len(other.Events) != 0 {
		t.Errorf("events of another search: %+v", other.Events)
	}
}

func changeOfMind(t *testing.T, log searchlog.Log) {
	say := func(typ searchlog.EventType, reason, comment string) searchlog.Event {
		return searchlog.Event{SearchID: "s", Type: typ, ArticleID: "a", Reason: reason, Comment: comment, Time: begin}
	}
	write(t, log, sample("s"))
	for i, step := range []struct{ say, want searchlog.Event }{
		{say(searchlog.Unhelpful, "", ""), say(searchlog.Unhelpful, "", "")},
		{say(searchlog.Unhelpful, "outdated", "去年的"), say(searchlog.Unhelpful, "outdated", "去年的")}, // told why
		{say(searchlog.Unhelpful, "", ""), say(searchlog.Unhelpful, "outdated", "去年的")},            // a retry that came late
		{say(searchlog.Unhelpful, "wrong", ""), say(searchlog.Unhelpful, "wrong", "")},
		{say(searchlog.Helpful, "", ""), say(searchlog.Helpful, "", "")},
		{say(searchlog.Unhelpful, "", ""), say(searchlog.Unhelpful, "", "")},
	} {
		write(t, log, step.say)
		if got := only(t, log, "s"); !reflect.DeepEqual(got.Events, []searchlog.Event{step.want}) {
			t.Errorf("step %d: %+v, want %+v alone", i, got.Events, step.want)
		}
	}
}

// questionsAndContacts counts with DeleteBefore, as nothing reads them yet.
func questionsAndContacts(t *testing.T, log searchlog.Log) {
	q := searchlog.Question{Text: "能开纸质发票吗", Contact: "13800000000", SearchID: "s", Time: begin}
	anonymous, other := q, q
	anonymous.Contact, other.SearchID = "", "s2"
	c := searchlog.Contact{Session: "s1", SearchID: "s", Outcome: searchlog.HandedOver, Time: begin}
	corrected, another := c, c
	corrected.Outcome, another.Session = searchlog.Resolved, "s2"
	write(t, log, q, q, anonymous, other, c, another)
	write(t, log, q, corrected)
	if n, err := log.DeleteBefore(t.Context(), begin.Add(time.Second)); n != 5 || err != nil {
		t.Errorf("%d questions and contacts were kept (%v), want 3 and 2", n, err)
	}
}

func deleteBefore(t *testing.T, log searchlog.Log) {
	const old = 5000 // more than a log may delete at once
	entries := []searchlog.Entry{sample("new")}
	for i := range old {
		s := sample(fmt.Sprint(i))
		s.Time = begin.Add(-time.Hour)
		entries = append(entries, s)
	}
	at := begin.Add(-time.Hour)
	entries = append(entries,
		searchlog.Event{SearchID: "1", Type: searchlog.Open, Time: at}, searchlog.Event{SearchID: "new", Type: searchlog.Open, Time: begin},
		searchlog.Question{Text: "q", Time: at}, searchlog.Contact{Session: "s", Outcome: searchlog.Abandoned, Time: at})
	write(t, log, entries...)
	if n, err := log.DeleteBefore(t.Context(), time.Time{}); n != 0 || err != nil {
		t.Errorf("before the beginning of time: %d, %v", n, err)
	}
	if n, err := log.DeleteBefore(t.Context(), begin); n != old+3 || err != nil { // what is as old as begin stays
		t.Errorf("deleted %d, %v; want %d", n, err, old+3)
	}
	if n, err := log.DeleteBefore(t.Context(), begin); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
	if got := only(t, log, "new"); len(got.Events) != 1 {
		t.Errorf("the new search has events %+v", got.Events)
	}
}

func concurrent(t *testing.T, log searchlog.Log) {
	const writers, each = 4, 25
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				id := fmt.Sprint(w, "-", i)
				err := log.Write(t.Context(), sample(id), searchlog.Event{SearchID: "all", Type: searchlog.Open, ArticleID: id, Time: begin})
				if err != nil {
					t.Errorf("Write: %v", err)
					return
				}
				if found, err := log.Find(t.Context(), id); err != nil || len(found) != 1 {
					t.Errorf("Find(%s) after Write: %v, %v", id, found, err)
					return
				}
			}
		})
	}
	wg.Wait()
	write(t, log, sample("all"))
	if got := only(t, log, "all"); len(got.Events) != writers*each {
		t.Errorf("%d events, want %d", len(got.Events), writers*each)
	}
}

func hostileText(t *testing.T, log searchlog.Log) {
	for i, text := range []string{
		`'; DROP TABLE search; --`, `"?0 ?? ?TableAlias \`, "𠮷野家 👍\u200d🏽\n\t", strings.Repeat("长", 500), `{"a":"x"}`, "null",
	} {
		s := sample(fmt.Sprint("s", i))
		s.Query, s.Channel, s.Shown[0].ArticleID = text, text, text
		e := searchlog.Event{SearchID: s.ID, Type: searchlog.Unhelpful, ArticleID: text, Comment: text, Time: begin}
		write(t, log, s, e, searchlog.Question{Text: text, Time: begin})
		if got := only(t, log, s.ID); !reflect.DeepEqual(got, searchlog.Found{Search: s, Events: []searchlog.Event{e}}) {
			t.Errorf("wrote %q, read %+v", text, got)
		}
	}
}

// nul: one search with a NUL must not keep those that are written with it from being kept.
func nul(t *testing.T, log searchlog.Log) {
	const text = "退\x00款"
	bad := searchlog.Search{
		ID: "bad", Time: begin, Surface: text, Channel: text, Query: text, Rescued: text, RescueReason: text, Decision: text,
		Generation: text, Shown: []searchlog.Shown{{ArticleID: text, PassageID: text}}, KeyID: text, Session: text,
	}
	write(t, log, sample("good"), bad,
		searchlog.Event{SearchID: "bad", Type: searchlog.Unhelpful, ArticleID: text, Reason: text, Comment: text, Time: begin},
		searchlog.Question{Text: text, Contact: text, SearchID: text, Time: begin},
		searchlog.Contact{Session: text, SearchID: text, Outcome: searchlog.HandedOver, Time: begin})
	only(t, log, "good")
	got := only(t, log, "bad")
	if got.Query != "退款" || got.Channel != "退款" || got.Session != "退款" || got.Shown[0].PassageID != "退款" ||
		len(got.Events) != 1 || got.Events[0].ArticleID != "退款" || got.Events[0].Comment != "退款" {
		t.Errorf("read %+v", got)
	}
}

func keptAfterClose(t *testing.T, open func() searchlog.Log) {
	first := open()
	write(t, first, sample("s"))
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := open()
	defer second.Close()
	only(t, second, "s")
}

// twoOnOneStorage is two processes, which may begin at the same moment.
func twoOnOneStorage(t *testing.T, open func() searchlog.Log) {
	logs := []searchlog.Log{open(), open()}
	var wg sync.WaitGroup
	for i, log := range logs {
		defer log.Close()
		wg.Go(func() {
			for n := range 20 {
				if err := log.Write(t.Context(), sample(fmt.Sprint(i, "-", n))); err != nil {
					t.Errorf("Write: %v", err)
				}
			}
		})
	}
	wg.Wait()
	for i, log := range logs {
		only(t, log, fmt.Sprint(1-i, "-19"))
	}
}
