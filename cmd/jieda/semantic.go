package main

import (
	"context"
	"log/slog"
	"time"

	"jieda/index"
	"jieda/index/semantic"
)

// openSemantic opens the vectors in dir and the endpoint of the settings; nil when there is none.
func (p *program) openSemantic(cfg *configuration, dir string, log *slog.Logger) (*semantic.Embedder, error) {
	s := &cfg.Semantic
	switch {
	case s.URL == "" && s.Model == "":
		return nil, nil
	case s.Model == "":
		return nil, p.usagef(text{
			"设了 semantic.url,还要用 semantic.model 写明模型,例如 bge-m3",
			"semantic.url needs a model: set semantic.model, such as bge-m3"})
	case s.URL == "":
		return nil, p.usagef(text{
			"设了 semantic.model,还要用 semantic.url 写明接口地址,例如 http://127.0.0.1:11434/v1",
			"semantic.model needs an address: set semantic.url, such as http://127.0.0.1:11434/v1"})
	}
	e, err := semantic.Open(semantic.Options{
		URL: s.URL, Model: s.Model, Key: s.Key, Dimensions: s.Dimensions, QuestionPrefix: s.QuestionPrefix,
		PassagePrefix: s.PassagePrefix, Batch: s.Batch, Timeout: s.Timeout, BatchTimeout: s.BatchTimeout, Dir: dir, Logger: log,
	})
	if err != nil {
		return nil, p.errorf(text{
			"打不开存放向量的文件夹 %s:%w;请检查它的权限",
			"cannot open the folder of vectors %s: %w; check its permissions"}, dir, err)
	}
	return e, nil
}

func hybridGates(cfg *configuration) index.HybridGates {
	s := &cfg.Semantic
	return index.HybridGates{SuggestFrom: s.SuggestFrom, ChooseFrom: s.ChooseFrom, AnswerFrom: s.AnswerFrom}
}

// commandPatience is how long a command waits for the vector of a question: nobody sits before a page, and what comes out should
// not depend on how busy the endpoint is.
const commandPatience = 30 * time.Second

// awaitMeanings waits for the vectors of the passages. When they cannot be had, the command goes on with words alone.
func (s *site) awaitMeanings(ctx context.Context, log *slog.Logger) {
	if err := s.index.AwaitMeanings(ctx); err != nil && ctx.Err() == nil {
		log.Warn("the semantic layer is not used: vectors are missing", "err", err)
	}
}
