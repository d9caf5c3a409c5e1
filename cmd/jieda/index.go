package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) indexCommand() *cobra.Command {
	force := false
	c := &cobra.Command{
		Use:   "index",
		Short: p.say(text{"建立或更新索引", "build the index, or bring it up to date"}),
		Long: p.say(text{`建立或更新索引。内容没有变化时什么也不做。正在运行的 jieda serve 会自己更新,不需要这个命令。`,
			`Build the index, or bring it up to date; nothing happens when nothing has changed. A running jieda serve does this by
itself and needs no such command.`}),
		Example: "  jieda index --content my-help --data data",
		Args:    p.arguments(0, 0),
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := p.readConfig(c.Flags())
			if err != nil {
				return err
			}
			began := time.Now()
			bar := newProgress(p.stderr, p.lang)
			log := newLogger(cfg, bar)
			s, err := p.openSite(cfg, log, bar.report(log))
			if err != nil {
				return err
			}
			defer s.close()
			status, err := s.update(c.Context(), force)
			bar.clear()
			if err != nil {
				return p.errorf(text{"建立索引失败:%w", "building the index failed: %w"}, err)
			}
			s.awaitMeanings(c.Context(), log)
			fmt.Fprintf(p.stdout, p.say(text{
				"%d 篇文章,%d 个段落,用时 %s,版本 %s\n",
				"%d articles, %d passages, in %s, generation %s\n"}),
				status.Articles, status.Passages, time.Since(began).Round(time.Millisecond), status.Generation)
			if status.Errors+status.Warnings > 0 && cfg.Content != "" {
				fmt.Fprintf(p.stdout, p.say(text{
					"文章中有 %d 个错误、%d 个警告,详见:jieda check %s\n",
					"%d errors and %d warnings in the articles; see: jieda check %s\n"}),
					status.Errors, status.Warnings, cfg.Content)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&force, "force", false, p.say(text{"内容没有变化也重建", "build even if nothing has changed"}))
	p.addSettings(c, "content", "data", "engine", "semantic.url", "semantic.model", "log.level", "log.format")
	return c
}
