package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestImage proves the container image without a container engine: it builds with the very line of the Dockerfile and
// runs the result as the user of the image, in a root that holds the program, an empty data folder and articles, and
// nothing else: no libc, no dictionaries of jieba, no /etc, no /tmp.
func TestImage(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root for chroot; run: sudo -E make test")
	}
	const uid = 65532 // "nonroot" of distroless
	dockerfile := readDockerfile(t)
	if want := "USER 65532:65532"; !strings.Contains(dockerfile, want) {
		t.Errorf("Dockerfile has no %q", want)
	}
	root := t.TempDir()
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	buildAsImage(t, dockerfile, filepath.Join(root, "jieda"))
	writeFile(t, root+"/content/faq/退货.md", "# 怎么申请退货\n\n签收后七天内,在“我的订单”里点“申请退货”。\n")
	writeFile(t, root+"/content/faq/发票.md", "# 发票抬头写错了怎么办\n\n在“发票”页面点“换开”。\n")
	data := filepath.Join(root, "data")
	if err := os.Mkdir(data, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(data, uid, uid); err != nil {
		t.Fatal(err)
	}

	addr := freeAddr(t)
	inImage := func(args ...string) *exec.Cmd {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		t.Cleanup(cancel)
		c := exec.CommandContext(ctx, "/jieda", args...)
		c.Dir = "/"
		c.Env = []string{"JIEDA_ADDR=" + addr, "JIEDA_DATA=/data", "JIEDA_CONTENT=/content"}
		c.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: uid, Gid: uid}}
		return c
	}
	if out, err := inImage("version").CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "jieda v0-test ") {
		t.Fatalf("jieda version: %v\n%s", err, out)
	}
	serve := inImage("serve")
	stdout, err := serve.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	serve.Stderr = &log
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if strings.Contains(lines.Text(), "http://") {
				ready <- lines.Text()
			}
		}
		close(ready)
	}()
	if line, ok := <-ready; !ok {
		t.Fatalf("jieda serve ended: %v\n%s", serve.Wait(), log.String())
	} else {
		t.Log(strings.TrimSpace(line))
	}
	if out, err := inImage("healthcheck").CombinedOutput(); err != nil {
		t.Errorf("jieda healthcheck: %v\n%s", err, out)
	}
	if body := httpGet(t, "http://"+addr+"/api/v1/search?q="+url.QueryEscape("东西想退怎么申请退货")); !strings.Contains(body, "怎么申请退货") {
		t.Errorf("the search does not find 退货.md: %s", body)
	}
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, log.String())
	}
	if out, err := inImage("healthcheck").CombinedOutput(); err == nil {
		t.Errorf("jieda healthcheck finds a server that has ended: %s", out)
	}
}

func readDockerfile(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// buildAsImage runs the go build line of the Dockerfile, with another path for what it writes.
func buildAsImage(t *testing.T, dockerfile, output string) {
	t.Helper()
	line := regexp.MustCompile(`(?m)^RUN (.*\bgo build .*)$`).FindStringSubmatch(dockerfile)
	if line == nil || !strings.Contains(line[1], "-o /out/jieda ") {
		t.Fatal("the Dockerfile has no line RUN … go build … -o /out/jieda …")
	}
	c := exec.Command("sh", "-c", strings.Replace(line[1], "-o /out/jieda ", "-o '"+output+"' ", 1))
	c.Dir = "../.."
	c.Env = append(os.Environ(), "VERSION=v0-test")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", line[1], err, out)
	}
}

func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func httpGet(t *testing.T, where string) string {
	t.Helper()
	response, err := http.Get(where)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v\n%s", where, response.Status, err, body)
	}
	return string(body)
}
