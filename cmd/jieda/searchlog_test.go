package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jieda/searchlog"
	"jieda/searchlog/store"
)

// The secret of trails is made once for a data folder, that of the settings goes first, and one that is too short is
// replaced, as jieda would not start otherwise.
func TestTrailSigner(t *testing.T) {
	data := t.TempDir()
	path := filepath.Join(data, "trail.key")
	var lines bytes.Buffer
	p, cfg, log := &program{}, &configuration{}, slog.New(slog.NewTextHandler(&lines, nil))
	signer := func() *searchlog.Signer {
		t.Helper()
		s, err := p.trailSigner(cfg, data, log)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	reads := func(s *searchlog.Signer, token string) bool {
		_, err := s.Read(token, time.Now())
		return err == nil
	}
	token := signer().Sign(searchlog.Trail{}, time.Now())
	if !reads(signer(), token) {
		t.Error("the second start does not read a trail of the first")
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("trail.key: %v, %v", info, err)
	}
	cfg.Trail.Secret = "0123456789abcdef"
	if reads(signer(), token) {
		t.Error("the secret of the settings is not used")
	}
	cfg.Trail.Secret = ""
	for _, damaged := range []string{"", "short\n"} {
		writeFile(t, path, damaged)
		replaced := signer().Sign(searchlog.Trail{}, time.Now())
		if !reads(signer(), replaced) || !strings.Contains(lines.String(), "too short") {
			t.Errorf("after %q: %s", damaged, &lines)
		}
	}
	if left, err := filepath.Glob(filepath.Join(data, "*")); err != nil || len(left) != 1 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := p.trailSigner(cfg, data, log); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a folder in its place: %v", err)
	}
}

func TestTrailSecretFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	for content, want := range map[string]string{"0123456789abcdef\n": "", "short\n": "at least 16 bytes"} {
		writeFile(t, path, content)
		p := &program{environ: []string{"JIEDA_TRAIL_SECRET_FILE=" + path, "JIEDA_LANG=en"}, lang: english}
		_, err := p.readConfig(p.command().Flags())
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", content, err, want)
		}
	}
}

func TestOpenLog(t *testing.T) {
	dir := t.TempDir()
	for setting, want := range map[string]string{
		"sqlite": filepath.Join(dir, "searchlog.db"), "sqlite:" + dir + "/问.db": dir + "/问.db", "none": "",
	} {
		cfg := &configuration{}
		cfg.SearchLog.Store = setting
		log, err := openLog(cfg, dir, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		if _, ok := log.(*store.Store); ok != (want != "") {
			t.Errorf("%s is a %T", setting, log)
		}
		err = log.Write(t.Context(), searchlog.Search{ID: "s", Time: time.Now()})
		if (err == nil) != (want != "") {
			t.Errorf("%s: %v", setting, err)
		}
		if _, err := os.Stat(want); want != "" && err != nil {
			t.Errorf("%s: %v", setting, err)
		}
	}
}
