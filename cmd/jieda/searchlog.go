package main

import (
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"jieda/searchlog"
	"jieda/searchlog/store"
)

// openLog returns the search log that the settings name. Nothing on the disk is touched yet, and whatever is wrong with
// it does not keep the server from answering: see [searchlog.Recorder].
func openLog(cfg *configuration, data string, log *slog.Logger) (searchlog.Log, error) {
	scheme, path, _ := strings.Cut(cfg.SearchLog.Store, ":")
	if scheme == "none" {
		return searchlog.None{}, nil
	}
	if path == "" {
		path = filepath.Join(data, "searchlog.db")
	}
	return store.OpenSQLite(path, log)
}

func newRecorder(cfg *configuration, to searchlog.Log, log *slog.Logger) *searchlog.Recorder {
	const day = 24 * time.Hour
	return searchlog.NewRecorder(to, searchlog.RecorderOptions{Keep: time.Duration(cfg.SearchLog.KeepDays) * day, Logger: log})
}
