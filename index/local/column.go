package local

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"syscall"
)

// A column is a file of byte strings, one an ordinal: the strings one after another, then the offset of each and of
// the end (uint64, little-endian), then their number.

type columnWriter struct {
	f    *os.File
	w    *bufio.Writer
	at   uint64
	ends []uint64
}

func createColumn(path string) (*columnWriter, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return &columnWriter{f: f, w: bufio.NewWriterSize(f, 1<<20), ends: []uint64{0}}, nil
}

func (c *columnWriter) add(b []byte) error {
	c.at += uint64(len(b))
	c.ends = append(c.ends, c.at)
	_, err := c.w.Write(b)
	return err
}

func (c *columnWriter) finish() error {
	var b [8]byte
	for _, end := range append(c.ends, uint64(len(c.ends)-1)) {
		binary.LittleEndian.PutUint64(b[:], end)
		if _, err := c.w.Write(b[:]); err != nil {
			return err
		}
	}
	return errors.Join(c.w.Flush(), c.f.Sync(), c.f.Close())
}

// A column is read through a memory map: the pages that are asked for often stay in memory, the others cost none.
type column struct {
	mapped  []byte
	offsets []byte
	n       int
}

func openColumn(path string) (*column, error) {
	mapped, err := mapFile(path)
	if err != nil {
		return nil, err
	}
	bad := fmt.Errorf("%s: malformed", path)
	if len(mapped) < 16 {
		return nil, errors.Join(bad, unmap(mapped))
	}
	n := binary.LittleEndian.Uint64(mapped[len(mapped)-8:])
	if n > uint64(len(mapped))/8 || uint64(len(mapped)) < (n+2)*8 {
		return nil, errors.Join(bad, unmap(mapped))
	}
	return &column{mapped: mapped, offsets: mapped[uint64(len(mapped))-(n+2)*8:], n: int(n)}, nil
}

func (c *column) get(ordinal uint32) ([]byte, error) {
	if int(ordinal) >= c.n {
		return nil, fmt.Errorf("no document %d", ordinal)
	}
	from := binary.LittleEndian.Uint64(c.offsets[8*ordinal:])
	to := binary.LittleEndian.Uint64(c.offsets[8*(ordinal+1):])
	if from > to || to > uint64(len(c.mapped)) {
		return nil, fmt.Errorf("document %d: offsets out of range", ordinal)
	}
	return c.mapped[from:to:to], nil
}

func (c *column) close() error { return unmap(c.mapped) }

func mapFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() == 0 {
		return nil, nil
	}
	b, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("mapping %s: %w", path, err)
	}
	return b, nil
}

func unmap(b []byte) error {
	if b == nil {
		return nil
	}
	return syscall.Munmap(b)
}
