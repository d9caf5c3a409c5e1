// Load asks a real jieda questions at a fixed rate, rebuilds its index in the middle, and reports what it cost. It
// serves a folder of sections made for the purpose, and exits with 1 when a single request fails or the rebuild does.
//
//	go run ./tools/load -program bin/jieda -corpus 10k.jsonl.xz -questions queries.txt
//
// Half of the requests are GET /api/v1/search, half POST /api/v1/suggest, each with the next question of the file. One
// run after the other has the numbers of connections given. Figures:
//
//	p50 … max      from sending a request to the end of its answer
//	CPU/request    user and system time of the server over its requests, from the beginning of the run up to the rebuild
//	rebuild        from asking for it to the new generation, while requests go on
//
// It runs on Linux: the CPU time of the server is read from /proc.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// A plan is what the flags say.
type plan struct {
	program, corpus, questions string
	sections                   int
	connections                []int
	rate                       int // requests a second
	duration                   time.Duration
}

func parse(args []string) (*plan, error) {
	p := &plan{}
	connections := ""
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.StringVar(&p.program, "program", "bin/jieda", "jieda, built")
	flags.StringVar(&p.corpus, "corpus", "", "sections, {id, title, body} a line, .jsonl, .jsonl.gz or .jsonl.xz")
	flags.StringVar(&p.questions, "questions", "", "questions, one a line; what follows a tab is not read")
	flags.IntVar(&p.sections, "sections", 10_000, "how many sections to serve; a corpus of fewer is repeated")
	flags.StringVar(&connections, "connections", "8,64", "numbers of connections, a run each")
	flags.IntVar(&p.rate, "rate", 100, "requests a second")
	flags.DurationVar(&p.duration, "duration", 30*time.Second, "of one run")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	for one := range strings.SplitSeq(connections, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(one))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-connections %s: write numbers from 1, such as 8,64", connections)
		}
		p.connections = append(p.connections, n)
	}
	if p.corpus == "" || p.questions == "" {
		return nil, errors.New("-corpus and -questions say what to serve and what to ask")
	}
	if p.rate < 1 || p.sections < 1 || p.duration < time.Second {
		return nil, errors.New("-rate and -sections must be 1 or more, -duration 1s or more")
	}
	return p, nil
}

func run(ctx context.Context, args []string, out io.Writer) error {
	p, err := parse(args)
	if err != nil {
		return err
	}
	questions, err := readQuestions(p.questions)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "jieda-load")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	different, err := writeSections(p.corpus, dir, p.sections)
	if err != nil {
		return err
	}
	server, err := startServer(ctx, p.program, dir)
	if err != nil {
		return err
	}
	defer server.stop()
	fmt.Fprintf(out, "%d sections (%d different), %d requests a second for %v, half search, half suggest, a rebuild in the middle\n\n", p.sections, different, p.rate, p.duration)
	failed := 0
	for _, n := range p.connections {
		report, err := server.attack(ctx, p, n, questions)
		if err != nil {
			return fmt.Errorf("%d connections: %w", n, err)
		}
		report.print(out)
		failed += report.failed()
	}
	if failed > 0 {
		return fmt.Errorf("%d requests failed; the server's log:\n%s", failed, server.complaints())
	}
	return nil
}

func readQuestions(path string) (questions []string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		q, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if q != "" {
			questions = append(questions, q)
		}
	}
	if len(questions) == 0 {
		return nil, fmt.Errorf("%s holds no questions", path)
	}
	return questions, nil
}

// A report is what one run found.
type report struct {
	connections int
	planned     int // requests; there are fewer when all connections were busy
	took        time.Duration
	metrics     map[string]*vegeta.Metrics // by kind of request
	errors      map[string]int             // how often each was seen
	perRequest  time.Duration              // CPU
	rebuild     time.Duration
}

var kinds = [...]string{"search", "suggest"}

// attack runs the plan over n connections.
func (s *server) attack(ctx context.Context, p *plan, n int, questions []string) (*report, error) {
	r := &report{connections: n, planned: int(float64(p.rate) * p.duration.Seconds()), metrics: map[string]*vegeta.Metrics{}, errors: map[string]int{}}
	for _, kind := range kinds {
		r.metrics[kind] = &vegeta.Metrics{}
	}
	attacker := vegeta.NewAttacker(
		vegeta.Connections(n), vegeta.MaxConnections(n), vegeta.Workers(uint64(n)), vegeta.MaxWorkers(uint64(n)),
		vegeta.Timeout(10*time.Second), vegeta.HTTP2(false),
	)
	defer attacker.Stop()
	before, err := s.cpu()
	if err != nil {
		return nil, err
	}
	start := time.Now()
	results := attacker.Attack(s.targets(questions), vegeta.Rate{Freq: p.rate, Per: time.Second}, p.duration, "")
	half := time.After(p.duration / 2)
	rebuilt := make(chan error, 1)
	asked, rebuilding := 0, false
	for results != nil {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-half:
			after, err := s.cpu()
			if err != nil {
				return nil, err
			}
			r.perRequest = (after - before) / time.Duration(max(asked, 1))
			rebuilding = true
			go func() {
				t := time.Now()
				err := s.rebuild(ctx)
				r.rebuild = time.Since(t)
				rebuilt <- err
			}()
		case result, ok := <-results:
			if !ok {
				results = nil
				break
			}
			asked++
			r.add(result)
		}
	}
	r.took = time.Since(start)
	if !rebuilding {
		return nil, errors.New("the run ended before its middle")
	}
	if err := <-rebuilt; err != nil {
		return nil, err
	}
	for _, m := range r.metrics {
		m.Close()
	}
	return r, nil
}

// targets makes the requests, each kind in turn.
func (s *server) targets(questions []string) vegeta.Targeter {
	var list []vegeta.Target
	for _, q := range questions {
		body, err := json.Marshal(map[string]string{"message": q})
		if err != nil {
			panic(err) // a map of strings
		}
		list = append(list,
			vegeta.Target{Method: http.MethodGet, URL: s.url + "/api/v1/search?limit=10&q=" + url.QueryEscape(q)},
			vegeta.Target{Method: http.MethodPost, URL: s.url + "/api/v1/suggest", Body: body, Header: http.Header{"Content-Type": {"application/json"}}})
	}
	return vegeta.NewStaticTargeter(list...)
}

func (r *report) add(result *vegeta.Result) {
	kind := kinds[0]
	if result.Method == http.MethodPost {
		kind = kinds[1]
	}
	r.metrics[kind].Add(result)
	if result.Code != http.StatusOK || result.Error != "" {
		r.errors[fmt.Sprintf("%s: %s %s", kind, result.Error, bytes.TrimSpace(result.Body))]++
	}
}

func (r *report) failed() (n int) {
	for _, times := range r.errors {
		n += times
	}
	return n
}

func (r *report) print(out io.Writer) {
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }
	total := 0
	for _, m := range r.metrics {
		total += int(m.Requests)
	}
	fmt.Fprintf(out, "%d connections: %d of %d requests, %.0f a second, %d failed; CPU/request %s ms; rebuild %v\n", r.connections, total, r.planned,
		float64(total)/r.took.Seconds(), r.failed(), ms(r.perRequest), r.rebuild.Round(10*time.Millisecond))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "ms\tp50\tp95\tp99\tmax\trequests\t\n")
	for _, kind := range kinds {
		m := r.metrics[kind]
		l := m.Latencies
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t\n", kind, ms(l.P50), ms(l.P95), ms(l.P99), ms(l.Max), m.Requests)
	}
	w.Flush()
	messages := make([]string, 0, len(r.errors))
	for message := range r.errors {
		messages = append(messages, message)
	}
	slices.Sort(messages)
	for _, message := range messages[:min(len(messages), 5)] {
		fmt.Fprintf(out, "  %d × %s\n", r.errors[message], message)
	}
	fmt.Fprintln(out)
}
