package main

import (
	"bytes"
	"context"
	"testing"
)

// A signal is named as what ended a command, in the language of the program, and with the shells' exit code.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	content := t.TempDir()
	writeFile(t, content+"/faq/退货.md", "# 怎么退货\n\n七天内可以退。\n")
	for lang, want := range map[string]string{"en": "jieda: interrupted\n", "zh": "jieda: 已中断\n"} {
		for _, command := range [][]string{{"index"}, {"search", "退货"}} {
			var stderr, stdout bytes.Buffer
			p := &program{stdout: &stdout, stderr: &stderr}
			args := append(command, "--content", content, "--data", t.TempDir(), "--lang", lang, "--log-level", "error")
			err := run(ctx, p, args)
			if code := exitCode(err); code != 130 || stderr.String() != want {
				t.Errorf("%s: exit code %d, %q", command, code, &stderr)
			}
		}
	}
}
