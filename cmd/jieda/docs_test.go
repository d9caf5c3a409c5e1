package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The reference of the settings is made from the table, "make golden" rewrites it.
func TestSettingsReference(t *testing.T) {
	for file, lang := range map[string]language{"settings.md": english, "settings.zh-CN.md": chinese} {
		path := "../../docs/" + file
		want := settingsReference(lang)
		if os.Getenv("UPDATE_GOLDEN") != "" {
			writeFile(t, path, want)
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s does not match settings(); run make golden", path)
		}
	}
}

func settingsReference(lang language) string {
	var b strings.Builder
	say := func(zh, en string) { b.WriteString(text{zh, en}.in(lang)) }
	say(`# 设置

由 cmd/jieda/settings.go 生成,请勿直接修改。

来源依次是:默认值、YAML 配置文件(`+"`--config` 或 `JIEDA_CONFIG`"+`)、环境变量、命令行参数,后者优先。写错的名字会被拒绝并给出
最接近的名字。`+"`jieda config print` 显示每个值及其来源,`jieda config check`"+` 列出全部错误。

YAML 中按小节书写:`+"`site.name` 写成 `site:` 下面的 `name:`"+`。

| YAML | 环境变量 | 命令行参数 | 默认值 | 含义 |
|---|---|---|---|---|
`, `# Settings

Made from cmd/jieda/settings.go; do not edit.

They come from defaults, a YAML file (`+"`--config` or `JIEDA_CONFIG`"+`), variables and flags; later ones win. A name that does not
exist is refused, with the nearest one that does. `+"`jieda config print` shows every value and where it came from, `jieda\nconfig check`"+` names every mistake.

YAML has sections: `+"`site.name` is `name:` below `site:`"+`.

| YAML | variable | flag | default | meaning |
|---|---|---|---|---|
`)
	for _, s := range settings() {
		shown := defaultValue(s)
		if shown != "" {
			shown = "`" + shown + "`"
		}
		help := s.help.in(lang)
		if len(s.choices) > 0 {
			help += " (`" + strings.Join(s.choices, "`, `") + "`)"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | `--%s` | %s | %s |\n", s.key, s.env(), s.flag(), shown, help)
	}
	return b.String()
}

// Both READMEs tell the same commands, and name only files that exist.
func TestReadme(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile("../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	commands := regexp.MustCompile("(?s)```sh\n.*?```")
	en, zh := read("README.md"), read("README.zh-CN.md")
	if got := commands.FindAllString(en, -1); len(got) < 3 || !slices.Equal(got, commands.FindAllString(zh, -1)) {
		t.Errorf("the commands of README.md and README.zh-CN.md differ")
	}
	tried := 0
	for _, help := range regexp.MustCompile("`bin/jieda ([^`]*--help[^`]*)`").FindAllStringSubmatch(en+zh, -1) {
		p := &program{stdout: io.Discard, stderr: io.Discard}
		if err := run(t.Context(), p, strings.Fields(help[1])); err != nil {
			t.Errorf("the README says %s: %v", help[0], err)
		}
		tried++
	}
	if tried < 2 {
		t.Errorf("%d commands with --help found, want one in each README", tried)
	}
	for _, link := range regexp.MustCompile(`\]\(([^):]+)\)`).FindAllStringSubmatch(en+zh, -1) {
		if _, err := os.Stat("../../" + link[1]); err != nil {
			t.Errorf("the README links to %s: %v", link[1], err)
		}
	}
}

// Both pages for gateways tell the same commands and the same JSON, and link only to files that exist.
func TestGatewayPages(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```(sh|json)\n.*?```")
	var first []string
	for _, name := range []string{"gateway.md", "gateway.zh-CN.md"} {
		text, err := os.ReadFile("../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		found := blocks.FindAllString(string(text), -1)
		if first == nil {
			first = found
		}
		if len(found) < 4 || !slices.Equal(found, first) {
			t.Errorf("%s: its %d commands differ from those of gateway.md", name, len(found))
		}
		for _, link := range regexp.MustCompile(`\]\(([^):]+)\)`).FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat("../../docs/" + link[1]); err != nil {
				t.Errorf("%s links to %s: %v", name, link[1], err)
			}
		}
	}
}

// The file for the systemd unit is one that jieda reads, and the unit and the compose file set only what exists.
func TestDeploySettings(t *testing.T) {
	p := &program{environ: []string{"JIEDA_CONFIG=../../deploy/jieda.yaml"}}
	if _, err := p.readConfig(p.command().Flags()); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"Dockerfile", "deploy/compose.yaml", "deploy/jieda.service"} {
		text, err := os.ReadFile("../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, variable := range regexp.MustCompile(`JIEDA_[A-Z_]+`).FindAllString(string(text), -1) {
			known := slices.ContainsFunc(settings(), func(s setting) bool { return s.env() == variable })
			if !known && variable != "JIEDA_CONTENT_DIR" { // of the compose file itself
				t.Errorf("%s sets %s, which is no setting", name, variable)
			}
		}
	}
}
