package local

import (
	"bufio"
	"encoding/gob"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"syscall"
	"testing"
	"time"

	"jieda/index"
)

func cpu() time.Duration {
	var r syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func TestZZ(t *testing.T) {
	f, _ := os.Open("/tmp/bw/docs.bin")
	d := gob.NewDecoder(bufio.NewReader(f))
	var docs []index.Document
	for {
		var doc index.Document
		if d.Decode(&doc) != nil {
			break
		}
		docs = append(docs, doc)
	}
	fmt.Println(len(docs))
	for i := range 4 {
		runtime.GC()
		var m0, m1 runtime.MemStats
		runtime.ReadMemStats(&m0)
		dir := t.TempDir()
		a := cpu()
		if i == 3 {
			o, _ := os.Create("/tmp/bw/prof")
			pprof.StartCPUProfile(o)
		}
		w, err := newWriter(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range docs {
			if err := w.add(doc); err != nil {
				t.Fatal(err)
			}
		}
		b := cpu()
		if err := w.finish(func() ([]byte, error) { return nil, nil }); err != nil {
			t.Fatal(err)
		}
		c := cpu()
		pprof.StopCPUProfile()
		runtime.ReadMemStats(&m1)
		fmt.Println("add", b-a, "finish", c-b, "alloc MB", (m1.TotalAlloc-m0.TotalAlloc)>>20, "sys", m1.Sys>>20)
	}
}
