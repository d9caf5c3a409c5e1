// Testsummary reads the output of "go test -json" and prints what a person wants to know: the output of what failed,
// each test that was skipped with its reason, and how many tests ran. Its last line is "N passed, N failed, N skipped".
// The exit code is 1 when anything failed, a package that does not compile included, and when nothing ran at all.
//
//	go test -json ./... | go run ./tools/testsummary
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	failed, err := summarize(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testsummary:", err)
	}
	if failed || err != nil {
		os.Exit(1)
	}
}

// An event is one line of "go test -json"; see "go doc test2json".
type event struct {
	Action     string
	Package    string
	ImportPath string // of build output
	Test       string
	Elapsed    float64
	Output     string
}

// A key names a test, or a package when test is empty.
type key struct{ pkg, test string }

// A summary is what has been seen so far.
type summary struct {
	out                     io.Writer
	output                  map[key][]string
	failedTests             map[string]bool // packages in which a test failed
	passed, failed, skipped int
	skips                   []string
}

// summarize reads events until the end and writes the summary. Lines that are no events are passed through.
func summarize(in io.Reader, out io.Writer) (failed bool, err error) {
	s := &summary{out: out, output: map[key][]string{}, failedTests: map[string]bool{}}
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			s.line(line)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return true, err
		}
	}
	if len(s.skips) > 0 {
		fmt.Fprintln(out, "\nskipped:")
		slices.Sort(s.skips)
		for _, skip := range s.skips {
			fmt.Fprintln(out, "  "+skip)
		}
	}
	fmt.Fprintf(out, "\n%d tests ran, %d failed, %d skipped\n", s.passed+s.failed, s.failed, s.skipped)
	fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped)
	return s.failed > 0 || s.passed == 0, nil
}

func (s *summary) line(line []byte) {
	var e event
	if err := json.Unmarshal(line, &e); err != nil {
		s.out.Write(line)
		return
	}
	at := key{e.Package, e.Test}
	switch e.Action {
	case "output":
		s.output[at] = append(s.output[at], e.Output)
	case "build-output":
		fmt.Fprint(s.out, e.Output)
	case "pass":
		s.pass(e)
	case "fail":
		s.fail(e)
	case "skip":
		s.skip(e)
	}
}

func (s *summary) pass(e event) {
	if e.Test == "" {
		fmt.Fprintf(s.out, "ok    %s  %.1fs\n", e.Package, e.Elapsed)
		return
	}
	s.passed++
	delete(s.output, key{e.Package, e.Test})
}

// fail prints what the test printed. A package fails together with its tests; it counts by itself only when none of
// them did: it does not compile, it panicked, or its TestMain failed.
func (s *summary) fail(e event) {
	if e.Test == "" && s.failedTests[e.Package] {
		fmt.Fprintf(s.out, "FAIL  %s  %.1fs\n", e.Package, e.Elapsed)
		return
	}
	s.failed++
	s.failedTests[e.Package] = true
	fmt.Fprintf(s.out, "FAIL  %s %s\n%s", e.Package, e.Test, strings.Join(s.output[key{e.Package, e.Test}], ""))
}

func (s *summary) skip(e event) {
	if e.Test == "" {
		return // a package without tests
	}
	s.skipped++
	s.skips = append(s.skips, fmt.Sprintf("%s %s: %s", e.Package, e.Test, reason(s.output[key{e.Package, e.Test}])))
}

// reason finds what was given to t.Skip, which stands behind the file and line.
func reason(output []string) string {
	var said []string
	for _, line := range output {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "=== ") || strings.HasPrefix(line, "--- ") {
			continue
		}
		if _, after, ok := strings.Cut(line, ".go:"); ok {
			if _, message, ok := strings.Cut(after, ": "); ok {
				line = message
			}
		}
		said = append(said, line)
	}
	if len(said) == 0 {
		return "no reason given"
	}
	return strings.Join(said, " ")
}
