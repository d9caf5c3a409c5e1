package index

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"jieda/index/analysis"
)

// Explain says, for people, how a question was read, what each term counts, what every hit scored and why the decision
// is what it is. Labels are in English and Chinese. Errors are those of Search.
func (x *Index) Explain(ctx context.Context, r Request) (string, error) {
	g, err := x.acquire()
	if err != nil {
		return "", err
	}
	defer g.release(x.log)
	typed := g.query(g.meta.view(r.Audiences, r.now()), r.Query)
	asked := g.ask(ctx, typed, &r)
	defer asked.stop()
	q, ranked, rescued, err := g.findOrRescue(ctx, typed, &r)
	if err != nil {
		return "", fmt.Errorf("searching: %w", err)
	}
	resp, ranked, err := g.respond(ctx, q, ranked, asked.unless(rescued), &r)
	if err != nil {
		return "", err
	}
	rescued.label(resp)
	if asked != nil && asked.mixed != nil {
		for i := range ranked { // scores by words, where the response has the confidence of both
			ranked[i].score = asked.mixed[i].score
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "question 问题      %s\n", typed.cleaned)
	if rescued != nil {
		fmt.Fprintf(&b, "rescued 改按       %s (%s): finds more than what was typed 比原问题找到的更合适\n", rescued.Query, rescued.Reason)
	}
	if rescued == nil && q.folded != q.cleaned {
		fmt.Fprintf(&b, "folded 归一化      %s\n", q.folded)
	}
	fmt.Fprintf(&b, "generation 索引    %s: %d passages 段落, %d questions 问法\n", g.name, q.words.Passages, q.words.Units)
	fmt.Fprintf(&b, "self-scores 满分   D* %.2f, Q* %.2f\n", q.selfText, q.selfUnit)
	if len(q.unknown) > 0 {
		fmt.Fprintf(&b, "unknown 库中没有   %s\n", strings.Join(q.unknown, ", "))
	}
	reasons := resp.Reasons
	fmt.Fprintf(&b, "decision 判定      %s (%s): confidence 置信度 %.2f, coverage 覆盖 %.2f, margin 差距 %.2f\n",
		resp.Decision, reasons.Why, reasons.Confidence, reasons.Coverage, reasons.Margin)
	fmt.Fprintf(&b, "gates 门槛         none ≤ %.2f < suggest ≤ %.2f; answer: likelihood ≥ %.2f",
		g.gates.SuggestFrom, g.gates.NoneBelow, g.gates.AnswerFrom)
	if len(ranked) > 0 {
		fmt.Fprintf(&b, ", here 此处 %.2f", reasons.Likelihood)
	}
	b.WriteString("\n")
	if len(ranked) > 0 {
		fmt.Fprintf(&b, "because 原因       %s\n", because(reasons.Why, q, ranked))
		missing, err := g.missing(ctx, q, ranked[0].ordinal)
		if err != nil {
			return "", fmt.Errorf("reading the best hit: %w", err)
		}
		fmt.Fprintf(&b, "missing 首条缺少   %s\n", missing)
	}
	b.WriteString("\n")

	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "term 词\ttimes 次数\tin texts 段落数\tin questions 问法数\tweight in text 正文权重\tweight in question 问法权重")
	for _, t := range q.terms {
		_, inText, inUnits, _ := q.words.find(t.key)
		note := ""
		if analysis.Weight(t.key) == analysis.StopWeight {
			note = " (stop 虚词)"
		}
		fmt.Fprintf(w, "%s%s\t%d\t%d\t%d\t%.2f\t%.2f\n", t.text, note, t.count, inText, inUnits, t.inText, t.inUnit)
	}
	w.Flush()
	b.WriteString("\n")

	fmt.Fprintln(w, "#\tscore 得分\tQ 问法\tD 正文\tcoverage 覆盖\tLCS 相似\ttraits 问法类别\tconfidence 置信度\t\tpassage 段落\tmatched question 命中问法")
	page := ranked[min(r.Offset, len(ranked)):]
	for i, h := range resp.Hits {
		c := page[i]
		note := ""
		if c.exact {
			note = "exact 完全相同"
		} else if c.contains {
			note = "contains 包含"
		}
		fmt.Fprintf(w, "%d\t%.3f\t%.3f\t%.3f\t%.2f\t%.2f\t%+d\t%.2f\t%s\t%s\t%s\n", r.Offset+i+1, c.score, c.question, c.text, c.coverage,
			c.similarity, c.traits, h.Confidence, note, h.PassageID, h.MatchedQuestion)
	}
	w.Flush()
	g.explainMeaning(&b, asked, q, &r)
	return b.String(), nil
}

// because says in words why a decision with this reason was taken.
func because(why string, q *query, hits []candidate) string {
	best := hits[0]
	const opposed = "the best hit is about the opposite, or denies what is asked 首条说的正相反"
	elsewhere := "the best hit does not speak of undoing 首条没有说怎么取消"
	if q.stranger != "" {
		elsewhere = "the best hit does not name " + q.stranger + " 首条没有提到这家公司"
	}
	switch why {
	case "exact":
		return "the question is one of the best hit's own 与首条的问法完全相同"
	case "clear":
		return "likely enough, and clearly before the rest 足够可能,且明显领先"
	case "expired":
		return "the best hit is not valid at this time 首条不在有效期内"
	case "unknown_code":
		return "the best hit does not name " + strings.Join(q.lacking, ", ") + " 首条没有提到这个编号"
	case "weak":
		switch {
		case !q.telling:
			return "the question holds nothing to go by 问题里没有可依据的词"
		case best.opposite:
			return opposed
		case best.other:
			return elsewhere
		}
		return "confidence is below the gates, or there is nothing else to choose from 置信度低于门槛,或没有别的可选"
	case "close":
		switch {
		case best.opposite:
			return opposed
		case best.other:
			return elsewhere
		case !best.hasKey && q.key != nil:
			return "the best hit lacks " + q.key.text + ", another one, nearly as good, has it 首条缺少关键词,另一条有"
		case best.exact, best.contains && len(hits) > 1 && hits[1].contains:
			return "several hits hold the whole question 多条都包含整个问题"
		}
		return "not likely enough: others are near 不够确定,其他条目接近"
	}
	return why
}

// missing lists what the best hit lacks of the question, words and names with their weights, the weightiest first.
func (g *generation) missing(ctx context.Context, q *query, ordinal uint32) (string, error) {
	var lacking []queryTerm
	err := g.reader.Vectors(ctx, []uint32{ordinal}, func(_ int, vector []byte) error {
		for _, t := range q.terms {
			if kind := t.key.Kind(); kind != analysis.Word && kind != analysis.Latin {
				continue
			}
			if !t.known || !(&decoder{b: vector}).holds(t.id) {
				lacking = append(lacking, t)
			}
		}
		return nil
	})
	if err != nil || len(lacking) == 0 {
		return "nothing 无", err
	}
	slices.SortStableFunc(lacking, func(a, b queryTerm) int { return cmp.Compare(b.inText, a.inText) })
	list := make([]string, len(lacking))
	for i, t := range lacking {
		note := ""
		if !t.known {
			note = ", nowhere 全库没有"
		}
		list[i] = fmt.Sprintf("%s (%.2f%s)", t.text, t.inText, note)
	}
	return strings.Join(list, "; "), nil
}

// explainMeaning says what the semantic layer did; nothing when it is off.
func (g *generation) explainMeaning(b *strings.Builder, a *asked, q *query, r *Request) {
	if a == nil {
		return
	}
	if a.mixed == nil {
		why := a.fallback
		if why == "" {
			why = "nothing"
		}
		fmt.Fprintf(b, "\nmeaning 语义       not used 未使用 (%s): words alone decide 只按字词\n", why)
		return
	}
	gates := g.semantic.gates
	fmt.Fprintf(b, "\nmeaning 语义       %s: usual cosine 通常余弦 %.3f; closeness 接近度 suggest ≥ %.2f, choose ≥ %.2f",
		g.semantic.embedder.Model(), a.usual, gates.SuggestFrom, gates.ChooseFrom)
	if gates.fitted() {
		fmt.Fprintf(b, "; answer: likelihood ≥ %.2f, here 此处 %.2f", gates.AnswerFrom, hybridLikelihood(q, a.mixed))
	}
	b.WriteString("\n")
	rank := func(n int) string {
		if n == 0 {
			return "-"
		}
		return fmt.Sprint(n)
	}
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "#\tfused 融合\trank by words 字词名次\trank by meaning 语义名次\tcosine 余弦\tcloseness 接近度")
	page := a.mixed[min(r.Offset, len(a.mixed)):]
	for i, h := range page[:min(r.Limit, len(page))] {
		fmt.Fprintf(w, "%d\t%.4f\t%s\t%s\t%.3f\t%.3f\n", r.Offset+i+1, h.fused, rank(h.byWords), rank(h.byMeaning), h.cosine, h.closeness)
	}
	w.Flush()
}
