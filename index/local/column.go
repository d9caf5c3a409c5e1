package local

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
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

// A column is mapped into memory when it is small, and otherwise read with one system call a string, which costs a
// microsecond: through a map the whole file would soon count as the program's memory, because a page that is touched
// brings its neighbours with it.
type column struct {
	f       *os.File
	mapped  []byte // nil when the file is larger than maxMapped
	offsets []uint64
	buffers sync.Pool // of *[]byte
}

// maxMapped is the size of the largest file that is mapped: a generation has two columns, and serving 100,000 passages
// must do with 300 MB.
const maxMapped = 40 << 20

func openColumn(path string) (*column, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	c := &column{f: f}
	c.buffers.New = func() any { b := make([]byte, 0, 4<<10); return &b }
	if err := c.readOffsets(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	if c.offsets[len(c.offsets)-1] <= maxMapped {
		if c.mapped, err = mapFile(path); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return c, nil
}

func (c *column) readOffsets() error {
	info, err := c.f.Stat()
	if err != nil {
		return err
	}
	var last [8]byte
	if _, err := c.f.ReadAt(last[:], max(info.Size()-8, 0)); err != nil {
		return err
	}
	n := binary.LittleEndian.Uint64(last[:])
	if n > uint64(info.Size())/8 || (n+2)*8 > uint64(info.Size()) {
		return errors.New("malformed")
	}
	b := make([]byte, (n+1)*8)
	if _, err := c.f.ReadAt(b, info.Size()-int64(len(b))-8); err != nil {
		return err
	}
	c.offsets = make([]uint64, n+1)
	for i := range c.offsets {
		c.offsets[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return nil
}

// visit reads the strings of ids, in their order; each is valid until the call of visit returns.
func (c *column) visit(ids []uint32, visit func(int, []byte) error) error {
	var buffer *[]byte
	if c.mapped == nil {
		buffer = c.buffers.Get().(*[]byte)
		defer c.buffers.Put(buffer)
	}
	for i, id := range ids {
		if uint64(id)+1 >= uint64(len(c.offsets)) {
			return fmt.Errorf("no document %d", id)
		}
		from, to := c.offsets[id], c.offsets[id+1]
		if from > to || to > c.offsets[len(c.offsets)-1] {
			return fmt.Errorf("document %d: offsets out of order", id)
		}
		var b []byte
		if c.mapped != nil {
			b = c.mapped[from:to:to]
		} else {
			*buffer = slices.Grow((*buffer)[:0], int(to-from))[:to-from]
			b = *buffer
			if _, err := c.f.ReadAt(b, int64(from)); err != nil {
				return fmt.Errorf("document %d: %w", id, err)
			}
		}
		if err := visit(i, b); err != nil {
			return err
		}
	}
	return nil
}

func (c *column) close() error { return errors.Join(unmap(c.mapped), c.f.Close()) }

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
