package semantic

import (
	"container/list"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// Options say where vectors come from and where they are kept.
type Options struct {
	// URL is the base address of the API, "http://127.0.0.1:11434/v1"; with or without "/embeddings" at its end.
	URL, Model string
	Key        string // sent as a bearer token; none when empty
	// Dimensions are asked for and checked. 0 to take what the model has; most models do not let one choose.
	Dimensions int
	// QuestionPrefix and PassagePrefix are put before the texts, for models that want to be told what they read:
	// "query: " and "passage: " for E5.
	QuestionPrefix, PassagePrefix string
	// Batch is how many passages are sent at once, DefaultBatch when 0.
	Batch int
	// Timeout is how long a question may take (DefaultTimeout when 0), BatchTimeout a batch of passages
	// (DefaultBatchTimeout when 0).
	Timeout, BatchTimeout time.Duration
	Dir                   string       // where vectors are kept; made when it is not there
	Logger                *slog.Logger // slog.Default() when nil
}

// What Options are when they are 0.
const (
	DefaultBatch        = 32
	DefaultTimeout      = 150 * time.Millisecond
	DefaultBatchTimeout = 30 * time.Second
)

// An Embedder knows the vectors of texts. Safe for concurrent use.
type Embedder struct {
	opts      Options
	client    *client
	store     *store
	asking    *breaker // for questions
	filling   *breaker // for passages
	questions recent
}

// Open opens the vectors that are on disk. The endpoint is not asked for anything yet; it need not be there. The
// caller closes the Embedder, and sees to it that no other process opens the same folder.
func Open(o Options) (*Embedder, error) {
	if o.URL == "" || o.Model == "" {
		return nil, errors.New("semantic: no URL or no model given")
	}
	if o.Batch <= 0 {
		o.Batch = DefaultBatch
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.BatchTimeout <= 0 {
		o.BatchTimeout = DefaultBatchTimeout
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	s, err := openStore(o.Dir, o.Model, o.Dimensions)
	if err != nil {
		return nil, err
	}
	if s.damaged > 0 {
		o.Logger.Warn("some vectors on disk were damaged and are asked for again", "vectors", s.damaged)
	}
	return &Embedder{
		opts: o, client: newClient(o), store: s,
		asking: newBreaker("questions", o.Logger), filling: newBreaker("passages", o.Logger),
		questions: recent{size: recentQuestions, byText: map[string]*list.Element{}},
	}, nil
}

// Close closes the file. What is still being asked fails or is kept in memory only.
func (e *Embedder) Close() error {
	e.client.close()
	return e.store.close()
}

// Model is the name of the model.
func (e *Embedder) Model() string { return e.opts.Model }

// Timeout is how long Question takes at most.
func (e *Embedder) Timeout() time.Duration { return e.opts.Timeout }

// dimensions that vectors must have, 0 when any will do.
func (e *Embedder) dimensions() int {
	if e.opts.Dimensions > 0 {
		return e.opts.Dimensions
	}
	return e.store.length()
}

// Question returns the vector of a question, from memory if it was asked lately. It takes Options.Timeout at most, and
// no time while the endpoint is being left alone. Errors: *Error, or ctx's when the caller gave up.
func (e *Embedder) Question(ctx context.Context, text string) (Question, error) {
	if q, ok := e.questions.get(text); ok {
		return q, nil
	}
	if e.asking.wait() > 0 {
		return Question{}, &Error{Reason: Paused, Err: errors.New("it failed several times and is left alone for a while")}
	}
	within, cancel := context.WithTimeout(ctx, e.opts.Timeout)
	defer cancel()
	numbers, err := e.client.embed(within, []string{e.opts.QuestionPrefix + text}, e.dimensions())
	if err != nil && ctx.Err() != nil {
		return Question{}, ctx.Err() // the customer has gone: the endpoint is not to blame
	}
	var q Question
	if err == nil {
		var ok bool
		if q, ok = newQuestion(numbers[0]); !ok {
			err = &Error{Reason: Malformed, Err: errors.New("a vector of zeros")}
		}
	}
	e.asking.report(err)
	if err != nil {
		return Question{}, err
	}
	e.questions.put(text, q)
	return q, nil
}

// Passage returns the vector of a passage if it is known; it may be Missing. The endpoint is not asked: see Fill.
func (e *Embedder) Passage(k Key) Vector { return e.store.get(k) }

// PassageKey is the key of a passage's text.
func (e *Embedder) PassageKey(text string) Key { return KeyOf(e.opts.PassagePrefix + text) }

// Batch is how many texts to give to Fill at once.
func (e *Embedder) Batch() int { return e.opts.Batch }

// Fill asks for the vectors of passages, which Passage knows from then on. While the endpoint fails it waits and tries
// again, for ever if need be: it returns early only with ctx's error. refused is how many of the texts the endpoint
// does not take, though it takes others; they stay without a vector.
func (e *Embedder) Fill(ctx context.Context, texts []string) (refused int, err error) {
	for {
		err := e.ask(ctx, texts)
		if err == nil {
			return 0, nil
		}
		var bad *Error
		if errors.As(err, &bad) && bad.textRefused() && (len(texts) > 1 || e.taken()) {
			// One text that is too long spoils the batch: each by itself.
			if refused, ok := e.fillSingly(ctx, texts); ok {
				return refused, nil
			}
		}
		if err := sleep(ctx, max(e.filling.wait(), retryFirst)); err != nil {
			return 0, err
		}
	}
}

// retryFirst is the pause after a failure that the breaker still tolerates.
const retryFirst = 200 * time.Millisecond

// taken says whether the endpoint ever took a passage.
func (e *Embedder) taken() bool { return e.store.length() > 0 }

// fillSingly asks for one text at a time and counts the refused ones. ok is false when none was taken, so that it is
// not the texts that are wrong, or the endpoint failed otherwise.
func (e *Embedder) fillSingly(ctx context.Context, texts []string) (refused int, ok bool) {
	for _, text := range texts {
		if err := e.ask(ctx, []string{text}); err != nil {
			var bad *Error
			if !errors.As(err, &bad) || !bad.textRefused() {
				return 0, false
			}
			refused++
		}
	}
	return refused, refused < len(texts) || len(texts) == 1
}

// ask asks for the vectors of texts once and keeps them.
func (e *Embedder) ask(ctx context.Context, texts []string) error {
	within, cancel := context.WithTimeout(ctx, e.opts.BatchTimeout)
	defer cancel()
	prefixed := make([]string, len(texts))
	for i, text := range texts {
		prefixed[i] = e.opts.PassagePrefix + text
	}
	numbers, err := e.client.embed(within, prefixed, e.dimensions())
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	keys, vectors := make([]Key, len(numbers)), make([]Vector, len(numbers))
	for i := range numbers {
		var ok bool
		if vectors[i], ok = newVector(numbers[i]); !ok {
			err = &Error{Reason: Malformed, Err: errors.New("a vector of zeros")}
		}
		keys[i] = KeyOf(prefixed[i])
	}
	e.filling.report(err)
	if err != nil {
		return err
	}
	if err := e.store.add(keys, vectors); err != nil {
		e.opts.Logger.Error("vectors cannot be written and are kept in memory only", "err", err)
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Retain forgets the passages that are not among keys, when that is worth writing the file again.
func (e *Embedder) Retain(keys map[Key]bool) error { return e.store.retain(keys) }

// Stats counts what was asked since Open.
type Stats struct{ Questions, Passages Requests }

// Stats returns what was asked of the endpoint.
func (e *Embedder) Stats() Stats { return Stats{e.asking.stats(), e.filling.stats()} }

// recent keeps the vectors of the questions asked last: a page of results and the next, a customer who types the same
// again.
type recent struct {
	mu     sync.Mutex
	size   int
	order  list.List // of *askedQuestion, latest first
	byText map[string]*list.Element
}

const recentQuestions = 1000 // 2 MB with 1,024 dimensions

type askedQuestion struct {
	text   string
	vector Question
}

func (r *recent) get(text string) (Question, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, ok := r.byText[text]
	if !ok {
		return Question{}, false
	}
	r.order.MoveToFront(at)
	return at.Value.(*askedQuestion).vector, true
}

func (r *recent) put(text string, v Question) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at, ok := r.byText[text]; ok {
		r.order.MoveToFront(at)
		return
	}
	r.byText[text] = r.order.PushFront(&askedQuestion{text, v})
	if r.order.Len() > r.size {
		last := r.order.Back()
		delete(r.byText, last.Value.(*askedQuestion).text)
		r.order.Remove(last)
	}
}
