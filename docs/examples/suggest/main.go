// Suggest asks jieda for suggested answers and does what each decision allows. It uses the standard library only.
//
//	JIEDA=http://localhost:8080 JIEDA_KEY=jieda_… go run ./docs/examples/suggest 钱啥时候退回来
//
// Without JIEDA_KEY it sees public articles only.
package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// A Found is what jieda answers, as far as a chat needs it.
type Found struct {
	SearchID string `json:"search_id"`
	Decision string `json:"decision"`
	Trail    string `json:"trail"` // for the next question, and for the human who takes over
	Reasons  struct {
		Why string `json:"why"`
	} `json:"reasons"`
	Answers []struct {
		Label  string `json:"label"`
		URL    string `json:"url"`
		Answer struct {
			Text string `json:"text"`
		} `json:"answer"`
	} `json:"answers"`
	Handover *struct {
		Text string `json:"text"`
		URL  string `json:"url"`
	} `json:"handover"`
}

func main() {
	found, err := suggest(context.Background(), strings.Join(os.Args[1:], " "))
	if err != nil {
		fmt.Fprintln(os.Stderr, err) // hand over to a human then
		os.Exit(1)
	}
	fmt.Println(found.Decision)
	fmt.Println(reply(found))
}

// suggest asks with a deadline: a customer who waits is better served by a human.
func suggest(ctx context.Context, message string) (*Found, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	body, err := json.Marshal(map[string]any{"message": message, "channel": "wecom"})
	if err != nil {
		return nil, err
	}
	at := cmp.Or(os.Getenv("JIEDA"), "http://localhost:8080") + "/api/v1/suggest"
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if key := os.Getenv("JIEDA_KEY"); key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer got.Body.Close()
	if got.StatusCode != http.StatusOK {
		var problem struct{ Code, Detail string } // code for programs, detail for people
		err := json.NewDecoder(got.Body).Decode(&problem)
		return nil, fmt.Errorf("%s: %s %s (%v)", got.Status, problem.Code, problem.Detail, err)
	}
	var found Found
	return &found, json.NewDecoder(got.Body).Decode(&found)
}

// reply puts what was found into one message to the customer.
func reply(found *Found) string {
	switch found.Decision {
	case "answer":
		return found.Answers[0].Answer.Text
	case "choose":
		lines := []string{"您想问的是哪一个？"}
		for i, a := range found.Answers {
			lines = append(lines, fmt.Sprintf("%d. %s", i+1, a.Label))
		}
		return strings.Join(lines, "\n")
	case "suggest":
		lines := []string{"可能有帮助："}
		for _, a := range found.Answers {
			lines = append(lines, a.Label+" "+a.URL)
		}
		return strings.Join(lines, "\n")
	}
	switch {
	case found.Reasons.Why == "no_question":
		return "您好，请问有什么可以帮您？"
	case found.Handover == nil:
		return "正在为您转接人工客服"
	}
	return strings.TrimSpace(found.Handover.Text + " " + found.Handover.URL)
}
