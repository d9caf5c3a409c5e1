package keys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// fileVersion is the version of the format, which is one JSON object for files and for the environment alike:
//
//	{"version": 1, "keys": [{"id": …, "name": …, "scopes": ["search"], "audiences": ["staff"], "created": …, "sha256": …}]}
const fileVersion = 1

type file struct {
	Version int   `json:"version"`
	Keys    []Key `json:"keys"`
}

// parse reads the format. An unknown field is refused: it may be a misspelt "expires", and the key would live for ever.
func parse(data []byte) ([]Key, error) {
	var f file
	if err := json.Unmarshal(data, &struct{ Version *int }{&f.Version}); err == nil && f.Version != fileVersion {
		return nil, fmt.Errorf("its version is %d, this program knows version %d", f.Version, fileVersion)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("not a file of keys: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("not a file of keys: something follows the JSON object")
	}
	seen := map[string]bool{}
	for i := range f.Keys {
		k := &f.Keys[i]
		if err := k.check(); err != nil {
			return nil, err
		}
		if seen[k.ID] {
			return nil, fmt.Errorf("key %q is there twice", k.ID)
		}
		seen[k.ID] = true
	}
	return f.Keys, nil
}

// Read returns the keys of a file, in its order; none when there is no such file. An error names the file.
func Read(path string) ([]Key, error) {
	list, _, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return list, err
}

func read(path string) ([]Key, fs.FileInfo, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err // names the file
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, nil, err
	}
	list, err := parse(data)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return list, info, nil
}

// Update changes the keys of a file, which need not be there yet. Of several programs that do so at the same time, each
// sees what the one before wrote; readers see the file before or after, never half of it. When change fails, nothing is
// written and its error is returned.
func Update(path string, change func(keys []Key) ([]Key, error)) (err error) {
	lock, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close() // and with it the lock
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("locking %s: %w", lock.Name(), err)
	}
	list, err := Read(path)
	if err != nil {
		return err
	}
	if list, err = change(list); err != nil {
		return err
	}
	data, err := json.MarshalIndent(file{Version: fileVersion, Keys: list}, "", "  ")
	if err != nil {
		return err
	}
	data = append(data, '\n')
	if _, err := parse(data); err != nil { // never write what cannot be read again
		return err
	}
	return replace(path, data)
}

// replace writes a file beside path, to the disk, and renames it. Only its owner may read it.
func replace(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
