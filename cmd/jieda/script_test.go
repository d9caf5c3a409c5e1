package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"jieda/index/semantic/semantictest"
)

// The test binary is the program: linking jieba once more would take longer than all the scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"jieda": main})
}

// TestScripts runs what a person types, from testdata/script. Besides the commands of testscript they use:
//
//	serve ARG…          jieda serve in the background on a free port; sets $URL; its log goes to serve.log
//	signal NAME         sends HUP, TERM or INT to it
//	stopped             waits for its end, which must be with exit code 0
//	get STATUS PATH     asks $URL; the body is stdout. post is the same, with $KEY as the key, if it is set
//	await PATTERN PATH  asks $URL until the body matches
//	awaitlog PATTERN    waits for a line of serve.log
//	embeddings ARG…     an embeddings endpoint; sets $EMBEDDINGS, see cmdEmbeddings
//	keyfrom FILE        sets $KEY, which get, post and await send, to what stands in a file
//
// $SAMPLE is the folder of the built-in sample.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("LANG", "en_US.UTF-8")
			sample, err := filepath.Abs(filepath.Join("..", "..", "content", "sample"))
			if err != nil {
				return err
			}
			e.Setenv("SAMPLE", sample)
			e.Values[serverKey{}] = &backgroundServer{}
			e.Values[embeddingsKey{}] = new(*semantictest.Server)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve":    cmdServe,
			"signal":   cmdSignal,
			"stopped":  cmdStopped,
			"get":      cmdAsk(http.MethodGet),
			"post":     cmdAsk(http.MethodPost),
			"await":    cmdAwait,
			"awaitlog": cmdAwaitLog,

			"embeddings": cmdEmbeddings,
			"keyfrom":    cmdKeyFrom,
		},
	})
}

// cmdEmbeddings starts an endpoint that knows the words given as WORD=WORD to mean the same, and sets $EMBEDDINGS to its
// address; "down" and "up" make it fail and answer again.
func cmdEmbeddings(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: embeddings WORD=WORD… | down | up")
	}
	if s, ok := ts.Value(embeddingsKey{}).(**semantictest.Server); ok && *s != nil {
		(*s).Do(map[bool]semantictest.Fault{true: {Status: http.StatusServiceUnavailable}, false: {}}[args[0] == "down"])
		return
	} else if ok {
		var synonyms [][]string
		for _, pair := range args {
			synonyms = append(synonyms, strings.Split(pair, "="))
		}
		*s = semantictest.Start(synonyms...)
		ts.Defer((*s).Close)
		ts.Setenv("EMBEDDINGS", (*s).URL)
	}
}

type embeddingsKey struct{}

const patience = 30 * time.Second // for machines that do other things too

type serverKey struct{}

// A backgroundServer is the jieda serve of one script.
type backgroundServer struct {
	process *os.Process
	ended   chan error
}

func server(ts *testscript.TestScript) *backgroundServer {
	return ts.Value(serverKey{}).(*backgroundServer)
}

func cmdServe(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("to see jieda serve fail, use: ! exec jieda serve")
	}
	s := server(ts)
	if s.process != nil {
		ts.Fatalf("one jieda serve is running already")
	}
	// testscript puts the folder of its commands first.
	commands, _, _ := strings.Cut(ts.Getenv("PATH"), string(os.PathListSeparator))
	log, err := os.OpenFile(ts.MkAbs("serve.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	ts.Check(err)
	c := exec.Command(filepath.Join(commands, "jieda"), append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
	c.Dir = ts.MkAbs(".")
	c.Env = scriptEnv(ts)
	c.Stderr = log
	stdout, err := c.StdoutPipe()
	ts.Check(err)
	ts.Check(c.Start())
	s.process, s.ended = c.Process, make(chan error, 1)
	address := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			fmt.Fprintln(log, lines.Text())
			if _, after, ok := strings.Cut(lines.Text(), "http://"); ok {
				address <- "http://" + after
			}
		}
		s.ended <- c.Wait()
		log.Close()
	}()
	ts.Defer(func() { // runs once for every serve of the script
		if s.process != nil {
			s.process.Kill()
			<-s.ended
			s.process = nil
		}
	})
	select {
	case at := <-address:
		ts.Setenv("URL", at)
	case err := <-s.ended:
		s.process = nil
		ts.Fatalf("jieda serve ended: %v\n%s", err, ts.ReadFile("serve.log"))
	case <-time.After(patience):
		ts.Fatalf("jieda serve printed no address\n%s", ts.ReadFile("serve.log"))
	}
}

// scriptEnv is the environment of the script, for which testscript has no function.
func scriptEnv(ts *testscript.TestScript) []string {
	var environ []string
	for _, name := range []string{"PATH", "HOME", "LANG", "TMPDIR", "JIEDA_CONFIG", "JIEDA_LOG_LEVEL", "JIEDA_ADMIN_KEY_FILE"} {
		if value := ts.Getenv(name); value != "" {
			environ = append(environ, name+"="+value)
		}
	}
	return environ
}

func cmdSignal(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]os.Signal{"HUP": syscall.SIGHUP, "TERM": syscall.SIGTERM, "INT": syscall.SIGINT}
	if neg || len(args) != 1 || signals[args[0]] == nil || server(ts).process == nil {
		ts.Fatalf("usage: signal HUP|TERM|INT, after serve")
	}
	ts.Check(server(ts).process.Signal(signals[args[0]]))
}

func cmdStopped(ts *testscript.TestScript, neg bool, args []string) {
	s := server(ts)
	if neg || len(args) != 0 || s.process == nil {
		ts.Fatalf("usage: stopped, after serve and signal")
	}
	select {
	case err := <-s.ended:
		s.process = nil
		if err != nil {
			ts.Fatalf("jieda serve ended with %v\n%s", err, ts.ReadFile("serve.log"))
		}
	case <-time.After(patience):
		ts.Fatalf("jieda serve goes on\n%s", ts.ReadFile("serve.log"))
	}
}

// cmdAsk is get or post.
func cmdAsk(method string) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 2 {
			ts.Fatalf("usage: %s STATUS PATH", strings.ToLower(method))
		}
		status, body, err := ask(ts, method, args[1])
		ts.Check(err)
		fmt.Fprint(ts.Stdout(), body)
		if fmt.Sprint(status) != args[0] {
			ts.Fatalf("%s %s: status %d, want %s\n%s", method, args[1], status, args[0], body)
		}
	}
}

func ask(ts *testscript.TestScript, method, path string) (status int, body string, err error) {
	where, err := url.Parse(ts.Getenv("URL") + path)
	if err != nil {
		return 0, "", err
	}
	where.RawQuery = where.Query().Encode()
	request, err := http.NewRequest(method, where.String(), nil)
	if err != nil {
		return 0, "", err
	}
	if key := ts.Getenv("KEY"); key != "" {
		request.Header.Set("Authorization", "Bearer "+key)
	}
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	return response.StatusCode, string(data), err
}

func cmdAwait(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: [!] await PATTERN PATH")
	}
	pattern, err := regexp.Compile(args[0])
	ts.Check(err)
	last := ""
	awaitTrue(ts, func() bool {
		status, body, err := ask(ts, http.MethodGet, args[1])
		last = fmt.Sprintf("%d %v\n%s", status, err, body)
		return err == nil && pattern.MatchString(fmt.Sprintf("%d %s", status, body)) != neg
	}, func() string { return last })
}

func cmdAwaitLog(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: awaitlog PATTERN")
	}
	pattern, err := regexp.Compile(args[0])
	ts.Check(err)
	awaitTrue(ts, func() bool { return pattern.MatchString(ts.ReadFile("serve.log")) }, func() string { return "" })
}

func cmdKeyFrom(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: keyfrom FILE")
	}
	ts.Setenv("KEY", strings.TrimSpace(ts.ReadFile(args[0])))
}

func awaitTrue(ts *testscript.TestScript, done func() bool, last func() string) {
	for until := time.Now().Add(patience); !done(); {
		if time.Now().After(until) {
			ts.Fatalf("waited in vain; last answer: %s\n%s", last(), lastLines(ts.ReadFile("serve.log")))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// lastLines keeps the log of a server that was asked again and again readable.
func lastLines(log string) string {
	lines := strings.SplitAfter(log, "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "")
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
