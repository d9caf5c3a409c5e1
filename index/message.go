package index

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"jieda/index/analysis"
)

// A Message is what a customer wrote in a chat. Its Request's Query is the message as it was written, greeting, order
// number and all; Offset does not count.
type Message struct {
	Request
	// Earlier are the customer's own messages before it, oldest first. They are looked at only when the message cannot be
	// understood without them ("那多久到账？").
	Earlier []string
}

// Reasons.Why of messages, besides those of questions.
const (
	WhySeveral    = "several"     // the message asks several things; each hit answers another of them
	WhyPartly     = "partly"      // it asks several things, and some of them are not to be found: see Reading.Unanswered
	WhyNoQuestion = "no_question" // greeting, thanks, a number: nothing to look up, nothing to hand over either
	WhyComplaint  = "complaint"   // nothing to look up, but the customer is angry
	WhyHuman      = "human"       // the customer wants a person
	WhyIncomplete = "incomplete"  // it refers to something that was not said before
)

const (
	// maxQuestions is how many questions of one message are searched by themselves, besides the message as a whole.
	maxQuestions = 3
	// maxEarlier is how many earlier messages are looked at for what a follow-up is about.
	maxEarlier = 5
	// agreeing: a part of a message is answered aloud only when the answer is so high among the hits of the whole message.
	agreeing = 3
	// ownContent is how much content (see contentOf) makes a question one of its own; 怎么回事 has none.
	ownContent = 2
	// The answer of the whole message passes over none of its questions if it holds so much of each one's weight; less is
	// enough within one sentence, whose clauses share their subject.
	covering, coveringClause = 0.6, 0.25
	// ownQuestion is how many characters a wording has that a clause asks when it holds it; shorter ones are topics.
	ownQuestion = 5
	// How much content a follow-up may have: with a word that refers back, without a subject, and otherwise.
	referringContent, subjectlessContent, shortContent = 4, 2, 1
)

// Ask finds what answers a chat message. A message that is one question gets what Search gives; for any other, the
// questions in it are searched one by one, and the response says in Reading how. Reading is never nil. Errors are those
// of Search. The same message, earlier messages and generation give the same response.
//
// Being taken apart or completed never makes an answer less safe: a part is answered aloud only if the whole message
// brings the same article (see agreeing), a completed question only under the rules of [generation.followUp]; two
// questions with different answers are offered for choice, since either answer alone would pass over the other.
func (x *Index) Ask(ctx context.Context, m Message) (*Response, error) {
	g, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer g.release(x.log)
	m.Offset = 0
	if m.Limit > 0 {
		m.Limit = max(m.Limit, MaxChoices)
	}
	a := &asking{g: g, words: g.meta.view(m.Audiences, m.now()), request: m.Request}
	resp, err := a.ask(ctx, m)
	if err != nil {
		return nil, fmt.Errorf("answering a message: %w", err)
	}
	g.label(resp.Hits)
	resp.Query = strings.TrimSpace(analysis.Clean(m.Query))
	if resp.Reading.Questions == nil {
		resp.Reading.Questions = []string{}
	}
	return resp, nil
}

// asking is one message being answered.
type asking struct {
	g       *generation
	words   *view
	request Request
	reading Reading
}

// search puts one question to the index.
func (a *asking) search(ctx context.Context, question string) (*Response, error) {
	r := a.request
	r.Query = question
	a.reading.Questions = append(a.reading.Questions, question)
	return a.g.search(ctx, r)
}

func (a *asking) ask(ctx context.Context, m Message) (resp *Response, err error) {
	defer func() {
		if resp != nil {
			resp.Reading = &a.reading
		}
	}()
	parts, aside := a.words.read(m.Query)
	a.reading.SetAside = aside
	if len(parts) == 0 {
		// Some sites answer 你好 or 转人工 with an article.
		if resp, err = a.search(ctx, m.Query); err != nil || resp.Reasons.Exact {
			return resp, err
		}
		a.reading.Questions = nil
		return silent(resp, aside), nil
	}
	question := m.Query
	if len(aside) > 0 {
		question = joined(parts)
	}
	a.reading.Questions = append(a.reading.Questions, question)
	r := a.request
	r.Query = question
	whole, ranked, err := a.g.searchRanked(ctx, r)
	switch {
	case err != nil:
		return nil, err
	case whole.Reasons.Exact, whole.Reasons.Why == "unknown_code":
		return whole, nil
	case len(parts) > 1:
		if all, err := a.covers(ctx, whole, ranked, parts); all || err != nil {
			return whole, err
		}
		return a.parts(ctx, whole, parts)
	case isFollowUp(parts[0]):
		return a.followUp(ctx, whole, parts[0], m.Earlier)
	}
	return whole, nil
}

func joined(parts []part) string {
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = p.text
	}
	return strings.Join(texts, "，")
}

// silent is the response to a message that asks nothing.
func silent(resp *Response, aside []Aside) *Response {
	why := WhyNoQuestion
	for _, s := range aside {
		switch {
		case s.Kind == Human:
			why = WhyHuman
		case s.Kind == Complaint && why != WhyHuman:
			why = WhyComplaint
		}
	}
	return &Response{
		Decision: None, Reasons: Reasons{Why: why, Unknown: []string{}}, Generation: resp.Generation,
		Hits: []Hit{}, Categories: []Count{}, Kinds: []Count{},
	}
}

// covers says whether a message is answered as a whole, by an article that holds what every one of its questions asks about:
// 商标证书怎么邮寄？是否收费？; 卡也插了，为什么一直提示没插.
func (a *asking) covers(ctx context.Context, whole *Response, ranked []candidate, parts []part) (bool, error) {
	if whole.Decision != Answer || len(ranked) == 0 {
		return false, nil
	}
	asking := slices.DeleteFunc(slices.Clone(parts), func(p part) bool { return !p.asks })
	if len(asking) == 0 {
		return false, nil
	}
	least := coveringClause
	if slices.ContainsFunc(asking, func(p part) bool { return p.sentence != asking[0].sentence }) {
		least = covering
	}
	for _, p := range asking {
		q := a.g.query(a.words, p.text)
		list, err := a.g.rank(ctx, q, []uint32{ranked[0].ordinal})
		if err != nil {
			return false, fmt.Errorf("reading the best hit: %w", err)
		}
		if list[0].coverage < least {
			return false, nil
		}
		if other, err := a.isOther(ctx, q, ranked); other || err != nil {
			return false, err
		}
	}
	return true, nil
}

// isOther says whether a clause holds, letter for letter, a question of the hits behind the best one: the text of E2001怎么办
// links to 退款多久到账, and still does not answer it.
func (a *asking) isOther(ctx context.Context, q *query, ranked []candidate) (is bool, err error) {
	var ids []uint32
	for _, c := range ranked[1:min(len(ranked), maxRivals)] {
		ids = append(ids, c.ordinal)
	}
	if len(ids) == 0 {
		return false, nil
	}
	list, err := a.g.rank(ctx, q, ids)
	if err != nil {
		return false, fmt.Errorf("reading the hits behind the best: %w", err)
	}
	units := map[uint32]int{}
	for _, c := range list {
		units[c.ordinal] = c.unit
	}
	err = a.g.reader.Vectors(ctx, ids, func(i int, b []byte) error {
		wording := wordingOf(b, units[ids[i]])
		is = is || utf8.RuneCountInString(wording) >= ownQuestion && strings.Contains(q.compact, wording)
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("reading the hits behind the best: %w", err)
	}
	return is, nil
}

// parts answers a message of several clauses. Where the message as a whole is not answered, one of its clauses may be;
// where it asks several things, none may be passed over.
func (a *asking) parts(ctx context.Context, whole *Response, parts []part) (*Response, error) {
	var own []part
	for _, p := range parts {
		if p.asks && p.content >= ownContent {
			own = append(own, p)
		}
	}
	if len(own) == 1 && whole.Decision == Answer {
		return whole, nil
	}
	if len(own) == 0 { // 耳机左边没声音了，昨天才收到的
		for _, p := range parts {
			if p.content >= ownContent {
				own = append(own, p)
			}
		}
	}
	own = own[:min(len(own), maxQuestions)]
	found := make([]*Response, len(own))
	for i, p := range own {
		var err error
		if found[i], err = a.search(ctx, p.text); err != nil {
			return nil, err
		}
	}
	if len(own) > 1 && own[0].asks {
		return a.several(whole, own, found), nil
	}
	if troubles := answers(found); len(troubles) > 1 { // 耳机没声音，手机也死机了
		return a.several(whole, own, troubles), nil
	}
	if whole.Decision == Answer {
		return whole, nil
	}
	best := whole
	for _, r := range found {
		switch {
		case r.Decision != Answer:
			if rank(r.Decision) > rank(best.Decision) && best.Decision != Answer {
				best = r
			}
		case agrees(whole, r):
			return r, nil
		default:
			return choice(r, whole), nil
		}
	}
	return best, nil
}

// answers are those of the responses that are answers, one an article.
func answers(found []*Response) (list []*Response) {
	for _, r := range found {
		if r.Decision == Answer && !slices.ContainsFunc(list, func(other *Response) bool { return sameTop(other, r) }) {
			list = append(list, r)
		}
	}
	return list
}

// several answers a message that asks several things: 发票怎么开，另外积分什么时候过期.
func (a *asking) several(whole *Response, own []part, found []*Response) *Response {
	var answered []*Response // with different articles
	lost := false
	for i, r := range found {
		if len(r.Hits) == 0 || rank(r.Decision) < rank(Choose) {
			lost = true
			a.reading.Unanswered = append(a.reading.Unanswered, own[i].text)
			continue
		}
		if !slices.ContainsFunc(answered, func(other *Response) bool { return sameTop(other, r) }) {
			answered = append(answered, r)
		}
	}
	switch {
	case len(answered) == 0:
		a.reading.Unanswered = nil
		if whole.Decision == Answer {
			return whole
		}
		for _, r := range found {
			if rank(r.Decision) > rank(whole.Decision) {
				whole = r
			}
		}
		return whole
	case len(answered) > 1:
		resp := choice(answered...)
		resp.Reasons.Why = WhySeveral
		resp.Hits = resp.Hits[:min(len(resp.Hits), len(answered), MaxChoices)]
		return resp
	case !lost && whole.Decision == Answer && sameTop(whole, answered[0]):
		return whole
	case !lost && answered[0].Decision == Answer && agrees(whole, answered[0]):
		return answered[0]
	case lost && answered[0].Decision == Answer:
		if whole.Decision == Answer && sameTop(whole, answered[0]) && len(a.reading.Unanswered) == 0 {
			return whole
		}
		resp := *answered[0]
		resp.Decision, resp.Reasons.Why = Suggest, WhyPartly
		return &resp
	}
	if whole.Decision == Answer {
		return choice(whole, answered[0])
	}
	return choice(answered[0], whole)
}

// rank orders decisions by what may be done with them.
func rank(d Decision) int {
	switch d {
	case Answer:
		return 3
	case Choose:
		return 2
	case Suggest:
		return 1
	}
	return 0
}

func sameTop(a, b *Response) bool {
	return len(a.Hits) > 0 && len(b.Hits) > 0 && a.Hits[0].ArticleID == b.Hits[0].ArticleID
}

// agrees says whether the best hit of one response is among the first of the whole message's, and these are worth
// something: of 我没有微粒贷入口，帮我开通下吗 a cloud provider knows the second half.
func agrees(whole, r *Response) bool {
	return whole.Decision != None && slices.ContainsFunc(whole.Hits[:min(len(whole.Hits), agreeing)], func(h Hit) bool {
		return h.ArticleID == r.Hits[0].ArticleID
	})
}

// choice offers the best hits of several responses, then what else the first found; to be chosen from, or as links
// when there is only one. No article stands in it twice.
func choice(from ...*Response) *Response {
	resp := *from[0]
	resp.Decision, resp.Reasons.Why = Choose, "close"
	resp.Rescued = nil
	resp.Hits = make([]Hit, 0, len(from[0].Hits)+len(from))
	add := func(hits []Hit) {
		for _, h := range hits {
			if !slices.ContainsFunc(resp.Hits, func(have Hit) bool { return have.ArticleID == h.ArticleID }) {
				resp.Hits = append(resp.Hits, h)
			}
		}
	}
	for _, r := range from {
		add(r.Hits[:min(len(r.Hits), 1)])
	}
	add(from[0].Hits)
	if len(resp.Hits) < minChoices {
		resp.Decision = Suggest
	}
	return &resp
}

// isFollowUp says whether a question may not be understood without what was said before: it refers back (那, 它, 这个,
// …呢) and says little; it begins without a subject (要运费吗); or it says next to nothing (多久, 怎么申请, 还是不行).
func isFollowUp(p part) bool {
	switch {
	case refersBack(p.text):
		return p.content <= referringContent
	case subjectless.prefixLen(p.text) > 0:
		return p.asks && p.content <= subjectlessContent
	}
	return p.content <= shortContent
}

func refersBack(text string) bool {
	return turns.prefixLen(text) > 0 || pronouns.prefixLen(text) > 0 || strings.HasSuffix(text, "呢")
}

// isBare says whether a follow-up names something and asks nothing of it: 那耳机呢.
func isBare(text string) bool {
	return !askWords.in(strings.TrimSuffix(withoutWords(text, turns, pronouns), "呢"))
}

// followUp answers a question that needs what was said before. What it is about is taken from the latest earlier
// message that is about something. The completed question may be answered only if
//
//   - the wording that matched asks the same kind of thing (要钱吗 must not be answered with how to do it), and
//   - the follow-up by itself brings the same article, unless it says next to nothing.
//
// When completed and by itself have different answers, the customer chooses.
func (a *asking) followUp(ctx context.Context, alone *Response, p part, earlier []string) (*Response, error) {
	topic := ""
	for i := len(earlier) - 1; i >= max(0, len(earlier)-maxEarlier) && topic == ""; i-- {
		parts, _ := a.words.read(firstRunes(earlier[i], MaxQuery))
		if len(parts) == 1 && (parts[0].content <= shortContent || refersBack(parts[0].text)) {
			continue
		}
		topic = topicOf(parts)
	}
	if topic == "" {
		return unsaid(alone, p), nil
	}
	rest := withoutWords(p.text, turns, pronouns)
	bare := isBare(p.text)
	if bare {
		rest = strings.TrimSpace(strings.TrimSuffix(rest, "呢"))
		if strings.ContainsFunc(rest, isLatin) { // X5 Pro 防水吗, 那 W3 呢
			topic = strings.TrimSpace(strings.TrimFunc(topic, func(r rune) bool { return isLatin(r) || r == ' ' }))
		}
	}
	if topic == "" || rest == "" {
		return unsaid(alone, p), nil
	}
	question := topic + rest
	switch {
	case strings.Contains(rest, topic):
		question = rest
	case isNameByte(topic[len(topic)-1]) && isNameByte(rest[0]):
		question = topic + " " + rest
	}
	completed, err := a.search(ctx, question)
	if err != nil {
		return nil, err
	}
	if len(completed.Hits) == 0 || rank(completed.Decision) < min(rank(alone.Decision), rank(Choose)) {
		return unsaid(alone, p), nil
	}
	a.reading.Completed = question
	if completed.Decision == Answer && (bare || !sameKind(rest, completed.Hits[0].MatchedQuestion) ||
		p.content > shortContent && !agrees(alone, completed)) {
		completed = choice(completed)
	}
	switch {
	case alone.Decision != Answer && completed.Decision == Choose && rank(alone.Decision) >= rank(Choose):
		return choice(completed, alone), nil
	case alone.Decision != Answer:
		return completed, nil
	case !sameTop(alone, completed):
		return choice(completed, alone), nil
	case p.standsAlone():
		return alone, nil
	}
	return completed, nil
}

// standsAlone says whether a follow-up says enough to be answered by itself.
func (p part) standsAlone() bool {
	return p.content > shortContent && pronouns.prefixLen(p.text) == 0 && !isBare(p.text)
}

// unsaid is the response to a follow-up of which nobody knows what it follows. By itself it may look clear, 怎么办理
// has every word of one of the questions, but it is not said aloud when it names nothing.
func unsaid(alone *Response, p part) *Response {
	if alone.Decision != Answer || p.standsAlone() {
		return alone
	}
	resp := choice(alone)
	resp.Reasons.Why = WhyIncomplete
	return resp
}

// sameKind says whether two questions ask the same kind of thing: how long, how much, where …
func sameKind(a, b string) bool {
	kind := func(s string) traits {
		return traitsOf(compact(analysis.Fold(s, analysis.QueryScript(s, false)))).intent()
	}
	return kind(a) == kind(b)
}
