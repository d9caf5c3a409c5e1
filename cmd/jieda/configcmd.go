package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (p *program) configCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: p.say(text{"查看或检查设置", "show or check the settings"}),
		Args:  p.noSuchCommand,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	show := &cobra.Command{
		Use:   "print",
		Short: p.say(text{"以 YAML 显示全部设置及其来源,密钥会被遮住", "print every setting as YAML with where it came from; secrets are masked"}),
		Args:  p.arguments(0, 0),
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := p.readConfig(c.Flags())
			if err != nil {
				return err
			}
			cfg.print(p)
			return nil
		},
	}
	check := &cobra.Command{
		Use:   "check",
		Short: p.say(text{"检查设置,列出全部错误", "check the settings and name every mistake"}),
		Args:  p.arguments(0, 0),
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := p.readConfig(c.Flags())
			if err != nil {
				return err
			}
			if _, err := p.openContent(cfg.Content); err != nil {
				return err
			}
			if err := p.checkApart(cfg.Content, cfg.Data); err != nil {
				return err
			}
			fmt.Fprintln(p.stdout, p.say(text{"设置没有问题", "the settings are fine"}))
			return nil
		},
	}
	p.addSettings(show)
	p.addSettings(check)
	c.AddCommand(show, check)
	return c
}
