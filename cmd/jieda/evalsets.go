package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"jieda/content"
	"jieda/index"
	"jieda/index/local"
	"jieda/index/quality"
)

// A setReport is the result of one set as JSON has it.
type setReport struct {
	Set      string `json:"set"`
	Articles int    `json:"articles"`
	quality.Summary
	Fit     *fitReport          `json:"fit,omitempty"`
	LeftFit *leftFitReport      `json:"fit_by_left_out,omitempty"`
	Against *quality.Comparison `json:"against,omitempty"`
}

// evalSets measures every set in a folder, each in an index of its own below a temporary folder.
func (p *program) evalSets(ctx context.Context, cfg *configuration, o *evalOptions) error {
	names, err := p.setNames(o)
	if err != nil {
		return err
	}
	var old []quality.Row
	if o.against != "" {
		if old, err = p.readRun(o.against); err != nil {
			return err
		}
	}
	dir, err := os.MkdirTemp("", "jieda-eval-")
	if err != nil {
		return p.errorf(text{"建不了临时文件夹:%w", "cannot make a temporary folder: %w"}, err)
	}
	defer os.RemoveAll(dir)
	bar := newProgress(p.stderr, p.lang)
	defer bar.clear()
	e := &setEvaluation{dir: dir, log: newLogger(cfg, bar), gates: index.Gates(cfg.Decision), options: o}
	var reports []setReport
	var rows []quality.Row
	if !o.asJSON {
		p.printSetHeader(o)
	}
	for _, name := range names {
		outcomes, articles, err := e.run(ctx, filepath.Join(o.sets, name))
		if err != nil {
			return p.errorf(text{"评测集 %s:%w", "set %s: %w"}, name, err)
		}
		r := setReport{Set: name, Articles: articles}
		if o.fit {
			if r.Fit, err = e.fit(outcomes); err != nil {
				return err
			}
			if r.LeftFit, err = e.fitByLeftOut(outcomes); err != nil {
				return err
			}
			for i := range outcomes {
				outcomes[i].Decision = outcomes[i].Under(e.gates)
			}
		}
		r.Summary = quality.Summarize(outcomes)
		added := quality.Rows(name, outcomes)
		if old != nil {
			comparison := quality.Compare(old, added)
			r.Against = &comparison
		}
		rows, reports = append(rows, added...), append(reports, r)
		if !o.asJSON {
			p.printSet(&r, o)
		}
	}
	if err := p.saveRun(o.save, rows); err != nil {
		return err
	}
	if o.asJSON {
		return p.printJSON(reports)
	}
	p.printSetMeans(reports, o)
	return nil
}

// setNames are the sets that are wanted, sorted.
func (p *program) setNames(o *evalOptions) ([]string, error) {
	entries, err := os.ReadDir(o.sets)
	if err != nil {
		return nil, p.usagef(text{"读不了评测集的文件夹:%v", "cannot read the folder of sets: %v"}, err)
	}
	var names []string
	for _, entry := range entries {
		if quality.IsSet(filepath.Join(o.sets, entry.Name())) {
			names = append(names, entry.Name())
		}
	}
	for _, name := range o.only {
		if !slices.Contains(names, name) {
			return nil, p.usagef(text{"%s 里没有评测集 %q", "%s holds no set %q"}, o.sets, name)
		}
	}
	if len(o.only) > 0 {
		names = slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(o.only, name) })
	}
	if len(names) == 0 {
		return nil, p.usagef(text{
			"%s 里没有评测集;每个评测集是一个文件夹,里面有 docs.jsonl、dev/queries.jsonl 和 dev/qrels.tsv",
			"%s holds no sets; a set is a folder with docs.jsonl, dev/queries.jsonl and dev/qrels.tsv"}, o.sets)
	}
	return names, nil
}

// A setEvaluation runs sets one after the other.
type setEvaluation struct {
	dir     string // temporary
	log     *slog.Logger
	gates   index.Gates // to judge by, and with --fit to compare with
	options *evalOptions
}

// run asks the questions of a set, in an index of its articles that is removed afterwards.
func (e *setEvaluation) run(ctx context.Context, dir string) (outcomes []quality.Outcome, articles int, err error) {
	set, err := quality.OpenSet(dir)
	if err != nil {
		return nil, 0, err
	}
	set.Limit(e.options.limit)
	temporary, err := os.MkdirTemp(e.dir, "set-")
	if err != nil {
		return nil, 0, err
	}
	defer os.RemoveAll(temporary)
	library, err := e.read(ctx, set, filepath.Join(temporary, "content"))
	if err != nil {
		return nil, 0, err
	}
	gates := e.gates
	if e.options.fit {
		gates = quality.OpenGates()
	}
	x, closeIndex, err := scratchIndex(filepath.Join(temporary, "data"), filepath.Join(e.dir, "dict"), e.log, gates)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, closeIndex()) }()
	if err := x.Build(ctx, library, nil); err != nil {
		return nil, 0, err
	}
	articles = len(library.Articles)
	if outcomes, err = quality.Run(ctx, x, set.Questions, time.Time{}); err != nil {
		return nil, 0, err
	}
	left, err := quality.RunGaps(ctx, x, library, quality.Gaps(set.Questions, articles, e.options.leaveOut), time.Time{})
	return append(outcomes, left...), articles, err
}

// read writes the set's articles into dir, which does not exist yet, and reads them as a site's.
func (e *setEvaluation) read(ctx context.Context, set *quality.Set, dir string) (*content.Library, error) {
	markdown := filepath.Join(dir, "faq")
	if err := os.MkdirAll(markdown, 0o700); err != nil {
		return nil, err
	}
	written, err := set.WriteArticles(markdown)
	if err != nil {
		return nil, err
	}
	folder, err := content.OpenDir(dir)
	if err != nil {
		return nil, err
	}
	library, err := content.Read(ctx, folder, nil)
	if err != nil {
		return nil, err
	}
	if n := len(library.Articles); n < written {
		e.log.Warn("some articles of a set cannot be used", "set", set.Name, "written", written, "articles", n)
	}
	return library, nil
}

// scratchIndex opens an index in a folder of its own, which is made; nothing is built yet. The caller closes it.
func scratchIndex(dir, dict string, log *slog.Logger, gates index.Gates) (x *index.Index, closeIndex func() error, err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, nil, err
	}
	engine, err := local.Open(dir)
	if err != nil {
		return nil, nil, err
	}
	x, err = index.New(index.Options{Engine: engine, DictDir: dict, Logger: log, Gates: gates})
	if err != nil {
		return nil, nil, errors.Join(err, engine.Close())
	}
	return x, func() error { return errors.Join(x.Close(), engine.Close()) }, nil
}

// fit fits gates to the answerable questions and the near ones that are not; nil when there are too few of them.
func (e *setEvaluation) fit(outcomes []quality.Outcome) (*fitReport, error) {
	f, err := e.fitTo(outcomes, "near", quality.LeftOut)
	if f == nil || f.ByLeftOut {
		return nil, err
	}
	report := newFitReport(f)
	return &report, err
}

// A leftFitReport is the outcome of fitting gates as for a site that has no questions without an answer.
type leftFitReport struct {
	fitReport
	// Near and Far are the shares of questions without an answer which these gates answer; they were not fitted to them.
	Near quality.Share `json:"false_near"`
	Far  quality.Share `json:"false_far"`
}

// fitByLeftOut fits gates to the answerable questions and the same without their articles; nil when there are too few.
func (e *setEvaluation) fitByLeftOut(outcomes []quality.Outcome) (*leftFitReport, error) {
	f, err := e.fitTo(outcomes, quality.LeftOut)
	if f == nil {
		return nil, err
	}
	report := &leftFitReport{fitReport: newFitReport(f)}
	report.Near = quality.RatesUnder(ofKinds(outcomes, "near"), f.Gates).False
	report.Far = quality.RatesUnder(ofKinds(outcomes, "far"), f.Gates).False
	return report, nil
}

// fitTo fits gates to the answerable questions and those of these kinds; nil when there are too few.
func (e *setEvaluation) fitTo(outcomes []quality.Outcome, kinds ...string) (*quality.Fit, error) {
	f, err := quality.FitGates(ofKinds(outcomes, append(kinds, "")...), e.gates, e.options.limits)
	var few *quality.TooFewError
	if errors.As(err, &few) {
		return nil, nil
	}
	return f, err
}

// ofKinds are the outcomes of questions of these kinds, of which "" are the answerable ones.
func ofKinds(outcomes []quality.Outcome, kinds ...string) []quality.Outcome {
	return slices.DeleteFunc(slices.Clone(outcomes), func(o quality.Outcome) bool { return !slices.Contains(kinds, o.Question.Kind) })
}

// setKinds are the kinds of unanswerable questions in the table.
func setKinds(o *evalOptions) []string {
	if o.leaveOut > 0 {
		return []string{"far", "near", quality.LeftOut}
	}
	return []string{"far", "near"}
}

// Figures are named alike in both languages, as columns of Chinese do not line up in every terminal; the last line of
// the table explains them.
func (p *program) printSetHeader(o *evalOptions) {
	fmt.Fprintf(p.stdout, "%-18s %6s %5s  %6s %5s %5s %5s  %8s %9s %7s ", "set", "docs", "n", "MRR@10", "R@1", "R@5", "nDCG",
		"answered", "precision", "offered")
	for _, kind := range setKinds(o) {
		fmt.Fprintf(p.stdout, " %10s %10s", "false "+kind, "AUROC "+kind)
	}
	fmt.Fprintln(p.stdout)
}

func (p *program) printSet(r *setReport, o *evalOptions) {
	precision := "–"
	if r.Precision.N > 0 {
		precision = fmt.Sprintf("%.3f", r.Precision.Value())
	}
	fmt.Fprintf(p.stdout, "%-18s %6d %5d  %6.3f %5.3f %5.3f %5.3f  %8.3f %9s %7.3f ", r.Set, r.Articles, r.Answerable,
		r.MRR, r.R1, r.R5, r.NDCG, r.Answered.Value(), precision, r.Offered.Value())
	for _, kind := range setKinds(o) {
		k, ok := r.Kind(kind)
		if !ok || k.AUROC == nil {
			fmt.Fprintf(p.stdout, " %10s %10s", "–", "–")
			continue
		}
		fmt.Fprintf(p.stdout, " %10.3f %10.3f", k.False.Value(), *k.AUROC)
	}
	fmt.Fprintln(p.stdout)
	if r.Against != nil {
		c := r.Against
		fmt.Fprintf(p.stdout, "    Δ MRR@10 %s  R@1 %s  answered %s  false %s  (%d → %d)\n", signed(c.MRR), signed(c.R1),
			signed(c.Answered), signed(c.False), c.MRR.N+c.False.N, len(c.Changes))
	}
	if r.Fit != nil {
		f := r.Fit
		fmt.Fprintf(p.stdout, "    fit %.2f / %.2f / %.3f: answered %s  precision %s  false near %s  ECE %.3f → %.3f\n", f.Gates.NoneBelow,
			f.Gates.SuggestFrom, f.Gates.AnswerFrom, f.Fitted.Answered, f.Fitted.Precision, f.Fitted.False, f.ECE, f.ECELogistic)
	}
	if f := r.LeftFit; f != nil {
		fmt.Fprintf(p.stdout, "    left %.2f / %.2f / %.3f: answered %s  precision %s  false left %s  near %s  far %s\n", f.Gates.NoneBelow,
			f.Gates.SuggestFrom, f.Gates.AnswerFrom, f.Fitted.Answered, f.Fitted.Precision, f.Fitted.LeftOut, f.Near, f.Far)
	}
}

// printSetMeans prints the mean over the sets, each counting the same, and what the columns mean.
func (p *program) printSetMeans(reports []setReport, o *evalOptions) {
	n := float64(len(reports))
	var mrr, r1, r5, ndcg, answered, offered float64
	for _, r := range reports {
		mrr += r.MRR / n
		r1 += r.R1 / n
		r5 += r.R5 / n
		ndcg += r.NDCG / n
		answered += r.Answered.Value() / n
		offered += r.Offered.Value() / n
	}
	fmt.Fprintf(p.stdout, "%-18s %6s %5s  %6.3f %5.3f %5.3f %5.3f  %8.3f %9s %7.3f\n", "mean", "", "", mrr, r1, r5, ndcg, answered, "", offered)
	fmt.Fprint(p.stdout, p.say(text{
		"\nanswered 有答案的问题中直接回答的比例;precision 其中正确的比例;offered 回答或供选择的里面有正确文章的比例;\n" +
			"false 没有答案的问题中被误答的比例;AUROC 置信度把两类问题分开的程度(0.5 为乱猜)\n",
		"\nanswered: of the questions with an answer; precision: of these answers; offered: answer or choice holds a relevant\n" +
			"article; false: questions without an answer that got one; AUROC: how well confidence tells the two apart (0.5: guessing)\n"}))
	if o.leaveOut > 0 {
		fmt.Fprint(p.stdout, p.say(text{
			"left:去掉了相应文章之后再问的问题\n", "left: questions asked again in an index without their articles\n"}))
	}
	if o.fit {
		fmt.Fprint(p.stdout, p.say(text{
			"fit:none_below / suggest_from / answer_from;后面的比例经过交叉验证,方括号内是 95 % 区间\n",
			"fit: none_below / suggest_from / answer_from; the shares behind it are cross-validated, in brackets their 95 % interval\n"}))
	}
	if o.fit && o.leaveOut > 0 {
		fmt.Fprint(p.stdout, p.say(text{
			"left(fit 之下):只按去掉文章再问的问题确定的门槛,没有用到 near 和 far\n",
			"left, below fit: gates fitted to the questions asked without their articles, without those of near and far\n"}))
	}
	if o.against != "" {
		fmt.Fprint(p.stdout, p.say(text{
			"Δ:与保存的结果之差及其 95 % 区间;末尾是两次都问到的问题数 → 其中结果变了的\n",
			"Δ: difference to the saved run with its 95 % interval; at the end: questions that both were asked → of these changed\n"}))
	}
}
