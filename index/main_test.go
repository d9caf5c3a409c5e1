package index_test

import (
	"os"
	"testing"
)

// dictDir is where the dictionaries are, once for all tests of the package.
var dictDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "jieda-dict")
	if err != nil {
		panic(err)
	}
	dictDir = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}
