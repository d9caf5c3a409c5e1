package main

import (
	"errors"
	"fmt"

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
	f, err := quality.FitGates(outcomes, present, o.falseAnswers)
	var few *quality.TooFewError
	if errors.As(err, &few) {
		return p.errorf(text{
			"测试问题太少,定不了门槛:有答案的 %d 个(至少 %d 个),没有答案的 %d 个(至少 %d 个);请在 %s 里补充,没有答案的写 expect: none",
			"too few tests to fit: %d with an answer (%d are needed) and %d without (%d are needed); add some to %s, those without an answer with expect: none"},
			few.Answerable, few.NeedAnswerable, few.Unanswerable, few.NeedUnanswerable, quality.TestsFolder)
	}
	if err != nil {
		return err
	}
	report := newFitReport(f)
	if hybrid != nil {
		both, err := quality.FitHybrid(hybrid, o.falseAnswers)
		if err != nil {
			return err
		}
		report.Semantic = newHybridReport(both)
	}
	if o.asJSON {
		return p.printJSON(report)
	}
	rates := func(title text, r quality.Rates) {
		fmt.Fprintln(p.stdout, p.say(title))
		fmt.Fprintf(p.stdout, p.say(text{"  回答         %s\n  回答正确率   %s\n  误答         %s\n  完全沉默     %s\n",
			"  answered       %s\n  right answers  %s\n  false answers  %s\n  silent         %s\n"}),
			r.Answered, r.Precision, r.False, r.Silent)
	}
	rates(text{"现在的门槛:", "with the present gates:"}, f.Present)
	rates(text{"新的门槛(交叉验证,即用没有参与确定门槛的问题测得):",
		"with the new gates (cross-validated: on questions to which they were not fitted):"}, f.Fitted)
	if report.Semantic != nil {
		rates(text{"字词加语义,新的门槛(同样交叉验证):", "with words and meaning, new gates (cross-validated too):"}, report.Semantic.Fitted)
	}
	fmt.Fprint(p.stdout, p.say(text{
		"误答和完全沉默只看没有答案的问题;方括号内是 95 % 置信区间(Wilson)\n",
		"false answers and silent are shares of the questions without an answer; in brackets: 95 % interval (Wilson)\n"}))
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
