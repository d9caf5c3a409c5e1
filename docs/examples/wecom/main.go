// Wecom is a callback of a WeCom (企业微信) application that answers with jieda: it receives what customers write, asks
// jieda, and replies. It shows every decision: an answer is said aloud, a choice becomes a numbered question whose
// number the customer sends back, and for none a human takes over, who gets the trail of what was asked before.
//
//	WECOM_TOKEN=… WECOM_AES_KEY=… WECOM_CORP_ID=… JIEDA=http://localhost:8080 JIEDA_KEY=jieda_… go run ./docs/examples/wecom
//
// Token and EncodingAESKey are those on the page "接收消息" of the application. The program listens on ADDR, :8090 by
// default. It keeps conversations in memory: run one copy, or keep them where several find them.
package main

import (
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

func main() {
	seal, err := newSeal(os.Getenv("WECOM_TOKEN"), os.Getenv("WECOM_AES_KEY"), os.Getenv("WECOM_CORP_ID"))
	if err != nil {
		log.Fatal(err)
	}
	jieda := &client{url: cmp.Or(os.Getenv("JIEDA"), "http://localhost:8080"), key: os.Getenv("JIEDA_KEY")}
	listener, err := net.Listen("tcp", cmp.Or(os.Getenv("ADDR"), ":8090"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())
	server := &http.Server{Handler: &adapter{seal: seal, jieda: jieda}, ReadTimeout: 5 * time.Second}
	log.Fatal(server.Serve(listener))
}

// An adapter handles the callbacks of WeCom.
type adapter struct {
	seal  *seal
	jieda *client
	talks sync.Map // *talk by user
}

// A talk is what must be remembered between two messages of one customer. WeCom sends a message again when it gets no
// reply within five seconds, and at times two at once.
type talk struct {
	sync.Mutex
	trail   string
	history []earlier
	choices []suggestion // put to the customer last
	last    string       // id of the message that was replied to last, and the reply
	reply   string
}

// A message is what WeCom sends, decrypted.
type message struct {
	FromUserName string
	ToUserName   string
	MsgType      string
	Content      string
	MsgId        string
}

// envelope is what a message travels in.
type envelope struct {
	XMLName xml.Name `xml:"xml"`
	Encrypt string   `xml:"Encrypt"`
}

func (a *adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	open := func(encrypted string) ([]byte, error) {
		return a.seal.open(q.Get("msg_signature"), q.Get("timestamp"), q.Get("nonce"), encrypted)
	}
	switch r.Method {
	case http.MethodGet: // WeCom tries the address when it is saved
		echo, err := open(q.Get("echostr"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		w.Write(echo)
	case http.MethodPost:
		var sent envelope
		if err := xml.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&sent); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		text, err := open(sent.Encrypt)
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		var m message
		if err := xml.Unmarshal(text, &m); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if m.MsgType != "text" {
			return // an empty reply says nothing to the customer
		}
		reply, err := a.seal.close(q.Get("timestamp"), q.Get("nonce"), textMessage(m, a.answer(r.Context(), m)))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/xml; charset=utf-8")
		io.WriteString(w, reply)
	default:
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
	}
}

// answer finds the reply to a message. The same message gets the same reply.
func (a *adapter) answer(ctx context.Context, m message) string {
	kept, _ := a.talks.LoadOrStore(m.FromUserName, &talk{})
	t := kept.(*talk)
	t.Lock()
	defer t.Unlock()
	if m.MsgId == "" || m.MsgId != t.last {
		t.last, t.reply = m.MsgId, a.next(ctx, t, strings.TrimSpace(m.Content))
	}
	return t.reply
}

func (a *adapter) next(ctx context.Context, t *talk, text string) string {
	if i, err := strconv.Atoi(text); err == nil && i >= 1 && i <= len(t.choices) {
		return t.choices[i-1].Answer.Text
	}
	t.choices = nil
	found, err := a.jieda.suggest(ctx, text, t.history, t.trail)
	if err != nil { // jieda cannot be reached, is too busy …
		log.Printf("suggest: %v", err)
		return handOver(nil)
	}
	t.trail = found.Trail
	t.history = append(t.history, earlier{Role: "customer", Text: text})
	t.history = t.history[max(0, len(t.history)-10):]
	switch found.Decision {
	case "answer":
		return found.Answers[0].Answer.Text
	case "choose":
		t.choices = found.Answers
		lines := []string{"您想问的是哪一个？请回复数字："}
		for i, c := range found.Answers {
			lines = append(lines, fmt.Sprintf("%d. %s", i+1, c.Label))
		}
		return strings.Join(lines, "\n")
	case "suggest": // not sure enough to say it aloud
		lines := []string{"可能有帮助："}
		for _, s := range found.Answers {
			lines = append(lines, fmt.Sprintf(`<a href="%s">%s</a>`, s.URL, s.Label))
		}
		return strings.Join(lines, "\n")
	}
	if found.Reasons.Why == "no_question" {
		return "您好，请问有什么可以帮您？"
	}
	// Here the conversation is given to a human: in WeCom by kf/service_state/trans, with the trail in the agent's view.
	if err := a.jieda.handedOver(ctx, found.Trail); err != nil {
		log.Printf("contacts: %v", err)
	}
	return handOver(found.Handover)
}

func handOver(h *handover) string {
	if h == nil {
		return "正在为您转接人工客服，请稍候。"
	}
	return strings.TrimSpace(h.Text + " " + h.URL)
}

// textMessage is a reply as WeCom expects it, before it is encrypted. A text may have 2,048 bytes.
func textMessage(to message, text string) string {
	var b strings.Builder
	field := func(name, value string) {
		b.WriteString("<" + name + ">")
		xml.EscapeText(&b, []byte(value)) // a strings.Builder does not fail
		b.WriteString("</" + name + ">")
	}
	b.WriteString("<xml>")
	field("ToUserName", to.FromUserName)
	field("FromUserName", to.ToUserName)
	field("CreateTime", strconv.FormatInt(time.Now().Unix(), 10))
	field("MsgType", "text")
	field("Content", text)
	b.WriteString("</xml>")
	return b.String()
}

var errSignature = errors.New("the signature is wrong: check WECOM_TOKEN")
