// Package semantictest is an embeddings endpoint for tests: a real HTTP server that speaks the protocol of OpenAI's
// POST /v1/embeddings and gives the same text the same vector every time. It can be made to fail in all the ways in
// which endpoints do.
package semantictest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
)

// Model is the only one that the server has.
const Model = "test-embedding"

// Dimensions are those of its vectors unless others are asked for.
const Dimensions = 256

// A Server is an endpoint. Its vectors are counts of hashed characters and pairs of them, in which synonyms are written
// alike: it knows that 捡到 is 拾获, and nothing else of Chinese.
type Server struct {
	// URL is the base address, with /v1.
	URL string

	http     *httptest.Server
	synonyms *strings.Replacer

	mu       sync.Mutex
	fault    Fault
	requests int
	texts    []string
	headers  http.Header
}

// A Fault is something to do wrong. Its zero value answers as it should.
type Fault struct {
	Delay      time.Duration // before the answer
	Status     int           // instead of an answer, with an error as OpenAI writes it
	RetryAfter string        // the header
	Page       bool          // with Status: a page of HTML, as proxies write it
	Truncated  bool          // half of the answer
	Shuffled   bool          // vectors in another order, with the right index: allowed
	Twice      bool          // the first index for all
	Fewer      bool          // one vector less
	Shorter    bool          // vectors of one number less
	Zeros      bool          // vectors of zeros
	Refuse     string        // 400 when one of the texts holds this
	Times      int           // how often, then it is over; 0 for ever
}

// New starts a server that is closed with the test. Of each list of synonyms, all are written like the first.
func New(t testing.TB, synonyms ...[]string) *Server {
	t.Helper()
	s := Start(synonyms...)
	t.Cleanup(s.Close)
	return s
}

// Start is New for scripts, which close the server themselves.
func Start(synonyms ...[]string) *Server {
	var pairs []string
	for _, group := range synonyms {
		for _, word := range group[1:] {
			pairs = append(pairs, word, group[0])
		}
	}
	s := &Server{synonyms: strings.NewReplacer(pairs...)}
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL + "/v1"
	return s
}

// Close stops the server: from then on there is no connection.
func (s *Server) Close() { s.http.Close() }

// Do makes the server do something wrong from now on.
func (s *Server) Do(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// Requests is how many there were, those that failed counted.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// Texts are all texts that were sent, in order.
func (s *Server) Texts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.texts...)
}

// Header is that of the last request.
func (s *Server) Header() http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.headers
}

type request struct {
	Input      []string `json:"input"`
	Model      string   `json:"model"`
	Dimensions int      `json:"dimensions"`
}

type embedding struct {
	Object    string    `json:"object"`
	Index     int       `json:"index"`
	Embedding []float32 `json:"embedding"`
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	var asked request
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	s.mu.Lock()
	s.requests++
	s.texts = append(s.texts, asked.Input...)
	s.headers = r.Header.Clone()
	f := s.fault
	if f.Times > 0 {
		if s.fault.Times--; s.fault.Times == 0 {
			s.fault = Fault{}
		}
	}
	s.mu.Unlock()

	if f.Delay > 0 {
		select {
		case <-time.After(f.Delay):
		case <-r.Context().Done():
			return
		}
	}
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/v1/embeddings":
		refuse(w, http.StatusNotFound, "no such path")
		return
	case f.Status != 0 && f.Page:
		w.WriteHeader(f.Status)
		fmt.Fprint(w, "<html>"+strings.Repeat("something went wrong. ", 1000)+"</html>")
		return
	case f.Status != 0:
		refuse(w, f.Status, "as the test wants it")
		return
	case asked.Model != Model:
		refuse(w, http.StatusNotFound, "no such model: "+asked.Model)
		return
	}
	dimensions := Dimensions
	if asked.Dimensions > 0 {
		dimensions = asked.Dimensions
	}
	if f.Shorter {
		dimensions--
	}
	data := make([]embedding, 0, len(asked.Input))
	for i, text := range asked.Input {
		if f.Refuse != "" && strings.Contains(text, f.Refuse) {
			refuse(w, http.StatusBadRequest, "this text is too long")
			return
		}
		e := embedding{"embedding", i, s.vector(text, dimensions)}
		if f.Zeros {
			clear(e.Embedding)
		}
		data = append(data, e)
	}
	if f.Shuffled {
		for i, j := 0, len(data)-1; i < j; i, j = i+1, j-1 {
			data[i], data[j] = data[j], data[i]
		}
	}
	if f.Twice {
		for i := range data {
			data[i].Index = 0
		}
	}
	if f.Fewer {
		data = data[1:]
	}
	answer, err := json.Marshal(map[string]any{"object": "list", "model": Model, "data": data})
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if f.Truncated {
		w.Header().Set("Content-Length", fmt.Sprint(len(answer)))
		answer = answer[:len(answer)/2]
	}
	_, _ = w.Write(answer) // who asked may have gone
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"error":{"message":%q,"type":"test","param":null,"code":null}}`, message)
}

// vector counts hashed characters and pairs of the text's letters and digits; pairs count twice.
func (s *Server) vector(text string, dimensions int) []float32 {
	v := make([]float32, dimensions)
	v[0] = 0.1 // no text is nothing
	add := func(feature string, weight float32) {
		h := fnv.New32a()
		h.Write([]byte(feature))
		v[int(h.Sum32())%dimensions] += weight
	}
	last := ""
	for _, r := range s.synonyms.Replace(strings.ToLower(text)) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			last = ""
			continue
		}
		add(string(r), 1)
		if last != "" {
			add(last+string(r), 2)
		}
		last = string(r)
	}
	return v
}
