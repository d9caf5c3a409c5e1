package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A server is a jieda that runs.
type server struct {
	url     string
	key     string
	process *exec.Cmd
	log     string // path
}

// startServer builds the index of dir/content and serves it, with the settings of a site, but for limits of the rate:
// all requests come from one address here.
func startServer(ctx context.Context, program, dir string) (*server, error) {
	s := &server{key: "load", log: filepath.Join(dir, "log")}
	common := []string{"--content", filepath.Join(dir, "content"), "--data", filepath.Join(dir, "data")}
	if out, err := exec.CommandContext(ctx, program, append([]string{"index", "--log-level", "error"}, common...)...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("jieda index: %w\n%s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return nil, err
	}
	s.url = "http://" + addr
	log, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s.process = exec.Command(program, append([]string{"serve", "--addr", addr, "--admin-key", s.key, "--watch-enabled=false", "--server-rate-limit", "0"}, common...)...)
	s.process.Stderr = log
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	for until := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if status, err := s.status(ctx); err == nil && status.State == "ready" {
			return s, nil
		}
		if time.Now().After(until) || ctx.Err() != nil {
			s.stop()
			return nil, fmt.Errorf("jieda serve is not ready after a minute:\n%s", s.complaints())
		}
	}
}

func (s *server) stop() {
	_ = s.process.Process.Signal(syscall.SIGTERM) // it may have ended
	_ = s.process.Wait()
}

// complaints are the last lines of the server's log that are no reports of requests that went well.
func (s *server) complaints() string {
	text, err := os.ReadFile(s.log)
	if err != nil {
		return err.Error()
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, "level=INFO") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-10):], "")
}

// A status is what /api/v1/admin/status says, as far as we need it.
type status struct {
	State      string  `json:"state"`
	Generation string  `json:"generation"`
	LastError  *string `json:"last_error"`
}

func (s *server) status(ctx context.Context) (*status, error) {
	return s.admin(ctx, http.MethodGet, "/api/v1/admin/status", http.StatusOK)
}

func (s *server) admin(ctx context.Context, method, path string, want int) (*status, error) {
	r, err := http.NewRequestWithContext(ctx, method, s.url+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+s.key)
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer got.Body.Close()
	if got.StatusCode != want {
		return nil, fmt.Errorf("%s %s: %s", method, path, got.Status)
	}
	var st status
	return &st, json.NewDecoder(got.Body).Decode(&st)
}

// rebuild asks for a new index and waits until searches use it.
func (s *server) rebuild(ctx context.Context) error {
	before, err := s.admin(ctx, http.MethodPost, "/api/v1/admin/reindex?force=true", http.StatusAccepted)
	if err != nil {
		return err
	}
	for until := time.Now().Add(5 * time.Minute); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		now, err := s.status(ctx)
		switch {
		case err != nil:
			return err
		case now.LastError != nil:
			return errors.New("rebuild: " + *now.LastError)
		case now.Generation != before.Generation && now.State == "ready":
			return nil
		}
	}
	return errors.New("rebuild: no new generation after five minutes")
}

// cpu is the user and system time of the server, in steps of 10 ms (man 5 proc: fields 14 and 15 of stat).
func (s *server) cpu() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.process.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("CPU time of the server is read from /proc: %w", err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 13 {
		return 0, errors.New("/proc/…/stat is cut off")
	}
	var ticks int
	for _, f := range fields[11:13] {
		n, err := strconv.Atoi(f)
		if err != nil {
			return 0, fmt.Errorf("/proc/…/stat: %w", err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}
