package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// command returns the command line of jieda: every command, in the language of the program.
func (p *program) command() *cobra.Command {
	root := &cobra.Command{
		Use: "jieda",
		Long: p.say(text{`jieda 解答:读取一个文件夹里的 Markdown 文章(常见问题和培训资料),建立中文索引,
通过网页和 JSON 接口回答客户的问题。

设置的来源依次是:默认值、配置文件(--config 或 JIEDA_CONFIG)、环境变量 JIEDA_…、命令行参数,后者优先。`,
			`jieda answers customers' questions from a folder of Markdown articles (FAQ and training): it indexes the Chinese
text and serves a page and a JSON API.

Settings come from defaults, a YAML file (--config or JIEDA_CONFIG), variables JIEDA_… and flags; later ones win.`}),
		Args:          p.noSuchCommand,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetUsageFunc(p.usage)
	root.SetHelpFunc(p.help)
	root.SetFlagErrorFunc(p.flagError)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.PersistentFlags().BoolP("help", "h", false, p.say(text{"显示帮助", "show this help"}))
	lang, _ := findSetting(settings(), "lang")
	root.PersistentFlags().String(lang.flag(), "", p.flagHelp(lang)) // read by languageOf before anything is printed
	root.AddCommand(p.serveCommand(), p.indexCommand(), p.searchCommand(), p.checkCommand(), p.evalCommand(), p.learnCommand(),
		p.keyCommand(), p.configCommand(), p.healthcheckCommand(), p.versionCommand())
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		c.DisableFlagsInUseLine = true // cobra's "[flags]" is English; see usage
		for _, sub := range c.Commands() {
			sub.DisableFlagsInUseLine = true
		}
		if c.Name() == "help" {
			c.Short = p.say(text{"显示某个命令的帮助", "show the help of a command"})
			c.Long = ""
		}
	}
	return root
}

// addSettings gives a command --config and the flags of the named settings, of all of them when none is named. --lang
// is the root's, and so every command's.
func (p *program) addSettings(c *cobra.Command, keys ...string) {
	c.Flags().StringP("config", "c", "", p.say(text{"YAML `FILE` 配置文件(也可用 JIEDA_CONFIG)", "YAML `FILE` of settings (also JIEDA_CONFIG)"}))
	for _, s := range settings() {
		if s.key == "lang" || len(keys) > 0 && !slices.Contains(keys, s.key) {
			continue
		}
		// Flags are text here, checked with all the other settings in readConfig, so that a mistake reads the same
		// wherever it was made.
		c.Flags().String(s.flag(), "", p.flagHelp(s))
		if s.kind == onOff {
			c.Flags().Lookup(s.flag()).NoOptDefVal = "true"
		}
	}
}

// flagHelp is the help of a setting, with its value's name in back quotes, where pflag looks for it.
func (p *program) flagHelp(s setting) string {
	value := s.value
	switch s.kind {
	case onOff:
		value = "true|false"
	case count, number:
		value = "N"
	case duration:
		value = "TIME"
	case share:
		value = "SHARE"
	}
	help := p.say(s.help)
	if len(s.choices) > 0 {
		help += " (" + strings.Join(s.choices, "|") + ")"
	}
	if shown := defaultValue(s); shown != "" {
		help += " " + fmt.Sprintf(p.say(text{"[默认 %s]", "[default %s]"}), shown)
	}
	return "`" + value + "` " + help
}

// usage prints what can be typed after a command. cobra's own knows English only.
func (p *program) usage(c *cobra.Command) error {
	w := c.OutOrStderr()
	fmt.Fprint(w, p.say(text{"用法:\n", "Usage:\n"}))
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "  %s %s\n", c.CommandPath(), p.say(text{"命令", "COMMAND"}))
		fmt.Fprint(w, p.say(text{"\n命令:\n", "\nCommands:\n"}))
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(w, "  %-12s %s\n", sub.Name(), sub.Short)
			}
		}
	} else {
		fmt.Fprintf(w, "  %s %s\n", c.UseLine(), p.say(text{"[参数]", "[flags]"}))
	}
	if c.Example != "" {
		fmt.Fprintf(w, "%s%s\n", p.say(text{"\n例子:\n", "\nExamples:\n"}), c.Example)
	}
	if c.HasAvailableFlags() {
		fmt.Fprint(w, p.say(text{"\n参数:\n", "\nFlags:\n"}))
		printFlags(w, c.Flags())
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, p.say(text{"\n某个命令的帮助:%s 命令 --help\n", "\nHelp on a command: %s COMMAND --help\n"}), c.CommandPath())
	}
	return nil
}

func (p *program) help(c *cobra.Command, _ []string) {
	c.SetOut(p.stdout)
	long := c.Long
	if long == "" {
		long = c.Short
	}
	fmt.Fprintf(p.stdout, "%s\n\n", long)
	_ = p.usage(c)
}

// printFlags lists flags in the order of the alphabet: name and value on one line, what they mean on the next, which
// stays readable however long either is.
func printFlags(w io.Writer, flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, help := pflag.UnquoteUsage(f)
		if quoted := "`" + value + "` "; strings.HasPrefix(f.Usage, quoted) {
			help = strings.TrimPrefix(f.Usage, quoted)
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if value != "" {
			name += " " + value
		}
		fmt.Fprintf(w, "  %s\n        %s\n", name, help)
	})
}

// noSuchCommand refuses what is not a command and offers the nearest one.
func (p *program) noSuchCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
	}
	if near := nearest(args[0], names); near != "" {
		return p.usagef(text{"没有 %q 这个命令,是不是 %s %s?", "there is no command %q; did you mean %s %s?"}, args[0], c.CommandPath(), near)
	}
	return p.usagef(text{"没有 %q 这个命令;全部命令见 %s --help", "there is no command %q; see them with %s --help"}, args[0], c.CommandPath())
}

// arguments checks how many arguments a command gets.
func (p *program) arguments(least, most int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return p.usagef(text{"还缺参数,写法是:%s", "something is missing; write: %s"}, c.UseLine())
		case len(args) > most:
			return p.usagef(text{"多了参数 %q,写法是:%s", "%q is too much; write: %s"}, args[most], c.UseLine())
		}
		return nil
	}
}

func (p *program) flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var noValue *pflag.ValueRequiredError
	var badValue *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		name := unknown.GetSpecifiedName()
		if near := nearest(name, names); near != "" && len(name) > 1 {
			return p.usagef(text{"没有参数 --%s,是不是 --%s?", "there is no flag --%s; did you mean --%s?"}, name, near)
		}
		return p.usagef(text{"没有参数 %s;全部参数见 %s --help", "there is no flag %s; see them with %s --help"}, dashed(name), c.CommandPath())
	case errors.As(err, &noValue):
		return p.usagef(text{"参数 %s 后面还缺一个值", "flag %s needs a value"}, dashed(noValue.GetSpecifiedName()))
	case errors.As(err, &badValue):
		return p.usagef(text{"参数 --%s 的值不能是 %q", "flag --%s cannot be %q"}, badValue.GetFlag().Name, badValue.GetValue())
	default:
		return p.usagef(text{"命令行有误:%v", "cannot read the command line: %v"}, err)
	}
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// defaultValue is how the default of a setting is shown, empty when it is not set by default.
func defaultValue(s setting) string {
	switch v := s.def.(type) {
	case string:
		return v
	case time.Duration:
		return shortDuration(v)
	case []string:
		return strings.Join(v, ",")
	default:
		return fmt.Sprint(v)
	}
}
