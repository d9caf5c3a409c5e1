package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"jieda/index"
)

// A progress shows how far a build is: a bar that stays on one line when it writes to a terminal, and otherwise a log
// line every few seconds. It is also the writer for the log, so that log lines and the bar do not run into each other.
type progress struct {
	lang     language
	terminal bool
	now      func() time.Time

	mu    sync.Mutex
	w     io.Writer
	bar   string // what stands on the last line of the terminal
	shown time.Time
}

// Builds of a few hundred articles are over before anybody could read a bar, so it waits a little.
const (
	barAfter, barEvery = 500 * time.Millisecond, 100 * time.Millisecond
	logAfter, logEvery = 5 * time.Second, 5 * time.Second
)

func newProgress(w io.Writer, lang language) *progress {
	return &progress{w: w, lang: lang, terminal: isTerminal(w), now: time.Now}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Write writes log lines above the bar.
func (b *progress) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bar == "" {
		return b.w.Write(line)
	}
	_, err := io.WriteString(b.w, clearLine+string(line)+b.bar)
	return len(line), err
}

const clearLine = "\r\x1b[K"

// report returns what [index.KeeperOptions] calls while building.
func (b *progress) report(log *slog.Logger) func(index.Progress) {
	return func(at index.Progress) {
		switch {
		case b.terminal && b.due(at, barAfter, barEvery):
			b.draw(at)
		case !b.terminal && b.due(at, logAfter, logEvery):
			log.Info("building the index", "phase", at.Phase, "done", at.Done, "total", at.Total, "reason", at.Reason)
		}
	}
}

// due says whether the build has gone on for long enough, and whether it is time to show something again.
func (b *progress) due(at index.Progress, after, every time.Duration) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if now.Sub(at.Started) < after || now.Sub(b.shown) < every {
		return false
	}
	b.shown = now
	return true
}

func (b *progress) draw(at index.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bar = barLine(at, b.lang)
	io.WriteString(b.w, clearLine+b.bar)
}

// clear takes the bar away. It is called when a build is over.
func (b *progress) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bar != "" {
		io.WriteString(b.w, clearLine)
		b.bar = ""
	}
}

func barLine(at index.Progress, lang language) string {
	const width = 30
	phase := map[string]text{
		"read":   {"读取文章", "reading"},
		"cut":    {"切分文本", "cutting text"},
		"write":  {"写入索引", "writing"},
		"verify": {"校验索引", "verifying"},
		"switch": {"切换索引", "switching"},
	}[at.Phase]
	if at.Total <= 0 {
		return phase.in(lang) + " …"
	}
	full := width * min(at.Done, at.Total) / at.Total
	return fmt.Sprintf("%s [%s%s] %d/%d", phase.in(lang), strings.Repeat("#", full), strings.Repeat("-", width-full), at.Done, at.Total)
}
