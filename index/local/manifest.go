package local

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"jieda/index"
)

const (
	manifestName = "manifest.json"
	// folderVersion is the version of the folder's layout. The layout of vectors, records and meta is index's affair.
	folderVersion = 1
)

// A manifest lists everything in a generation's folder. It is written last: a folder without one is not a generation.
type manifest struct {
	Version   int             `json:"version"`
	Documents int             `json:"documents"` // those that can be found
	Files     map[string]file `json:"files"`     // by slash-separated path
}

type file struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// writeManifest lists the folder as it is now.
func writeManifest(dir string, documents int) error {
	m := manifest{Version: folderVersion, Documents: documents, Files: map[string]file{}}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		m.Files[filepath.ToSlash(rel)], err = sum(path)
		return err
	})
	if err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	return writeSynced(filepath.Join(dir, manifestName), b)
}

// verify reads the manifest and every file it lists. bleve itself notices hardly any damage: zeroed pages are served in
// silence, a cut bolt file kills the process.
func verify(ctx context.Context, dir string) (*manifest, error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return nil, index.ErrNoGeneration
		}
		return nil, fmt.Errorf("%w: no manifest", index.ErrDamaged)
	}
	if err != nil {
		return nil, err
	}
	var m manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("%w: manifest: %w", index.ErrDamaged, err)
	}
	if m.Version != folderVersion {
		return nil, fmt.Errorf("%w: folder version %d, this program reads %d", index.ErrDamaged, m.Version, folderVersion)
	}
	for _, need := range []string{"documents", "vectors", "stored", "meta"} {
		if _, ok := m.Files[need]; !ok {
			return nil, fmt.Errorf("%w: manifest lacks %s", index.ErrDamaged, need)
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(2) // hashing is as fast as the disk with two
	for name, want := range m.Files {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if !filepath.IsLocal(filepath.FromSlash(name)) {
				return fmt.Errorf("%w: manifest names %q", index.ErrDamaged, name)
			}
			have, err := sum(filepath.Join(dir, filepath.FromSlash(name)))
			if err != nil {
				return fmt.Errorf("%w: %w", index.ErrDamaged, err)
			}
			if have != want {
				return fmt.Errorf("%w: %s is not what was written", index.ErrDamaged, name)
			}
			return nil
		})
	}
	return &m, g.Wait()
}

func sum(path string) (file, error) {
	f, err := os.Open(path)
	if err != nil {
		return file{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.CopyBuffer(h, f, make([]byte, 1<<20))
	if err != nil {
		return file{}, fmt.Errorf("reading %s: %w", path, err)
	}
	return file{Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, nil
}
