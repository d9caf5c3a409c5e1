package main

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The person at a terminal is greeted; a collector of JSON is not.
func TestGreet(t *testing.T) {
	addr := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}
	for format, want := range map[string]bool{"text": true, "json": false} {
		var out bytes.Buffer
		p := &program{stdout: &out}
		cfg := &configuration{}
		cfg.Log.Format = format
		p.greet(cfg, addr)
		if got := strings.Contains(out.String(), "http://localhost:8080"); got != want || !want && out.Len() > 0 {
			t.Errorf("format %s: %q", format, &out)
		}
	}
}

// Durations have their unit in either format.
func TestLogDurations(t *testing.T) {
	for format, want := range map[string]string{"text": "took=1.5s", "json": `"took":"1.5s"`} {
		var out bytes.Buffer
		cfg := &configuration{}
		cfg.Log.Format = format
		newLogger(cfg, &out).Info("generation built", "took", 1500*time.Millisecond)
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in %s", want, &out)
		}
	}
}

// While it drains, connections are closed after the answer, so that clients go elsewhere with the next request.
func TestDrainingClosesConnections(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	hs := &http.Server{Handler: http.NotFoundHandler()}
	go hs.Serve(listener)
	client := http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	closes := func() bool {
		t.Helper()
		got, err := client.Get("http://" + listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		return got.Close
	}
	if closes() {
		t.Error("closed before the end")
	}
	cfg := &configuration{}
	cfg.Server.DrainDelay, cfg.Server.ShutdownTimeout = time.Second, 5*time.Second
	down := make(chan error, 1)
	go func() { down <- shutDown(hs, cfg, slog.New(slog.DiscardHandler)) }()
	for until := time.Now().Add(800 * time.Millisecond); !closes(); {
		if time.Now().After(until) {
			t.Error("connections are kept while draining")
			break
		}
	}
	if err := <-down; err != nil {
		t.Error(err)
	}
}
