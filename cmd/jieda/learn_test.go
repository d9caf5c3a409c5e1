package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jieda/content"
	"jieda/index/learn"
	"jieda/searchlog"
	"jieda/searchlog/store"
)

// TestLearn asks for suggestions from a real log, pastes those it gets, and asks again.
func TestLearn(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	writeFile(t, filepath.Join(dir, "price.md"), "# 价格保护怎么申请\n\n七天内降价,退差价。\n")
	writeFile(t, filepath.Join(dir, "refund.md"), "# 退款多久到账\n\n相似问:退钱多久到账\n\n三天。\n")
	writeFile(t, filepath.Join(dir, "cancel.md"), "# 怎么申请退款\n\n相似问:怎么申请退钱\n\n点按钮。\n")
	ask := func(lang string, flags ...string) string {
		t.Helper()
		var stdout, stderr bytes.Buffer
		p := &program{stdout: &stdout, stderr: &stderr, environ: []string{"HOME=" + data}, lang: language(lang)}
		args := append([]string{"learn", "--content", dir, "--data", data, "--lang", lang}, flags...)
		if err := run(context.Background(), p, args); err != nil {
			t.Fatalf("%v\n%s", err, &stderr)
		}
		return stdout.String()
	}
	if got := ask("en"); !strings.Contains(got, "3 articles and 0 searches") || !strings.Contains(got, "- [退款, 退钱]  # the questions of 2 passages differ") {
		t.Errorf("without a log:\n%s", got)
	}
	if _, err := os.Stat(filepath.Join(data, "searchlog.db")); !os.IsNotExist(err) {
		t.Errorf("a search log was made: %v", err)
	}

	log, err := store.OpenSQLite(filepath.Join(data, "searchlog.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	search := func(id, query, decision string, at time.Time, events ...searchlog.Event) {
		t.Helper()
		shown := []searchlog.Shown{{ArticleID: "price", PassageID: "price"}}
		entries := []searchlog.Entry{searchlog.Search{ID: id, Time: at, Surface: "page", Query: query, Decision: decision, Shown: shown}}
		for _, e := range events {
			e.SearchID, e.Time = id, at
			entries = append(entries, e)
		}
		if err := log.Write(t.Context(), entries...); err != nil {
			t.Fatal(err)
		}
	}
	opened := searchlog.Event{Type: searchlog.Open, ArticleID: "price"}
	search("1", "保价怎么申请", "suggest", now, opened)
	search("2", "保价怎么申请?", "choose", now, opened, searchlog.Event{Type: searchlog.Helpful, ArticleID: "price"})
	search("3", "可以用比特币付款吗: #1", "none", now)
	search("4", "我的订单 2026111800123 呢", "none", now)
	search("5", "半年以前问的问题", "none", now.AddDate(0, 0, -180))
	search("6", "没有用的那一篇", "suggest", now, opened, searchlog.Event{Type: searchlog.Unhelpful, ArticleID: "price"})
	search("7", "没有用的那一篇", "suggest", now, opened, searchlog.Event{Type: searchlog.Unhelpful, ArticleID: "price"})

	got := ask("zh") // the log is still open, as that of a running server
	for _, want := range []string{
		"3 篇文章、6 次搜索", "- 价格保护: [保价]  # 2 次搜索", "# price.md:1  价格保护怎么申请\n- 保价怎么申请  # 2 次搜索,1 次说有用\n", `- "可以用比特币付款吗: #1"  # 1 次`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for _, not := range []string{"2026111800123", "半年", "没有用的"} {
		if strings.Contains(got, not) {
			t.Errorf("%q in\n%s", not, got)
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	var found learn.Suggestions
	if err := json.Unmarshal([]byte(ask("zh", "--json", "--days", "365")), &found); err != nil || len(found.Synonyms) != 2 || len(found.Gaps) != 2 {
		t.Errorf("as JSON: %v %+v", err, found)
	}

	// What is printed under "synonyms" is a file of synonyms.
	if err := os.Mkdir(filepath.Join(dir, "_search"), 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "_search", "synonyms.yaml"), strings.Split(got, "---\n")[1])
	library, err := content.Read(t.Context(), os.DirFS(dir), nil)
	if err != nil || len(library.Problems) > 0 || len(library.Synonyms) != 2 {
		t.Errorf("pasted: %v %v %v", err, library.Problems, library.Synonyms)
	}
	if got := ask("zh"); strings.Contains(got, "- 价格保护") || strings.Contains(got, "- [退款") {
		t.Errorf("what is known is suggested again:\n%s", got)
	}
}

func TestLearnDays(t *testing.T) {
	var out bytes.Buffer
	p := &program{stdout: &out, stderr: &out, lang: "en"}
	if err := run(t.Context(), p, []string{"learn", "--days", "0"}); err == nil || !strings.Contains(err.Error(), "--days") {
		t.Errorf("error %v", err)
	}
}
