package semantic

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// A Key names a text: its SHA-256.
type Key [sha256.Size]byte

// KeyOf returns the key of a text.
func KeyOf(text string) Key { return sha256.Sum256([]byte(text)) }

// A store keeps vectors in memory and, so that no text is paid for twice, in a file: a folder for each model and number
// of dimensions asked for, because their vectors do not compare. It is only a cache: what is damaged in it is left out
// and asked for again.
//
// The file is a header and records of one size, appended in any order, little-endian:
//
//	magic (16 bytes), dimensions (uint32), CRC-32C of both
//	{ key (32 bytes), scale (float32), numbers (int8 each), CRC-32C of the record }…
//
// Safe for concurrent use. Only one process may have it open: whoever holds the data folder.
type store struct {
	path string

	mu         sync.RWMutex
	file       *os.File
	end        int64 // of the last whole record
	records    int   // in the file, damaged ones counted
	damaged    int
	dimensions int // 0 until there is a vector
	vectors    map[Key]Vector
}

const (
	storeMagic  = "jieda vectors 1\n"
	storeHeader = len(storeMagic) + 4 + 4
	recordExtra = sha256.Size + 4 + 4
)

func crc(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// storeFolder is the folder for a model below dir, with a name that people recognise.
func storeFolder(dir, model string, dimensions int) string {
	name := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '.' || r == '_' {
			return r
		}
		return '-'
	}, model)
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d", model, dimensions))
	return filepath.Join(dir, fmt.Sprintf("%.40s-%s", strings.Trim(name, ".-"), hex.EncodeToString(sum[:4])))
}

// openStore opens the store for a model, or makes an empty one. A file that cannot be understood is begun anew.
func openStore(dir, model string, dimensions int) (*store, error) {
	folder := storeFolder(dir, model, dimensions)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	s := &store{path: filepath.Join(folder, "vectors"), vectors: map[Key]Vector{}}
	var err error
	if s.file, err = os.OpenFile(s.path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, err
	}
	if err := s.load(); err != nil {
		return nil, errors.Join(err, s.file.Close())
	}
	return s, nil
}

// load reads the file, and cuts it off behind the last whole record: a crash can leave half of one.
func (s *store) load() error {
	r := bufio.NewReaderSize(s.file, 1<<20)
	header := make([]byte, storeHeader)
	if _, err := io.ReadFull(r, header); err != nil || !bytes.HasPrefix(header, []byte(storeMagic)) ||
		binary.LittleEndian.Uint32(header[storeHeader-4:]) != crc(header[:storeHeader-4]) {
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
		return s.file.Truncate(0)
	}
	s.dimensions = int(binary.LittleEndian.Uint32(header[len(storeMagic):]))
	s.end = int64(storeHeader)
	record := make([]byte, recordExtra+s.dimensions)
	for {
		if _, err := io.ReadFull(r, record); err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		} else if err != nil {
			return err
		}
		s.end += int64(len(record))
		s.records++
		if binary.LittleEndian.Uint32(record[len(record)-4:]) != crc(record[:len(record)-4]) {
			s.damaged++
			continue
		}
		v := Vector{
			scale:  math.Float32frombits(binary.LittleEndian.Uint32(record[sha256.Size:])),
			values: make([]int8, s.dimensions),
		}
		for i := range v.values {
			v.values[i] = int8(record[sha256.Size+4+i])
		}
		s.vectors[Key(record)] = v
	}
	return s.file.Truncate(s.end)
}

func appendRecord(b []byte, k Key, v Vector) []byte {
	from := len(b)
	b = append(b, k[:]...)
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v.scale))
	for _, x := range v.values {
		b = append(b, byte(x))
	}
	return binary.LittleEndian.AppendUint32(b, crc(b[from:]))
}

func (s *store) appendHeader(b []byte) []byte {
	from := len(b)
	b = append(b, storeMagic...)
	b = binary.LittleEndian.AppendUint32(b, uint32(s.dimensions))
	return binary.LittleEndian.AppendUint32(b, crc(b[from:]))
}

func (s *store) get(k Key) Vector {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.vectors[k]
}

// length is the number of dimensions of the vectors, 0 while there are none.
func (s *store) length() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.dimensions
}

// add keeps vectors, all of the length of those before. When they cannot be written they are kept in memory all the
// same, and the error is returned; the file stays as good as it was.
func (s *store) add(keys []Key, vectors []Vector) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b []byte
	if s.dimensions == 0 && len(vectors) > 0 {
		s.dimensions = len(vectors[0].values)
	}
	if s.end == 0 {
		b = s.appendHeader(b)
	}
	for i, k := range keys {
		s.vectors[k] = vectors[i]
		b = appendRecord(b, k, vectors[i])
	}
	if s.file == nil {
		return os.ErrClosed
	}
	_, err := s.file.WriteAt(b, s.end)
	if err == nil {
		err = s.file.Sync()
	}
	if err != nil {
		return errors.Join(err, s.file.Truncate(s.end))
	}
	s.end += int64(len(b))
	s.records += len(keys)
	return nil
}

// retain forgets all vectors but those of keys, if that makes the file a quarter smaller. The file is written beside
// and renamed.
func (s *store) retain(keys map[Key]bool) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := 0
	for k := range s.vectors {
		if keys[k] {
			kept++
		}
	}
	if s.file == nil || 4*(s.records-kept) <= s.records {
		return nil
	}
	beside := s.path + ".new"
	f, err := os.OpenFile(beside, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(beside))
		}
	}()
	w := bufio.NewWriterSize(f, 1<<20)
	if _, err := w.Write(s.appendHeader(nil)); err != nil {
		return err
	}
	var record []byte
	for k, v := range s.vectors {
		if keys[k] {
			record = appendRecord(record[:0], k, v)
			if _, err := w.Write(record); err != nil {
				return err
			}
		}
	}
	if err := errors.Join(w.Flush(), f.Sync()); err != nil {
		return err
	}
	if err := os.Rename(beside, s.path); err != nil {
		return err
	}
	s.file.Close() // nothing of it is needed any more
	s.file, s.records, s.damaged = f, kept, 0
	s.end = int64(storeHeader) + int64(kept)*int64(recordExtra+s.dimensions)
	for k := range s.vectors {
		if !keys[k] {
			delete(s.vectors, k)
		}
	}
	return nil
}

func (s *store) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	f := s.file
	s.file = nil
	return f.Close()
}
