package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"jieda/index"
)

// On a terminal one line is drawn over and over, and log lines come above it; otherwise there are log lines only.
func TestProgress(t *testing.T) {
	began := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	build := func(terminal bool) string {
		var out bytes.Buffer
		now := began
		b := &progress{w: &out, lang: chinese, terminal: terminal, now: func() time.Time { return now }}
		log := slog.New(slog.NewTextHandler(b, nil))
		report := b.report(log)
		for done := range 100 { // 0.1 s each
			now = now.Add(100 * time.Millisecond)
			report(index.Progress{Reason: "start", Phase: "cut", Done: done, Total: 100, Started: began})
			if done == 50 {
				log.Warn("half")
			}
		}
		b.clear()
		return out.String()
	}

	bar := build(true)
	if first, _, _ := strings.Cut(strings.TrimPrefix(bar, clearLine), clearLine); first != "切分文本 [#-----------------------------] 4/100" {
		t.Errorf("the bar begins with %q", first)
	}
	if !strings.Contains(bar, clearLine+"time=") || !strings.Contains(bar, "msg=half\n切分文本 [###") {
		t.Errorf("the log line does not stand above the bar: %q", bar)
	}
	if !strings.HasSuffix(bar, "] 99/100"+clearLine) {
		t.Errorf("the bar is not taken away at the end: %q", bar[len(bar)-60:])
	}

	plain := build(false)
	if strings.ContainsAny(plain, "\r\x1b") || strings.Count(plain, "building the index") != 2 {
		t.Errorf("want two lines in ten seconds, without control characters, got:\n%s", plain)
	}
}
