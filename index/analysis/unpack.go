package analysis

import (
	"bytes"
	"compress/gzip"
	"io"
)

// unpack returns a file of data, which are embedded with gzip.
func unpack(name string) ([]byte, error) {
	packed, err := data.ReadFile("data/" + name + ".gz")
	if err != nil {
		return nil, err
	}
	return gunzip(packed)
}

func gunzip(packed []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
