package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"jieda/searchlog"
	"jieda/searchlog/store"
)

// openLog returns the search log that the settings name. Nothing on the disk is touched yet, and whatever is wrong with
// it does not keep the server from answering: see [searchlog.Recorder].
func openLog(cfg *configuration, data string, log *slog.Logger) (searchlog.Log, error) {
	path := logFile(cfg, data)
	if path == "" {
		return searchlog.None{}, nil
	}
	return store.OpenSQLite(path, log)
}

// logFile is the file of the search log, empty when there shall be none.
func logFile(cfg *configuration, data string) string {
	scheme, path, _ := strings.Cut(cfg.SearchLog.Store, ":")
	switch {
	case scheme == "none":
		return ""
	case path == "":
		return filepath.Join(data, "searchlog.db")
	default:
		return path
	}
}

func newRecorder(cfg *configuration, to searchlog.Log, log *slog.Logger) *searchlog.Recorder {
	const day = 24 * time.Hour
	return searchlog.NewRecorder(to, searchlog.RecorderOptions{Keep: time.Duration(cfg.SearchLog.KeepDays) * day, Logger: log})
}

// trailSigner signs with the secret of the settings, else with that in the data folder, which is made when there is
// none. A secret that cannot be used is replaced: the trails it signed are lost, which is better than no server.
func (p *program) trailSigner(cfg *configuration, data string, log *slog.Logger) (*searchlog.Signer, error) {
	if cfg.Trail.Secret != "" {
		return searchlog.NewSigner([]byte(cfg.Trail.Secret))
	}
	path := filepath.Join(data, "trail.key")
	secret, err := os.ReadFile(path)
	secret = bytes.TrimSpace(secret)
	switch {
	case err == nil && len(secret) >= searchlog.MinSecret:
		return searchlog.NewSigner(secret)
	case err == nil:
		log.Warn("the secret of trails is too short; making a new one", "file", path)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, p.errorf(text{
			"读不了 trail 的密钥文件 %s:%w;请检查权限,或删除它以便重新生成",
			"cannot read the secret of trails, %s: %w; check its permissions, or remove it so that a new one is made"}, path, err)
	}
	secret = []byte(rand.Text() + rand.Text())
	if err := writeSecret(path, secret); err != nil {
		return nil, p.errorf(text{
			"写不了 trail 的密钥文件 %s:%w;请检查数据文件夹的权限和空间",
			"cannot write the secret of trails, %s: %w; check permissions and room of the data folder"}, path, err)
	}
	return searchlog.NewSigner(secret)
}

// writeSecret writes a file that only its owner can read, whole or not at all.
func writeSecret(path string, secret []byte) error {
	beside, err := os.CreateTemp(filepath.Dir(path), ".secret-*") // with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(beside.Name()) // nothing is left there when all went well
	_, err = beside.Write(append(secret, '\n'))
	if err := errors.Join(err, beside.Sync(), beside.Close()); err != nil {
		return err
	}
	return os.Rename(beside.Name(), path)
}
