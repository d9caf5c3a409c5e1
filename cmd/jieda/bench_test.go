package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jieda/index/analysis"
)

// BenchmarkServe measures the whole program from outside, as an operator would: it builds jieda, writes one Markdown
// file a section, indexes them, starts the server and asks it questions over HTTP on one connection, ten hits with
// snippets each. Reported besides ns/op:
//
//	sections/cpu-s, MB/cpu-s, peak-MB, disk-MB    of jieda index
//	cold-ms                                       from the start of jieda serve to the first answer
//	cpu-ms/op, p50-ms, p95-ms, p99-ms             of jieda serve while one connection asks
//	cpu8-ms                                       the same CPU time while eight connections ask (see eightConnections)
//	rss-MB                                        of jieda serve after that
//
// The sections come from BENCH_PERF, a folder with NAME.jsonl or NAME.jsonl.xz ({id, title, body} a line) and
// queries.txt; without it, only from the 3,104 of index/testdata.
func BenchmarkServe(b *testing.B) {
	program := filepath.Join(b.TempDir(), "jieda")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	bundled := filepath.Join("..", "..", "index", "testdata", "aliyun-faq")
	b.Run("3k", func(b *testing.B) {
		benchmarkServe(b, program, filepath.Join(bundled, "docs.jsonl.gz"), readLines(b, filepath.Join(bundled, "queries.tsv")))
	})
	dir := os.Getenv("BENCH_PERF")
	if dir == "" {
		b.Log("only the bundled sections; set BENCH_PERF to a folder of larger corpora")
		return
	}
	for name, corpus := range corpora(b, dir) {
		b.Run(name, func(b *testing.B) {
			benchmarkServe(b, program, corpus, readLines(b, filepath.Join(dir, "queries.txt")))
		})
	}
}

func benchmarkServe(b *testing.B, program, corpus string, questions []string) {
	content, data := b.TempDir(), b.TempDir()
	sections, size := writeSections(b, corpus, content)

	build := exec.Command(program, "index", "--content", content, "--data", data, "--log-level", "error")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("jieda index: %v\n%s", err, out)
	}
	cpu := (build.ProcessState.UserTime() + build.ProcessState.SystemTime()).Seconds()
	peak := build.ProcessState.SysUsage().(*syscall.Rusage).Maxrss

	addr := freeAddr(b)
	serve := exec.Command(program, "serve", "--content", content, "--data", data, "--addr", addr, "--log-level", "error", "--watch-enabled=false",
		"--server-rate-limit", "0")
	benchmarkQuestions(b, serve, addr, questions)
	b.ReportMetric(float64(sections)/cpu, "sections/cpu-s")
	b.ReportMetric(float64(size)/1e6/cpu, "MB/cpu-s")
	b.ReportMetric(float64(peak)/1024, "peak-MB")
	b.ReportMetric(float64(diskUse(b, data))/1e6, "disk-MB")
}

// BenchmarkPeer measures tools/peer as BenchmarkServe measures jieda: the same sections, the same questions, and, run
// together, the same weather of the machine. It needs BENCH_PERF.
func BenchmarkPeer(b *testing.B) {
	dir := os.Getenv("BENCH_PERF")
	if dir == "" {
		b.Skip("set BENCH_PERF to a folder of corpora")
	}
	build := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(b.TempDir(), "peer"), ".")
	build.Dir = filepath.Join("..", "..", "tools", "peer")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	program, dictionaries := build.Args[4], filepath.Join(b.TempDir(), "dict")
	jieba, err := analysis.NewJieba(dictionaries, nil)
	if err != nil {
		b.Fatal(err)
	}
	jieba.Close()
	for name, corpus := range corpora(b, dir) {
		b.Run(name, func(b *testing.B) {
			folder, addr := filepath.Join(b.TempDir(), "bleve"), freeAddr(b)
			lines := readCorpus(b, corpus)
			index := exec.Command(program, "index", dictionaries, folder)
			index.Stdin = bytes.NewReader(lines)
			if out, err := index.CombinedOutput(); err != nil {
				b.Fatalf("peer index: %v\n%s", err, out)
			}
			cpu := (index.ProcessState.UserTime() + index.ProcessState.SystemTime()).Seconds()
			benchmarkQuestions(b, exec.Command(program, "serve", dictionaries, folder, addr), addr, readLines(b, filepath.Join(dir, "queries.txt")))
			b.ReportMetric(float64(bytes.Count(lines, []byte("\n")))/cpu, "sections/cpu-s")
		})
	}
}

// benchmarkQuestions starts a server, asks it and stops it. It begins with the loop of the benchmark, which forgets what was
// reported before.
func benchmarkQuestions(b *testing.B, serve *exec.Cmd, addr string, questions []string) {
	started := time.Now()
	if err := serve.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		serve.Process.Signal(syscall.SIGTERM)
		serve.Wait()
	}()
	client := http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 8}} // as the figures of other engines were taken
	ask := func(question string) error {
		resp, err := client.Get("http://" + addr + "/api/v1/search?limit=10&q=" + url.QueryEscape(question))
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			return err
		}
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("status %s for %q", resp.Status, question)
		}
		return nil
	}
	for ask(questions[0]) != nil {
		if time.Since(started) > time.Minute {
			b.Fatalf("%s does not answer within a minute", serve)
		}
		time.Sleep(2 * time.Millisecond)
	}
	cold := time.Since(started)
	awaitIdle(b, serve.Process.Pid) // until the check of the content that follows a start is over

	var took []time.Duration
	before := processCPU(b, serve.Process.Pid)
	for i := 0; b.Loop(); i++ {
		t := time.Now()
		if err := ask(questions[i%len(questions)]); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(t))
	}
	used := processCPU(b, serve.Process.Pid) - before
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(cold), "cold-ms")
	b.ReportMetric(ms(used)/float64(len(took)), "cpu-ms/op")
	for _, p := range []int{50, 95, 99} {
		b.ReportMetric(ms(took[(len(took)-1)*p/100]), fmt.Sprintf("p%d-ms", p))
	}
	b.ReportMetric(ms(eightConnections(b, serve.Process.Pid, questions, ask)), "cpu8-ms")
	b.ReportMetric(float64(residentKB(b, serve.Process.Pid))/1024, "rss-MB")
}

// eightConnections returns the CPU time that a search takes when eight connections ask without a pause, every question
// twice. It is the figure to set beside those of other engines, which were taken so; on one connection it is higher.
func eightConnections(b *testing.B, pid int, questions []string, ask func(string) error) time.Duration {
	const connections = 8
	total := 2 * len(questions)
	var next atomic.Int64
	before := processCPU(b, pid)
	var all errgroup.Group
	for range connections {
		all.Go(func() error {
			for i := int(next.Add(1)) - 1; i < total; i = int(next.Add(1)) - 1 {
				if err := ask(questions[i%len(questions)]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		b.Fatal(err)
	}
	return (processCPU(b, pid) - before) / time.Duration(total)
}

// writeSections writes one FAQ file a section and returns how many there are and how many bytes of text.
func writeSections(b *testing.B, corpus, dir string) (sections, size int) {
	for d := json.NewDecoder(bytes.NewReader(readCorpus(b, corpus))); d.More(); sections++ {
		var s struct{ ID, Title, Body string }
		if err := d.Decode(&s); err != nil {
			b.Fatalf("%s: %v", corpus, err)
		}
		size += len(s.Title) + len(s.Body)
		folder := filepath.Join(dir, "faq", strconv.Itoa(sections/1000))
		if err := os.MkdirAll(folder, 0o755); err != nil {
			b.Fatal(err)
		}
		// Headings in the body are text here: a section is one passage.
		body := strings.ReplaceAll("\n"+s.Body, "\n#", "\n\\#")
		text := fmt.Sprintf("---\nid: %q\ntitle: %q\nkind: faq\n---\n%s\n", s.ID, s.Title, body)
		if err := os.WriteFile(filepath.Join(folder, s.ID+".md"), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return sections, size
}

// corpora yields the files of sections in a folder with their names, in order.
func corpora(b *testing.B, dir string) iter.Seq2[string, string] {
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl*"))
	if err != nil || len(files) == 0 {
		b.Fatalf("no *.jsonl in %s: %v", dir, err)
	}
	return func(yield func(name, file string) bool) {
		for _, file := range files {
			if name, _, _ := strings.Cut(filepath.Base(file), "."); !yield(name, file) {
				return
			}
		}
	}
}

// readCorpus reads a file of sections, a JSON object a line, unpacked.
func readCorpus(b *testing.B, path string) []byte {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	switch filepath.Ext(path) {
	case ".xz":
		out, err := exec.Command("xz", "-dc", path).Output()
		if err != nil {
			b.Fatalf("unpacking %s: %v", path, err)
		}
		return out
	case ".gz":
		if in, err = gzip.NewReader(f); err != nil {
			b.Fatal(err)
		}
	}
	lines, err := io.ReadAll(in)
	if err != nil {
		b.Fatalf("%s: %v", path, err)
	}
	return lines
}

// readLines reads the first column of a file of tab-separated lines.
func readLines(b *testing.B, path string) (lines []string) {
	text, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		first, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
		lines = append(lines, first)
	}
	return lines
}

// processCPU is the user and system time of a process, in steps of 10 ms (man 5 proc: fields 14 and 15 of stat).
func processCPU(b *testing.B, pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Skipf("CPU time of another process is read from /proc: %v", err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	var ticks int
	for _, f := range fields[11:13] {
		n, _ := strconv.Atoi(f)
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// awaitIdle waits until a process has used no CPU time for half a second.
func awaitIdle(b *testing.B, pid int) {
	for last := time.Duration(-1); ; time.Sleep(500 * time.Millisecond) {
		now := processCPU(b, pid)
		if now == last {
			return
		}
		last = now
	}
}

func residentKB(b *testing.B, pid int) (kb int) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			fmt.Sscan(rest, &kb)
		}
	}
	return kb
}

func diskUse(b *testing.B, dir string) (size int64) {
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return size
}
