package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"jieda/index"
	"jieda/index/quality"
)

// evalOptions are the flags of jieda eval besides the settings.
type evalOptions struct {
	asJSON, fit   bool
	limits        quality.Limits
	save, against string
	sets          string
	only          []string
	limit         int
	leaveOut      int
}

func (p *program) evalCommand() *cobra.Command {
	var o evalOptions
	c := &cobra.Command{
		Use:   "eval",
		Short: p.say(text{"用测试问题检查回答的质量", "measure the answers with judged questions"}),
		Long: p.say(text{`用测试问题检查回答的质量:排序、能回答多少、答错多少、该沉默时是否沉默。

测试问题放在文章文件夹的 _search/tests/*.yaml 中,每条写明问题和应得的文章,或 none(知识库里没有答案):

  - q: 签收几天了还能退吗
    expect: faq/退货.md
  - q: 今天天气怎么样
    expect: none

有问题没通过时退出码为 1;写了 must: false 的只统计,不影响退出码。
--fit 按这些问题确定本站的判定门槛(至少 20 个有答案的问题)。没有答案的问题不足 20 个时,把有答案的问题在去掉了
相应文章的临时索引里再问一遍,作为没有答案的问题。
--sets 改为检查一个文件夹里的各个评测集,每个都另建临时索引,不影响本站。`,
			`Measure the answers with judged questions: ranking, how much is answered, how much of it wrongly, and whether nothing
is said when there is nothing to say.

They stand in _search/tests/*.yaml of the content folder, each with the article that a customer should get, or none
when the articles do not hold the answer:

  - q: 签收几天了还能退吗
    expect: faq/退货.md
  - q: 今天天气怎么样
    expect: none

The exit code is 1 when a question fails; those with must: false are counted only.
--fit finds the site's own gates of the decision (from 20 questions with an answer on). Where fewer than 20 without one are
written, those with an answer, asked again in temporary indexes without their articles, stand for them.
--sets measures the sets of questions in a folder instead, each in a temporary index of its own.`}),
		Example: "  jieda eval --content my-help\n  jieda eval --content my-help --save before.jsonl\n" +
			"  jieda eval --content my-help --against before.jsonl\n  jieda eval --content my-help --fit\n  jieda eval --sets sets --limit 300",
		Args: p.arguments(0, 0),
		RunE: func(c *cobra.Command, _ []string) error {
			if o.sets == "" && (len(o.only) > 0 || o.limit != 0 || o.leaveOut != 0) {
				return p.usagef(text{"--only、--limit 和 --leave-out 要和 --sets 一起用", "--only, --limit and --leave-out go with --sets"})
			}
			if o.fit && (o.save != "" || o.against != "") {
				return p.usagef(text{"--fit 不能和 --save、--against 一起用", "--fit does not go with --save or --against"})
			}
			if o.limits.False <= 0 || o.limits.False >= 1 {
				return p.usagef(text{"--false-answers 应该大于 0、小于 1,例如 0.05", "--false-answers must be above 0 and below 1, such as 0.05"})
			}
			if c.Flags().Changed("left-out-answers") && (o.limits.LeftOut <= 0 || o.limits.LeftOut >= 1) {
				return p.usagef(text{"--left-out-answers 应该大于 0、小于 1,例如 0.25", "--left-out-answers must be above 0 and below 1, such as 0.25"})
			}
			if o.limit < 0 || o.leaveOut < 0 {
				return p.usagef(text{"--limit 和 --leave-out 不能是负数", "--limit and --leave-out cannot be negative"})
			}
			cfg, err := p.readConfig(c.Flags())
			if err != nil {
				return err
			}
			if cfg.sources["log.level"] == fromDefault {
				cfg.Log.Level = "warn" // the figures are wanted here, not the story of the index
			}
			if o.sets != "" {
				return p.evalSets(c.Context(), cfg, &o)
			}
			return p.evalSite(c.Context(), cfg, &o)
		},
	}
	flags := c.Flags()
	flags.BoolVar(&o.asJSON, "json", false, p.say(text{"输出 JSON", "print JSON"}))
	flags.StringVar(&o.save, "save", "", p.say(text{"`FILE` 保存这次的结果,供 --against 比较", "`FILE` to save this run in, for --against"}))
	flags.StringVar(&o.against, "against", "", p.say(text{"`FILE` 与保存过的结果比较", "`FILE` of a saved run to compare with"}))
	flags.BoolVar(&o.fit, "fit", false, p.say(text{"按测试问题确定判定门槛", "find the gates of the decision"}))
	flags.Float64Var(&o.limits.False, "false-answers", 0.05, p.say(text{
		"`SHARE` --fit 允许没有答案的问题中有多大比例被回答 [默认 0.05]",
		"`SHARE` of the questions without an answer that --fit may answer [default 0.05]"}))
	flags.Float64Var(&o.limits.LeftOut, "left-out-answers", 0, p.say(text{
		"`SHARE` --fit 允许去掉了文章再问的问题中有多大比例被回答 [默认:没有答案的问题够 20 个时不限,否则 0.25,默认门槛回答得更多时取其比例]",
		"`SHARE` of the questions asked without their articles that --fit may answer [default: any where 20 without an answer are written, otherwise 0.25, or what the default gates answer if that is more]"}))
	flags.StringVar(&o.sets, "sets", "", p.say(text{"`DIR` 检查这个文件夹里的评测集", "`DIR` of sets of questions to measure"}))
	flags.StringSliceVar(&o.only, "only", nil, p.say(text{"`NAME,…` 只检查这些评测集", "`NAME,…` of the sets to measure, all when not given"}))
	flags.IntVar(&o.limit, "limit", 0, p.say(text{
		"`N` 每个评测集最多用几个有答案的问题;0 表示全部", "`N` questions with an answer at most of each set; 0 means all"}))
	flags.IntVar(&o.leaveOut, "leave-out", 0, p.say(text{
		"`N` 再去掉最多 N 个问题的文章,看这些问题是否仍被回答",
		"`N` questions at most that are asked again without their articles, to see whether they are still answered"}))
	p.addSettings(c, "content", "data", "engine", "log.level", "log.format",
		"semantic.url", "semantic.model",
		"decision.none_below", "decision.suggest_from", "decision.answer_from")
	return c
}

// evalSite asks the site's own tests.
func (p *program) evalSite(ctx context.Context, cfg *configuration, o *evalOptions) error {
	present := index.Gates(cfg.Decision)
	if o.fit {
		cfg.Decision = gates(quality.OpenGates())
		open := quality.OpenHybridGates()
		cfg.Semantic.SuggestFrom, cfg.Semantic.ChooseFrom, cfg.Semantic.AnswerFrom = open.SuggestFrom, open.ChooseFrom, open.AnswerFrom
	}
	cfg.Semantic.Timeout = max(cfg.Semantic.Timeout, commandPatience)
	bar := newProgress(p.stderr, p.lang)
	log := newLogger(cfg, bar)
	s, err := p.openSite(cfg, log, bar.report(log))
	if err != nil {
		return err
	}
	defer s.close()
	_, err = s.update(ctx, false)
	bar.clear()
	if err != nil {
		return p.errorf(text{"建立索引失败:%w", "building the index failed: %w"}, err)
	}
	questions, err := p.readTests(ctx, s.folder, s.index)
	if err != nil {
		return err
	}
	if err := s.index.AwaitMeanings(ctx); err != nil { // figures of words alone would be taken for those of both
		return p.errorf(text{"取不到段落的向量:%w", "the vectors of the passages cannot be had: %w"}, err)
	}
	outcomes, err := quality.Run(ctx, s.index, questions, time.Time{})
	if err != nil {
		return p.errorf(text{"搜索失败:%w", "the search failed: %w"}, err)
	}
	if m := s.index.Semantic(); m != nil && m.Questions.LastError != "" {
		return p.errorf(text{"取不到问题的向量:%s", "the vectors of the questions cannot be had: %s"}, m.Questions.LastError)
	}
	if o.fit {
		var hybrid []quality.Outcome
		if s.semantic != nil {
			hybrid = outcomes
			if outcomes, err = quality.RunWords(ctx, s.index, questions, time.Time{}); err != nil {
				return p.errorf(text{"搜索失败:%w", "the search failed: %w"}, err)
			}
		}
		left, err := p.leaveOut(ctx, s.folder, questions, log)
		if err != nil {
			return err
		}
		return p.fitSite(append(outcomes, left...), hybrid, present, o)
	}
	rows := quality.Rows("", outcomes)
	report := siteReport{Summary: quality.Summarize(outcomes), outcomes: outcomes}
	if o.against != "" {
		old, err := p.readRun(o.against)
		if err != nil {
			return err
		}
		comparison := quality.Compare(old, rows)
		report.Against = &comparison
	}
	if err := p.saveRun(o.save, rows); err != nil {
		return err
	}
	if o.asJSON {
		err = p.printJSON(report.withCases())
	} else {
		p.printSite(report)
	}
	if err == nil && report.failed() {
		err = errReported
	}
	return err
}

// readTests reads the site's tests, whose mistakes are all named at once.
func (p *program) readTests(ctx context.Context, folder fs.FS, x *index.Index) ([]quality.Question, error) {
	questions, mistakes, err := quality.ReadTests(folder)
	if err != nil {
		return nil, p.errorf(text{"读不了测试问题:%w", "cannot read the tests: %w"}, err)
	}
	missing, err := quality.Resolve(ctx, x, questions)
	if err != nil {
		return nil, p.errorf(text{"搜索失败:%w", "the search failed: %w"}, err)
	}
	if mistakes = append(mistakes, missing...); len(mistakes) > 0 {
		for _, m := range mistakes {
			fmt.Fprintln(p.stderr, m.Message(string(p.lang)))
		}
		return nil, p.errorf(text{"测试问题里有 %d 处要改,见上", "%d mistakes in the tests, see above"}, len(mistakes))
	}
	if len(questions) == 0 {
		return nil, p.errorf(text{
			"还没有测试问题:请在文章文件夹里建 %s/退货.yaml,写法见 jieda eval --help",
			"there are no tests yet: write a file such as %s/returns.yaml in the content folder, see jieda eval --help"}, quality.TestsFolder)
	}
	return questions, nil
}

// A siteReport is the result of the site's tests.
type siteReport struct {
	quality.Summary
	Passed  int                 `json:"passed"`
	Cases   []siteCase          `json:"cases"`
	Against *quality.Comparison `json:"against,omitempty"`

	outcomes []quality.Outcome
}

// A siteCase is one test as JSON has it.
type siteCase struct {
	Place      string         `json:"place"`
	Question   string         `json:"q"`
	Expect     []string       `json:"expect"` // empty for none
	Must       bool           `json:"must"`
	Passed     bool           `json:"passed"`
	Decision   index.Decision `json:"decision"`
	Why        string         `json:"why"`
	Confidence float64        `json:"confidence"`
	Hits       []string       `json:"hits"`
}

// failed says whether a test that must pass did not.
func (r *siteReport) failed() bool {
	for i := range r.outcomes {
		if o := &r.outcomes[i]; !o.Passed() && !o.Question.Optional {
			return true
		}
	}
	return false
}

func (r siteReport) withCases() siteReport {
	for i := range r.outcomes {
		o := &r.outcomes[i]
		if o.Passed() {
			r.Passed++
		}
		r.Cases = append(r.Cases, siteCase{
			Place: o.Question.Place, Question: o.Question.Text, Expect: expected(o), Must: !o.Question.Optional, Passed: o.Passed(),
			Decision: o.Decision, Why: o.Why, Confidence: quality.Rounded(o.Confidence), Hits: append([]string{}, o.Hits...),
		})
	}
	return r
}

func expected(o *quality.Outcome) []string {
	names := []string{}
	for _, t := range o.Question.Expected {
		names = append(names, t.String())
	}
	return names
}

// printSite prints first what failed, then the figures.
func (p *program) printSite(r siteReport) {
	passed := 0
	for i := range r.outcomes {
		o := &r.outcomes[i]
		if o.Passed() {
			passed++
			continue
		}
		verdict := text{"没通过", "FAIL"}
		if o.Question.Optional {
			verdict = text{"没通过(不要求)", "fail (need not pass)"}
		}
		want := strings.Join(expected(o), " | ")
		if want == "" {
			want = "none"
		}
		fmt.Fprintf(p.stdout, p.say(text{"%s %s: %s\n     应为 %s,得到 %s(%s)%s\n", "%s %s: %s\n     want %s, got %s (%s) %s\n"}),
			p.say(verdict), o.Question.Place, o.Question.Text, want, o.Decision, o.Why, strings.Join(o.Hits[:min(3, len(o.Hits))], ", "))
	}
	fmt.Fprintf(p.stdout, p.say(text{"通过 %d/%d\n", "%d of %d passed\n"}), passed, len(r.outcomes))
	s := &r.Summary
	if s.Answerable > 0 {
		fmt.Fprintf(p.stdout, p.say(text{
			"有答案的问题 %d 个:回答 %d,请客户选 %d,只给链接 %d,沉默 %d\n",
			"%d questions with an answer: answered %d, choose %d, suggest %d, none %d\n"}),
			s.Answerable, s.Answered.Of, s.Choose.Of, s.Suggested.Of, s.None.Of)
		fmt.Fprintf(p.stdout, p.say(text{"回答正确率     %s\n", "right answers  %s\n"}), s.Precision)
		fmt.Fprintf(p.stdout, p.say(text{
			"排序           MRR@10 %.3f,R@1 %.3f,R@5 %.3f\n",
			"ranking        MRR@10 %.3f, R@1 %.3f, R@5 %.3f\n"}), s.MRR, s.R1, s.R5)
	}
	if s.Unanswerable > 0 {
		fmt.Fprintf(p.stdout, p.say(text{
			"没有答案的问题 %d 个,误答 %s\n", "%d questions without an answer; false answers %s\n"}), s.Unanswerable, s.False)
	}
	fmt.Fprint(p.stdout, p.say(text{
		"方括号内是 95 % 置信区间(Wilson)\n", "in brackets: 95 % interval (Wilson)\n"}))
	if r.Against != nil {
		p.printComparison(r.Against)
	}
}

// printComparison prints what changed since a saved run.
func (p *program) printComparison(c *quality.Comparison) {
	fmt.Fprintf(p.stdout, p.say(text{
		"\n与保存的结果相比(两次都问到的 %d 个问题,方括号内是 95 %% 区间):\n",
		"\nagainst the saved run (%d questions that both were asked; in brackets: 95 %% interval):\n"}), c.MRR.N+c.False.N)
	fmt.Fprintf(p.stdout, "MRR@10 %s  R@1 %s  R@5 %s\n", signed(c.MRR), signed(c.R1), signed(c.R5))
	fmt.Fprintf(p.stdout, p.say(text{"回答 %s  误答 %s\n", "answered %s  false answers %s\n"}), signed(c.Answered), signed(c.False))
	for _, change := range c.Changes {
		fmt.Fprintf(p.stdout, "  %s: %s\n", change.New.Question, change)
	}
	if len(c.Changes) == 0 {
		fmt.Fprint(p.stdout, p.say(text{"没有问题得到不同的结果\n", "no question gets anything else\n"}))
	}
}

// signed writes a difference with its interval.
func signed(d quality.Difference) string {
	return fmt.Sprintf("%+.3f [%+.3f, %+.3f]", d.Mean, d.Low, d.High)
}

func (p *program) printJSON(v any) error {
	e := json.NewEncoder(p.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func (p *program) readRun(name string) ([]quality.Row, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, p.usagef(text{"读不了保存的结果:%v", "cannot read the saved run: %v"}, err)
	}
	defer f.Close()
	rows, err := quality.ReadRows(f)
	if err != nil {
		return nil, p.usagef(text{"%s 不是 --save 保存的结果:%v", "%s was not written by --save: %v"}, name, err)
	}
	return rows, nil
}

// saveRun does nothing without a name.
func (p *program) saveRun(name string, rows []quality.Row) error {
	if name == "" {
		return nil
	}
	var b strings.Builder
	err := quality.WriteRows(&b, rows)
	if err == nil {
		err = os.WriteFile(name, []byte(b.String()), 0o600)
	}
	if err != nil {
		return p.errorf(text{"保存不了结果:%w", "cannot save the run: %w"}, err)
	}
	return nil
}
