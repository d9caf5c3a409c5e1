package main

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"jieda/content"
)

func (p *program) checkCommand() *cobra.Command {
	format := "text"
	c := &cobra.Command{
		Use:   "check DIR",
		Short: p.say(text{"检查文章文件夹,列出需要修改的地方", "check a folder of articles and list what to fix"}),
		Long: p.say(text{`检查文章文件夹,列出需要修改的地方:文件、行号、原因和改法。
有错误时退出码为 1(警告不算),用法有误时为 2,因此可直接用在提交前检查和 CI 中。`,
			`Check a folder of articles and list what to fix: file, line, why, and what to do.
The exit code is 1 when there are errors (warnings do not count) and 2 when the call is wrong, for commit hooks and CI.`}),
		Example: "  jieda check my-help\n  jieda check --format github my-help",
		Args:    p.arguments(1, 1),
		RunE: func(c *cobra.Command, args []string) error {
			if !slices.Contains([]string{"text", "json", "github"}, format) {
				return p.usagef(text{"--format 只能是 text、json 或 github", "--format must be text, json or github"})
			}
			folder, err := p.openContent(args[0])
			if err != nil {
				return err
			}
			library, err := content.Read(c.Context(), folder, nil)
			if err != nil {
				return p.errorf(text{"读不了文件夹 %s:%w", "cannot read the folder %s: %w"}, args[0], err)
			}
			if err := p.writeProblems(format, args[0], library.Problems); err != nil {
				return err
			}
			for _, problem := range library.Problems {
				if problem.Severity() == content.Error {
					return errReported
				}
			}
			return nil
		},
	}
	c.Flags().StringVar(&format, "format", format, p.say(text{
		"`FORMAT` 输出格式 (text|json|github);github 会在 pull request 上标出问题",
		"`FORMAT` of the list (text|json|github); github marks the lines of a pull request"}))
	return c
}

func (p *program) writeProblems(format, dir string, problems []content.Problem) error {
	switch format {
	case "json":
		return content.WriteJSON(p.stdout, problems, string(p.lang))
	case "github":
		prefix, err := inRepository(dir, lookup(p.environ, "GITHUB_WORKSPACE"))
		if err != nil {
			return err
		}
		problems = slices.Clone(problems)
		for i := range problems {
			problems[i].Path = path.Join(prefix, problems[i].Path)
		}
		return content.WriteGitHub(p.stdout, problems, string(p.lang))
	default:
		return content.WriteText(p.stdout, problems, string(p.lang))
	}
}

// inRepository returns the slash-separated path of a folder below the checkout, empty for its top. Without a
// workspace the working directory is taken for the top, which is where CI runs commands.
func inRepository(dir, workspace string) (string, error) {
	top, err := filepath.Abs(workspace) // of "": the working directory
	if err != nil {
		return "", err
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	below, err := filepath.Rel(top, dir)
	if err != nil || below == "." || strings.HasPrefix(below, "..") {
		return "", err
	}
	return filepath.ToSlash(below), nil
}
