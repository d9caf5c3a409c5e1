package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// A client asks jieda.
type client struct{ url, key string }

// found is what POST /api/v1/suggest answers, as far as it is used here.
type found struct {
	Decision string `json:"decision"`
	Trail    string `json:"trail"`
	Reasons  struct {
		Why string `json:"why"`
	} `json:"reasons"`
	Answers  []suggestion `json:"answers"`
	Handover *handover    `json:"handover"`
}

type suggestion struct {
	Label  string `json:"label"`
	URL    string `json:"url"`
	Answer struct {
		Text string `json:"text"`
	} `json:"answer"`
}

type handover struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// earlier is a message of the conversation so far.
type earlier struct {
	Role string `json:"role"` // customer or agent
	Text string `json:"text"`
}

// suggest asks for answers to a message. WeCom waits five seconds for a reply.
func (c *client) suggest(ctx context.Context, message string, history []earlier, trail string) (*found, error) {
	body := map[string]any{"message": message, "channel": "wecom", "max_chars": 500}
	if len(history) > 0 {
		body["history"] = history
	}
	if trail != "" {
		body["trail"] = trail
	}
	got := &found{}
	return got, c.post(ctx, "/api/v1/suggest", body, http.StatusOK, got)
}

// handedOver reports that a human was needed. When the conversation ends, report its outcome in the same way:
// resolved_by_human, unresolved or abandoned.
func (c *client) handedOver(ctx context.Context, trail string) error {
	return c.post(ctx, "/api/v1/contacts", map[string]any{"trail": trail, "outcome": "handed_over"}, http.StatusNoContent, nil)
}

func (c *client) post(ctx context.Context, path string, body any, want int, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+path, bytes.NewReader(b))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer got.Body.Close()
	if got.StatusCode != want {
		var problem struct{ Code, Detail string } // stays empty when it is not jieda that answers
		_ = json.NewDecoder(got.Body).Decode(&problem)
		return fmt.Errorf("%s: %s %s %s", path, got.Status, problem.Code, problem.Detail)
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(got.Body).Decode(into)
}
