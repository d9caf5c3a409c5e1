package semantic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// Reasons for which there is no vector, as metrics name them.
const (
	Timeout     = "timeout"      // no answer in time
	Unreachable = "unreachable"  // no connection, or it broke off
	RateLimited = "rate_limited" // 429
	Refused     = "refused"      // any other 4xx: a wrong key or model, or a text that the model does not take
	Failed      = "failed"       // 5xx
	Malformed   = "malformed"    // an answer that is cut off, or does not have one vector for each text
	Dimensions  = "dimensions"   // vectors of another length than was set, or than before
	Paused      = "paused"       // it failed several times and is left alone for a while
)

// An Error says why an endpoint gave no vectors.
type Error struct {
	Reason string
	Status int           // of HTTP; 0 when there was no answer
	After  time.Duration // that the endpoint asks to wait before the next request; 0 when it does not say
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("embeddings: %s: %v", e.Reason, e.Err) }
func (e *Error) Unwrap() error { return e.Err }

// textRefused says that the endpoint may take other texts.
func (e *Error) textRefused() bool {
	return e.Status == http.StatusBadRequest || e.Status == http.StatusRequestEntityTooLarge || e.Status == http.StatusUnprocessableEntity
}

// A client asks the endpoint, once a call.
type client struct {
	api        *openai.Client
	transport  *http.Transport
	model      string
	dimensions int // to ask for; 0 to take what the model has
}

func newClient(o Options) *client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64 // questions are asked side by side
	config := openai.DefaultConfig(o.Key)
	config.BaseURL = strings.TrimSuffix(strings.TrimRight(o.URL, "/"), "/embeddings")
	config.HTTPClient = boundedDoer{&http.Client{Transport: transport}}
	return &client{openai.NewClientWithConfig(config), transport, o.Model, o.Dimensions}
}

func (c *client) close() { c.transport.CloseIdleConnections() }

// maxAnswer bounds what is read of an answer: 1,000 texts with vectors of 4,096 numbers of 16 characters.
const maxAnswer = 64 << 20

// boundedDoer reads answers up to maxAnswer; what is longer is cut off, and so no JSON.
type boundedDoer struct{ client *http.Client }

func (d boundedDoer) Do(r *http.Request) (*http.Response, error) {
	resp, err := d.client.Do(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	}
	return resp, err
}

// embed returns the vectors of the texts, in their order, as the endpoint has them. want is the number of dimensions
// that they must have, any when 0, but all the same. Errors are *Error, or ctx's when the caller gave up.
func (c *client) embed(ctx context.Context, texts []string, want int) ([][]float32, error) {
	answer, err := c.api.CreateEmbeddings(ctx, openai.EmbeddingRequestStrings{
		Input: texts, Model: openai.EmbeddingModel(c.model), Dimensions: c.dimensions,
	})
	if err != nil {
		return nil, classify(ctx, err, answer.Header())
	}
	malformed := func(format string, args ...any) ([][]float32, error) {
		return nil, &Error{Reason: Malformed, Err: fmt.Errorf(format, args...)}
	}
	if len(answer.Data) != len(texts) {
		return malformed("%d vectors for %d texts", len(answer.Data), len(texts))
	}
	vectors := make([][]float32, len(texts))
	for _, d := range answer.Data { // in any order: index says whose it is
		switch {
		case d.Index < 0 || d.Index >= len(texts):
			return malformed("a vector for text %d of %d", d.Index, len(texts))
		case vectors[d.Index] != nil:
			return malformed("two vectors for text %d", d.Index)
		case len(d.Embedding) == 0:
			return malformed("an empty vector for text %d", d.Index)
		}
		if want == 0 {
			want = len(d.Embedding)
		}
		if len(d.Embedding) != want {
			return nil, &Error{Reason: Dimensions, Err: fmt.Errorf("a vector of %d numbers instead of %d", len(d.Embedding), want)}
		}
		vectors[d.Index] = d.Embedding
	}
	return vectors, nil
}

func classify(ctx context.Context, err error, header http.Header) error {
	var apiError *openai.APIError
	var requestError *openai.RequestError
	status := 0
	if errors.As(err, &apiError) {
		status = apiError.HTTPStatusCode
	} else if errors.As(err, &requestError) {
		status = requestError.HTTPStatusCode
		// Its text quotes the whole body, which may be any page of any proxy.
		err = fmt.Errorf("status %d: %.200s", status, strings.ToValidUTF8(string(requestError.Body), "?"))
	}
	e := &Error{Status: status, Err: err}
	switch {
	case status == http.StatusTooManyRequests:
		e.Reason, e.After = RateLimited, retryAfter(header)
	case status >= 500:
		e.Reason, e.After = Failed, retryAfter(header)
	case status >= 400:
		e.Reason = Refused
	case status != 0:
		e.Reason = Failed
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case ctx.Err() != nil, errors.Is(err, context.DeadlineExceeded):
		e.Reason = Timeout
	case header != nil: // there was an answer
		e.Reason = Malformed
	default:
		e.Reason = Unreachable
	}
	return e
}

// maxAfter bounds how long an endpoint may keep us waiting.
const maxAfter = 10 * time.Minute

// retryAfter reads the header of that name, in seconds or as a date; 0 when it is missing or makes no sense.
func retryAfter(header http.Header) time.Duration {
	value := header.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return min(max(time.Duration(seconds)*time.Second, 0), maxAfter)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(time.Until(at), 0), maxAfter)
	}
	return 0
}
