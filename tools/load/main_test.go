package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const bundled = "../../index/testdata/aliyun-faq/"

// TestLoad runs the real program for two short runs, and once with questions that are refused, which must not pass for
// a success.
func TestLoad(t *testing.T) {
	program := filepath.Join(t.TempDir(), "jieda")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", program, "../../cmd/jieda").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	args := []string{"-program", program, "-corpus", bundled + "docs.jsonl.gz", "-sections", "200", "-rate", "20", "-duration", "1s"}
	var out bytes.Buffer
	if err := run(t.Context(), append(args, "-questions", bundled+"queries.tsv", "-connections", "1,2"), &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, want := range []string{"200 sections (200 different)", "1 connections: ", "2 connections: ", " of 20 requests", " 0 failed", "CPU/request", "rebuild", "search", "suggest"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}

	long := filepath.Join(t.TempDir(), "questions.txt")
	if err := os.WriteFile(long, []byte(strings.Repeat("问", 501)+"\n怎么退货\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	err := run(t.Context(), append(args, "-questions", long, "-connections", "2"), &out)
	if err == nil || !strings.Contains(err.Error(), "requests failed") || !strings.Contains(out.String(), "invalid_request") {
		t.Errorf("refused questions: %v\n%s", err, &out)
	}
}

func TestPlansRefused(t *testing.T) {
	for _, args := range [][]string{
		{},
		{"-corpus", "x"},
		{"-corpus", "x", "-questions", "y", "-connections", "8,many"},
		{"-corpus", "x", "-questions", "y", "-connections", "0"},
		{"-corpus", "x", "-questions", "y", "-rate", "0"},
		{"-corpus", "x", "-questions", "y", "-duration", "1ms"},
		{"-corpus", "no-such-file", "-questions", bundled + "queries.tsv"},
		{"-corpus", bundled + "docs.jsonl.gz", "-questions", "no-such-file"},
	} {
		if err := run(t.Context(), args, &bytes.Buffer{}); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}
