package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const browserTests = "../../api/browser"

// TestBrowser visits the pages of the real program with Chromium. What it does there is written in api/browser, in
// JavaScript; here every one of those tests becomes a subtest. ONLY=axe runs those whose names match.
//
//	ONLY='phone|axe' go test -trimpath ./cmd/jieda -run TestBrowser -v
func TestBrowser(t *testing.T) {
	chromium := needsBrowser(t)
	large := startSite(t, largeSite(t))
	var sample string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { embedding(w, r, sample) }))
	t.Cleanup(other.Close)
	sample = startSite(t, "", "--server-cors-origins", other.URL)
	run := exec.CommandContext(t.Context(), "node", "main.mjs")
	run.Dir = browserTests
	run.Env = append(os.Environ(), "CHROMIUM="+chromium, "SITES="+asJSON(t, map[string]string{"sample": sample, "large": large, "other": other.URL}))
	run.Stderr = os.Stderr
	out, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for lines := bufio.NewScanner(out); lines.Scan(); ran++ {
		var result struct {
			Name, Error string
			MS          int
		}
		if err := json.Unmarshal(lines.Bytes(), &result); err != nil {
			t.Fatalf("%v in %q", err, lines.Text())
		}
		t.Run(result.Name, func(t *testing.T) {
			t.Logf("%d ms", result.MS)
			if result.Error != "" {
				t.Error(result.Error)
			}
		})
	}
	if err := run.Wait(); err != nil || ran == 0 {
		t.Errorf("%d tests ran, then %v", ran, err)
	}
}

// TestScreenshots writes pictures of the main states of the pages to the folder SCREENSHOTS; see make screenshots.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		t.Skip("writes pictures for people to look at: make screenshots")
	}
	chromium := needsBrowser(t)
	run := exec.CommandContext(t.Context(), "node", "screenshots.mjs", folder)
	run.Dir = browserTests
	run.Env = append(os.Environ(), "CHROMIUM="+chromium, "SITES="+asJSON(t, map[string]string{"sample": startSite(t, "")}))
	if out, err := run.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// needsBrowser skips the test where there is no browser, or no Node.js to drive it with, and returns where the browser is.
func needsBrowser(t *testing.T) (chromium string) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes longer than -short allows")
	}
	needs(t, "npm")
	if version, err := exec.Command("node", "-p", "parseInt(process.versions.node)").Output(); err != nil {
		t.Skip("Node.js is not installed")
	} else if major, err := strconv.Atoi(strings.TrimSpace(string(version))); err != nil || major < 20 {
		t.Skipf("Playwright needs Node.js 20, this is %s", version)
	}
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if at, err := exec.LookPath(name); err == nil {
			chromium = at
			break
		}
	}
	if chromium == "" {
		t.Skip("Chromium is not installed: apt-get install chromium fonts-noto-cjk, or set CHROMIUM to a browser")
	}
	lock, err := os.Stat(filepath.Join(browserTests, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	installed, err := os.Stat(filepath.Join(browserTests, "node_modules", ".package-lock.json"))
	if err == nil && !installed.ModTime().Before(lock.ModTime()) {
		return chromium
	}
	install := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = browserTests
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("npm cannot install what package-lock.json names: %v\n%s", err, out)
	}
	return chromium
}

// startSite runs the real program on a content folder, the built-in sample when it is empty, until the test ends.
func startSite(t *testing.T, content string, args ...string) (address string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args = append([]string{"jieda", "serve", "--addr", "127.0.0.1:0", "--data", t.TempDir(), "--log-level", "error",
		"--server-drain-delay", "0s", "--server-rate-limit", "0", "--site-contact-text", "联系人工客服", "--site-contact-text-en", "Chat with us",
		"--site-contact-url", "https://example.com/chat?trail={trail}"}, args...)
	if content != "" {
		args = append(args, "--content", content)
	}
	address = "http://" + startListening(t, &exec.Cmd{Path: self, Args: args, Env: append(os.Environ(), "LANG=en_US.UTF-8")})
	for end := time.Now().Add(2 * patience); ; time.Sleep(50 * time.Millisecond) {
		response, err := http.Get(address + "/readyz")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return address
			}
		}
		if time.Now().After(end) {
			t.Fatalf("%s is not ready: %v", address, err)
		}
	}
}

// embedding is a page of another site, with a strict policy, that has the widget in its corner or, at /inside, in its text.
func embedding(w http.ResponseWriter, r *http.Request, help string) {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src data:; script-src "+help+"; connect-src "+help+"; require-trusted-types-for 'script'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	target := ""
	if r.URL.Path == "/inside" {
		target = ` data-target="#help"`
	}
	fmt.Fprintf(w, `<!DOCTYPE html><html lang="zh-CN"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>星澜商城</title><main><h1>订单</h1><div id="help"></div></main>
<script src="%s/widget.js"%s></script></html>`, help, target)
}

// largeSite writes a content folder with a thousand articles about one subject, one of more than twenty screens, and one
// for each line of payloads.txt, of which every field holds what an attacker would write.
func largeSite(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for i := range 1000 {
		writeFile(t, filepath.Join(dir, "faq", "网络", fmt.Sprintf("n%03d.md", i)), fmt.Sprintf(
			"---\nid: n%03d\ntitle: 第 %d 号网络怎么设置？\nupdated: 2026-01-02\n---\n\n打开设置,选择第 %d 号网络,输入密码,再点连接。\n", i, i, i))
	}
	var long strings.Builder
	long.WriteString("---\nid: long\ntitle: 机房巡检手册\n---\n\n")
	for i := range 60 {
		fmt.Fprintf(&long, "## 第 %d 步：检查机柜\n\n", i+1)
		for range 8 {
			long.WriteString("巡检时先看温度和湿度,再看指示灯,发现异常要立刻拍照、登记并通知值班工程师,不能自行处理。\n\n")
		}
		fmt.Fprintf(&long, "```\nshow environment slot %d | include a very long line of a command that does not fit on the screen of a telephone\n```\n\n", i)
	}
	writeFile(t, filepath.Join(dir, "training", "机房", "巡检.md"), long.String())

	payloads, err := os.ReadFile(filepath.Join(browserTests, "payloads.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for i, payload := range strings.Split(strings.TrimSpace(string(payloads)), "\n") {
		writeFile(t, filepath.Join(dir, "faq", "攻击", fmt.Sprintf("%d.md", i)), fmt.Sprintf(
			"---\nid: hostile-%d\ntitle: %s\ndescription: %[2]s\nquestions: [%[2]s]\n---\n\n前文。\n\n%s\n\n[按]\n\n后文 %[3]s 与 [图](attack.svg)。\n\n## %[3]s\n\n再来。\n",
			i, strconv.Quote("攻击 "+payload), payload))
	}
	const script = "document.documentElement.dataset.ran='yes';alert(1)"
	writeFile(t, filepath.Join(dir, "faq", "攻击", "attack.svg"),
		`<svg xmlns="http://www.w3.org/2000/svg" onload="`+script+`"><script>`+script+`</script><rect width="9" height="9"/></svg>`)
	for _, name := range []string{"attack.html", "attack.xml", "attack.xhtml"} {
		writeFile(t, filepath.Join(dir, "faq", "攻击", name), `<html xmlns="http://www.w3.org/1999/xhtml"><script>`+script+`</script></html>`)
	}
	return dir
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
