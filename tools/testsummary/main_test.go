package main

import (
	"strings"
	"testing"
)

func TestSummarize(t *testing.T) {
	tests := []struct {
		name   string
		in     []string
		failed bool
		want   []string // in this order
	}{
		{
			name: "passed and skipped",
			in: []string{
				`{"Action":"start","Package":"jieda/content"}`,
				`{"Action":"pass","Package":"jieda/content","Test":"TestA"}`,
				`{"Action":"output","Package":"jieda/content","Test":"TestB","Output":"=== RUN   TestB\n"}`,
				`{"Action":"output","Package":"jieda/content","Test":"TestB","Output":"    b_test.go:7: needs root: 需要 root\n"}`,
				`{"Action":"output","Package":"jieda/content","Test":"TestB","Output":"--- SKIP: TestB (0.00s)\n"}`,
				`{"Action":"skip","Package":"jieda/content","Test":"TestB"}`,
				`{"Action":"pass","Package":"jieda/content","Elapsed":0.25}`,
				`{"Action":"skip","Package":"jieda/tools"}`,
			},
			want: []string{"ok    jieda/content  0.2s", "jieda/content TestB: needs root: 需要 root",
				"1 tests ran, 0 failed, 1 skipped\n1 passed, 0 failed, 1 skipped\n"},
		},
		{
			name: "failed",
			in: []string{
				`{"Action":"output","Package":"jieda/index","Test":"TestA","Output":"    a_test.go:3: got 退货\n"}`,
				`{"Action":"fail","Package":"jieda/index","Test":"TestA"}`,
				`{"Action":"fail","Package":"jieda/index","Elapsed":1}`,
			},
			failed: true,
			want:   []string{"FAIL  jieda/index TestA\n    a_test.go:3: got 退货", "FAIL  jieda/index  1.0s", "0 passed, 1 failed, 0 skipped\n"},
		},
		{
			name: "does not compile",
			in: []string{
				`{"Action":"pass","Package":"jieda/content","Test":"TestA"}`,
				`{"ImportPath":"jieda/api","Action":"build-output","Output":"api/a.go:1:1: undefined: x\n"}`,
				`{"ImportPath":"jieda/api","Action":"build-fail"}`,
				`{"Action":"output","Package":"jieda/api","Output":"FAIL\tjieda/api [build failed]\n"}`,
				`{"Action":"fail","Package":"jieda/api","FailedBuild":"jieda/api"}`,
			},
			failed: true,
			want:   []string{"api/a.go:1:1: undefined: x", "FAIL\tjieda/api [build failed]", "1 passed, 1 failed, 0 skipped\n"},
		},
		{
			name:   "nothing ran",
			in:     []string{"go: cannot find main module"},
			failed: true,
			want:   []string{"go: cannot find main module", "0 passed, 0 failed, 0 skipped\n"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			failed, err := summarize(strings.NewReader(strings.Join(test.in, "\n")), &out)
			if err != nil {
				t.Fatal(err)
			}
			if failed != test.failed {
				t.Errorf("failed = %v, want %v", failed, test.failed)
			}
			rest := out.String()
			for _, want := range test.want {
				_, after, ok := strings.Cut(rest, want)
				if !ok {
					t.Errorf("no %q in order in:\n%s", want, out.String())
				}
				rest = after
			}
		})
	}
}
