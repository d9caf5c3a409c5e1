package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"jieda/content"
	"jieda/index"
	"jieda/index/quality"
)

// fitReport is the outcome of --fit as JSON has it.
type fitReport struct {
	Decision map[string]float64 `json:"decision"`
	*quality.Fit
	Semantic *hybridReport `json:"semantic,omitempty"`
}

// hybridReport is the same for words and meaning.
type hybridReport struct {
	Gates map[string]float64 `json:"gates"`
	*quality.HybridFit
}

func newHybridReport(f *quality.HybridFit) *hybridReport {
	return &hybridReport{map[string]float64{
		"suggest_from": f.Gates.SuggestFrom, "choose_from": f.Gates.ChooseFrom, "answer_from": f.Gates.AnswerFrom,
	}, f}
}

func newFitReport(f *quality.Fit) fitReport {
	return fitReport{Decision: map[string]float64{
		"none_below": f.Gates.NoneBelow, "suggest_from": f.Gates.SuggestFrom, "answer_from": f.Gates.AnswerFrom,
	}, Fit: f}
}

// fitSite finds the gates for the site and prints them as settings. outcomes are those of an index with open gates, by
// words alone; hybrid those of words and meaning, nil without a semantic layer.
func (p *program) fitSite(outcomes, hybrid []quality.Outcome, present index.Gates, o *evalOptions) error {
	f, err := quality.FitGates(outcomes, present, o.limits)
	var few *quality.TooFewError
	if errors.As(err, &few) {
		return p.tooFew(few)
	}
	if err != nil {
		return err
	}
	report := newFitReport(f)
	if hybrid != nil {
		both, err := quality.FitHybrid(hybrid, o.limits.False)
		switch {
		case errors.As(err, &few):
			fmt.Fprintf(p.stderr, p.say(text{
				"没有答案的问题只有 %d 个(至少 %d 个),因此只定字词的门槛,不定 semantic.*\n",
				"only the gates for words are fitted: those of semantic.* need %[2]d questions without an answer, there are %[1]d\n"}),
				few.Unanswerable, few.NeedUnanswerable)
		case err != nil:
			return err
		default:
			report.Semantic = newHybridReport(both)
		}
	}
	if o.asJSON {
		return p.printJSON(report)
	}
	rates := func(title text, r quality.Rates) {
		fmt.Fprintln(p.stdout, p.say(title))
		fmt.Fprintf(p.stdout, p.say(text{"  回答         %s\n  回答正确率   %s\n  误答         %s\n  完全沉默     %s\n",
			"  answered       %s\n  right answers  %s\n  false answers  %s\n  silent         %s\n"}),
			r.Answered, r.Precision, r.False, r.Silent)
		if r.LeftOut.N > 0 {
			fmt.Fprintf(p.stdout, p.say(text{"  去掉文章仍答 %s\n", "  without theirs %s\n"}), r.LeftOut)
		}
	}
	rates(text{"现在的门槛:", "with the present gates:"}, f.Present)
	rates(text{"新的门槛(交叉验证,即用没有参与确定门槛的问题测得):",
		"with the new gates (cross-validated: on questions to which they were not fitted):"}, f.Fitted)
	if report.Semantic != nil {
		rates(text{"字词加语义,新的门槛(同样交叉验证):", "with words and meaning, new gates (cross-validated too):"}, report.Semantic.Fitted)
	}
	fmt.Fprint(p.stdout, p.say(text{
		"误答和完全沉默只看没有答案的问题;“去掉文章仍答”是有答案的问题在去掉相应文章的索引里仍被回答的比例,其中有些由其他文章\n" +
			"正确回答了;方括号内是 95 % 置信区间(Wilson)\n",
		"false answers and silent are shares of the questions without an answer; without theirs: of those with an answer, asked in\n" +
			"an index without their articles, which other articles may well answer rightly; in brackets: 95 % interval (Wilson)\n"}))
	if f.ByLeftOut {
		fmt.Fprintf(p.stdout, p.say(text{
			"没有答案的问题只有 %d 个(至少 %d 个才能作依据),所以新门槛依据的是去掉文章再问的 %d 个问题,只在确有把握时才偏离默认门槛\n",
			"There are %d questions without an answer (%d are needed to go by them), so the new gates rest on the %d asked without their\n" +
				"articles, and differ from the default ones only where that is no accident.\n"}),
			f.Present.False.N, quality.MinFit, f.Present.LeftOut.N)
	}
	fmt.Fprintf(p.stdout, p.say(text{
		"可能性的校准误差(ECE)%.3f;逻辑校正后 %.3f(斜率 %.2f,截距 %.2f)\n",
		"calibration error of the likelihood (ECE) %.3f; after a logistic refit %.3f (slope %.2f, shift %.2f)\n"}),
		f.ECE, f.ECELogistic, f.Logistic.Slope, f.Logistic.Shift)
	fmt.Fprint(p.stdout, p.say(text{"\n写进配置文件:\n\n", "\nput this in the file of settings:\n\n"}))
	fmt.Fprintf(p.stdout, "decision:\n  none_below: %v\n  suggest_from: %v\n  answer_from: %v\n",
		f.Gates.NoneBelow, f.Gates.SuggestFrom, f.Gates.AnswerFrom)
	if report.Semantic != nil {
		g := report.Semantic.HybridFit.Gates
		fmt.Fprintf(p.stdout, "semantic:\n  suggest_from: %v\n  choose_from: %v\n  answer_from: %v\n", g.SuggestFrom, g.ChooseFrom, g.AnswerFrom)
	}
	return nil
}

// tooFew says which questions a fit lacks.
func (p *program) tooFew(few *quality.TooFewError) error {
	switch {
	case few.Answerable < few.NeedAnswerable:
		return p.errorf(text{
			"测试问题太少,定不了门槛:有答案的 %d 个(至少 %d 个);请在 %s 里补充",
			"too few tests to fit: %d with an answer (%d are needed); add some to %s"},
			few.Answerable, few.NeedAnswerable, quality.TestsFolder)
	case few.Unanswerable < quality.MinFit:
		return p.errorf(text{
			"测试问题太少,定不了门槛:没有答案的 %d 个,能去掉文章再问的 %d 个,两者之一至少要 %d 个(--left-out-answers 很小时要更多);请在 %s 里补充,没有答案的写 expect: none",
			"too few tests to fit: %d without an answer and %d that can be asked without their articles; %d of either are needed (of the latter more if --left-out-answers is small); add some to %s, those without an answer with expect: none"},
			few.Unanswerable, few.LeftOut, quality.MinFit, quality.TestsFolder)
	}
	return p.errorf(text{
		"测试问题太少,定不了门槛:没有答案的 %d 个(这样的 --false-answers 至少要 %d 个),去掉文章再问的 %d 个;请在 %s 里补充,没有答案的写 expect: none",
		"too few tests to fit: %d without an answer (%d are needed for such --false-answers), %d asked without their articles; add some to %s, those without an answer with expect: none"},
		few.Unanswerable, few.NeedUnanswerable, few.LeftOut, quality.TestsFolder)
}

// leaveOut asks the answerable questions again, each in an index without its articles. By words alone: what an embeddings
// endpoint is asked for the whole site should not be asked for every gap of it.
func (p *program) leaveOut(ctx context.Context, folder fs.FS, questions []quality.Question, log *slog.Logger) (outcomes []quality.Outcome, err error) {
	library, err := content.Read(ctx, folder, nil)
	if err != nil {
		return nil, p.errorf(text{"读不了文章:%w", "cannot read the articles: %w"}, err)
	}
	dir, err := os.MkdirTemp("", "jieda-eval-")
	if err != nil {
		return nil, p.errorf(text{"建不了临时文件夹:%w", "cannot make a temporary folder: %w"}, err)
	}
	defer os.RemoveAll(dir)
	x, closeIndex, err := scratchIndex(filepath.Join(dir, "data"), filepath.Join(dir, "dict"), log, quality.OpenGates())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, closeIndex()) }()
	gaps := quality.Gaps(questions, len(library.Articles), len(questions))
	outcomes, err = quality.RunGaps(ctx, x, library, gaps, time.Time{})
	if err != nil {
		return nil, p.errorf(text{"去掉文章再问时出错:%w", "asking without the articles: %w"}, err)
	}
	return outcomes, nil
}
