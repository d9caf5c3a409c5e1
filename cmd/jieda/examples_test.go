package main

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const examples = "../../docs/examples"

// serveSample runs the real program on the sample, with a way to a human, and returns its address and a key.
func serveSample(t *testing.T) (address, key string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	jieda := func(args ...string) *exec.Cmd { // the test binary is the program, when it is called so
		return &exec.Cmd{Path: self, Args: append([]string{"jieda"}, args...), Env: append(os.Environ(), "LANG=en_US.UTF-8")}
	}
	secret, err := jieda("key", "create", "--data", data, "gateway").Output()
	if err != nil {
		t.Fatalf("jieda key create: %v", err)
	}
	serve := jieda("serve", "--addr", "127.0.0.1:0", "--data", data, "--log-level", "error", "--server-drain-delay", "0s",
		"--site-contact-text", "联系人工客服", "--site-contact-url", "https://example.com/chat")
	return "http://" + startListening(t, serve), strings.TrimSpace(string(secret))
}

// startListening starts a program that says on standard output where it listens, and stops it when the test ends.
func startListening(t *testing.T, program *exec.Cmd) (hostPort string) {
	t.Helper()
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	program.Stderr = os.Stderr
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		program.Process.Signal(syscall.SIGTERM) // it may have ended
		program.Wait()
	})
	found := make(chan string, 1)
	go func() {
		defer close(found)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if at := regexp.MustCompile(`(localhost|127\.0\.0\.1|\[::\]):\d+`).FindString(lines.Text()); at != "" {
				found <- strings.Replace(at, "[::]", "127.0.0.1", 1)
				break
			}
		}
		io.Copy(io.Discard, out)
	}()
	select {
	case at, ok := <-found:
		if !ok {
			t.Fatalf("%s ended", program.Path)
		}
		return at
	case <-time.After(patience):
		t.Fatalf("%s does not listen", program.Path)
	}
	return ""
}

// TestExamples runs every example of docs/examples against the real program.
func TestExamples(t *testing.T) {
	address, key := serveSample(t)
	environ := append(os.Environ(), "JIEDA="+address, "JIEDA_KEY="+key)

	t.Run("curl", func(t *testing.T) {
		needs(t, "curl")
		c := exec.Command("sh", filepath.Join(examples, "suggest.sh"))
		c.Env = environ
		var found struct {
			Decision, Trail string
			Answers         []struct{ Answer struct{ Text string } }
		}
		out := output(t, c)
		if err := json.Unmarshal(out, &found); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		if found.Decision != "answer" || len(found.Answers) != 1 || !strings.Contains(found.Answers[0].Answer.Text, "工作日") || found.Trail == "" {
			t.Errorf("%s", out)
		}
		c = exec.Command("sh", filepath.Join(examples, "suggest.sh"))
		c.Env = append(slices.Clone(environ), "JIEDA_KEY=wrong")
		if out, err := c.CombinedOutput(); err == nil || !strings.Contains(string(out), "key_unknown") {
			t.Errorf("wrong key: %v, %s", err, out)
		}
	})

	client := filepath.Join(t.TempDir(), "suggest")
	output(t, exec.Command("go", "build", "-trimpath", "-o", client, "../../docs/examples/suggest"))
	for _, command := range [][]string{
		{"python3", filepath.Join(examples, "suggest.py")},
		{"node", filepath.Join(examples, "suggest.mjs")},
		{client},
	} {
		t.Run(filepath.Base(command[len(command)-1]), func(t *testing.T) {
			needs(t, command[0])
			for message, want := range conversations {
				c := exec.Command(command[0], append(command[1:], message)...)
				c.Env = environ
				if got := string(output(t, c)); !regexp.MustCompile(want).MatchString(got) {
					t.Errorf("%s\n%s\ndoes not match %s", message, got, want)
				}
			}
			c := exec.Command(command[0], append(command[1:], "退款")...)
			c.Env = append(slices.Clone(environ), "JIEDA_KEY=wrong")
			if out, err := c.CombinedOutput(); err == nil || !strings.Contains(string(out), "key_unknown") {
				t.Errorf("wrong key: %v, %s", err, out)
			}
		})
	}
}

// conversations are messages with one of each decision, and what the examples say to the customer.
var conversations = map[string]string{
	"你好，钱啥时候退回来？":  `^answer\n退款一律原路退回(?s:.*)工作日`,
	"自动续费":         `^choose\n您想问的是哪一个？\n1\. .+\n2\. .+`,
	"PPR-9999 充电慢": `^suggest\n可能有帮助：\n.+ /articles/`,
	"量子纠缠是什么":      `^none\n联系人工客服 https://example.com/chat`,
	"你好":           `^none\n您好，请问有什么可以帮您？`,
}

func needs(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s is not installed", program)
	}
}

func output(t *testing.T, c *exec.Cmd) []byte {
	t.Helper()
	out, err := c.Output()
	if err != nil {
		if failed, ok := err.(*exec.ExitError); ok {
			t.Fatalf("%s: %v\n%s%s", c, err, out, failed.Stderr)
		}
		t.Fatalf("%s: %v", c, err)
	}
	return out
}

// TestExampleWeCom writes to the adapter as WeCom does: encrypted and signed.
func TestExampleWeCom(t *testing.T) {
	address, key := serveSample(t)
	program := filepath.Join(t.TempDir(), "wecom")
	output(t, exec.Command("go", "build", "-trimpath", "-o", program, "../../docs/examples/wecom"))
	we := weCom{token: "QDG6eK", key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", corpID: "wx5823bf96d3bd56c7"}
	adapter := exec.Command(program)
	adapter.Env = append(os.Environ(), "ADDR=127.0.0.1:0", "JIEDA="+address, "JIEDA_KEY="+key,
		"WECOM_TOKEN="+we.token, "WECOM_AES_KEY="+we.key, "WECOM_CORP_ID="+we.corpID)
	we.url = "http://" + startListening(t, adapter)

	// The address is tried when it is saved. The values are those of WeCom's own documentation.
	const echo = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
	q := url.Values{"msg_signature": {"5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"}, "timestamp": {"1409659589"}, "nonce": {"263014780"}, "echostr": {echo}}
	if status, body := we.get(t, q); status != http.StatusOK || body != "1616140317555161061" {
		t.Errorf("address tried: %d %s", status, body)
	}
	q.Set("msg_signature", "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd4")
	if status, _ := we.get(t, q); status != http.StatusForbidden {
		t.Errorf("a wrong signature: %d", status)
	}

	for _, tt := range []struct{ user, text, want string }{
		{"ming", "你好，钱啥时候退回来？", `工作日`},
		{"ming", "自动续费", `^您想问的是哪一个？请回复数字：\n1\. (.+)\n2\. .+`},
		{"ming", "2", `自动续费`},
		{"ming", "量子纠缠是什么", `^联系人工客服 https://example.com/chat$`},
		{"ming", "PPR-9999 充电慢", `^可能有帮助：\n<a href="/articles/`},
		{"lan", "你好", `^您好`},
	} {
		got := we.write(t, tt.user, tt.text, "")
		if !regexp.MustCompile(tt.want).MatchString(got) {
			t.Errorf("%s: %s\n%s\ndoes not match %s", tt.user, tt.text, got, tt.want)
		}
	}
	// Sent again, because the reply was late: the same reply, and the choice is still open.
	first := we.write(t, "ming", "自动续费", "same")
	if again := we.write(t, "ming", "自动续费", "same"); again != first {
		t.Errorf("sent twice: %q and %q", first, again)
	}
	if we.writeSigned(t, "<xml><Encrypt>forged</Encrypt></xml>", "0000") != http.StatusForbidden {
		t.Error("a forged message is answered")
	}
}

// weCom is the other side of the seal in docs/examples/wecom, written independently of it.
type weCom struct{ url, token, key, corpID string }

func (w weCom) get(t *testing.T, q url.Values) (status int, body string) {
	t.Helper()
	got, err := http.Get(w.url + "/?" + q.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	b, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, string(b)
}

func (w weCom) sign(parts ...string) string {
	parts = append(parts, w.token)
	slices.Sort(parts)
	return fmt.Sprintf("%x", sha1.Sum([]byte(strings.Join(parts, ""))))
}

func (w weCom) block(t *testing.T) (cipher.Block, []byte) {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(w.key + "=")
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	return block, key[:16]
}

// write sends a text and returns the reply. Messages without an id get one of their own.
func (w weCom) write(t *testing.T, user, text, id string) string {
	t.Helper()
	if id == "" {
		id = fmt.Sprint(time.Now().UnixNano())
	}
	plain := fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>1409659589</CreateTime>"+
		"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%s</MsgId><AgentID>1</AgentID></xml>", w.corpID, user, text, id)
	b := append([]byte("0123456789abcdef"), binary.BigEndian.AppendUint32(nil, uint32(len(plain)))...)
	b = append(b, plain+w.corpID...)
	for pad, i := 32-len(b)%32, 0; i < pad; i++ {
		b = append(b, byte(pad))
	}
	block, iv := w.block(t)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(b, b)
	encrypted := base64.StdEncoding.EncodeToString(b)
	q := url.Values{"msg_signature": {w.sign("1409659589", "n", encrypted)}, "timestamp": {"1409659589"}, "nonce": {"n"}}
	got, err := http.Post(w.url+"/?"+q.Encode(), "text/xml", strings.NewReader("<xml><Encrypt><![CDATA["+encrypted+"]]></Encrypt></xml>"))
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	var reply struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
	if err := xml.NewDecoder(got.Body).Decode(&reply); err != nil || got.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", text, got.Status, err)
	}
	if reply.MsgSignature != w.sign(reply.TimeStamp, reply.Nonce, reply.Encrypt) {
		t.Errorf("%s: the reply is not signed", text)
	}
	if b, err = base64.StdEncoding.DecodeString(reply.Encrypt); err != nil || len(b)%32 != 0 {
		t.Fatalf("%s: reply %q", text, reply.Encrypt)
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(b, b)
	n := binary.BigEndian.Uint32(b[16:])
	var message struct{ ToUserName, FromUserName, MsgType, Content string }
	if err := xml.Unmarshal(b[20:20+n], &message); err != nil || message.ToUserName != user || message.MsgType != "text" {
		t.Fatalf("%s: %v in %s", text, err, b[20:20+n])
	}
	return message.Content
}

func (w weCom) writeSigned(t *testing.T, body, signature string) (status int) {
	t.Helper()
	got, err := http.Post(w.url+"/?timestamp=1&nonce=n&msg_signature="+signature, "text/xml", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	got.Body.Close()
	return got.StatusCode
}
