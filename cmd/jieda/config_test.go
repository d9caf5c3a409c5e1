package main

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

// Every field of Config has a setting and the other way round, each with its own variable and flag.
func TestSettingsMatchConfig(t *testing.T) {
	var fields []string
	var walk func(prefix string, of reflect.Type)
	walk = func(prefix string, of reflect.Type) {
		for field := range of.Fields() {
			key := prefix + field.Tag.Get("koanf")
			if field.Type.Kind() == reflect.Struct {
				walk(key+".", field.Type)
				continue
			}
			fields = append(fields, key)
		}
	}
	walk("", reflect.TypeFor[Config]())
	table := settings()
	names := map[string]string{}
	for _, s := range table {
		for _, name := range []string{s.env(), s.flag()} {
			if other, taken := names[name]; taken {
				t.Errorf("%s and %s are both %s", s.key, other, name)
			}
			names[name] = s.key
		}
		if s.help.zh == "" || s.help.en == "" {
			t.Errorf("%s has no help in one of the languages", s.key)
		}
		if s.secret {
			if _, ok := findSetting(table, s.key+"_file"); !ok {
				t.Errorf("secret %s has no %s_file", s.key, s.key)
			}
		}
		if parsed, wrong := s.parse(s.def); s.kind == word && (wrong != text{} || parsed != s.def) {
			t.Errorf("the default of %s is refused: %s", s.key, wrong.en)
		}
	}
	for _, key := range fields {
		if _, ok := findSetting(table, key); !ok {
			t.Errorf("Config has %s, settings() has not", key)
		}
	}
	if len(fields) != len(table) {
		t.Errorf("Config has %d fields, settings() has %d lines", len(fields), len(table))
	}
}

func TestParseSetting(t *testing.T) {
	tests := []struct {
		key   string
		value any
		want  any // nil: refused
	}{
		{"content", "帮助", "帮助"},
		{"content", 7, nil},
		{"addr", ":8080", ":8080"},
		{"addr", "", nil},
		{"addr", "8080", nil},
		{"addr", "localhost:80800", nil},
		{"engine", "opensearch", nil},
		{"engine", "", nil},
		{"lang", "", ""},
		{"public_url", "help.example.com", nil},
		{"public_url", "https://help.example.com", "https://help.example.com"},
		{"public_url", "https://example.com/help", nil},
		{"site.contact_url", "tel:10086", "tel:10086"},
		{"site.contact_url", "/contact", "/contact"},
		{"site.contact_url", "javascript:alert(1)", nil},
		{"searchlog.store", "none", "none"},
		{"searchlog.store", "sqlite:/var/log/问.db", "sqlite:/var/log/问.db"},
		{"searchlog.store", "sqlite:", nil},
		{"searchlog.store", "sqlite://x", nil},
		{"searchlog.store", "mysql", nil},
		{"searchlog.store", "", nil},
		{"searchlog.keep_days", 0, nil},
		{"server.query_timeout", "1500ms", 1500 * time.Millisecond},
		{"server.query_timeout", 2, nil}, // which unit?
		{"server.query_timeout", "-1s", nil},
		{"server.max_concurrent", 8, 8},
		{"server.max_concurrent", "8", 8},
		{"server.max_concurrent", 0, nil},
		{"watch.enabled", "false", false},
		{"watch.enabled", true, true},
		{"watch.enabled", "maybe", nil},
		{"server.trusted_proxies", "10.0.0.0/8, ::1/128", []string{"10.0.0.0/8", "::1/128"}},
		{"server.trusted_proxies", []any{"10.0.0.0/8"}, []string{"10.0.0.0/8"}},
		{"server.trusted_proxies", "10.0.0.1", []string{"10.0.0.1"}},
		{"server.trusted_proxies", "10.0.0", nil},
		{"server.trusted_proxies", map[string]any{"a": 1}, nil},
	}
	for _, test := range tests {
		s, _ := findSetting(settings(), test.key)
		got, wrong := s.parse(test.value)
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s = %v: got %v (%s), want %v", test.key, test.value, got, wrong.en, test.want)
		}
	}
}

// What config print writes is read back as the same settings.
func TestPrintIsReadBack(t *testing.T) {
	dir := t.TempDir()
	first := dir + "/first.yaml"
	writeFile(t, first, `
content: "我的 帮助: #1"
site: {name: "引号\"与\\斜杠", contact_text: "电话:400\n转人工"}
server: {trusted_proxies: [10.0.0.0/8, "fd00::/8"], query_timeout: 1h}
watch: {enabled: false, rescan: 90s}
`)
	read := func(path string) (*configuration, string) {
		t.Helper()
		var out bytes.Buffer
		p := &program{environ: []string{"JIEDA_CONFIG=" + path}, stdout: &out}
		c, err := p.readConfig(pflag.NewFlagSet("", pflag.ContinueOnError))
		if err != nil {
			t.Fatal(err)
		}
		c.print(p)
		return c, out.String()
	}
	want, printed := read(first)
	second := dir + "/second.yaml"
	writeFile(t, second, printed)
	got, _ := read(second)
	if !reflect.DeepEqual(got.Config, want.Config) {
		t.Errorf("got %+v\nwant %+v", got.Config, want.Config)
	}
	if want.Site.ContactText != "电话:400\n转人工" {
		t.Errorf("contact_text = %q", want.Site.ContactText)
	}
}

func TestNearest(t *testing.T) {
	tests := []struct{ word, want string }{
		{"srve", "serve"},
		{"serch", "search"},
		{"reindex", "index"},
		{"whatever", ""},
		{"", ""},
	}
	for _, test := range tests {
		if got := nearest(test.word, []string{"serve", "search", "index", "check", "version"}); got != test.want {
			t.Errorf("nearest(%q) = %q, want %q", test.word, got, test.want)
		}
	}
}

func TestLanguageOf(t *testing.T) {
	tests := []struct {
		args, environ string
		want          language
	}{
		{"", "", english},
		{"", "LANG=C.UTF-8", english},
		{"", "LANG=zh_CN.UTF-8", chinese},
		{"", "LANG=zh_CN.UTF-8 LC_ALL=en_US.UTF-8", english},
		{"", "LANG=en_US.UTF-8 LC_MESSAGES=zh_TW.UTF-8", chinese},
		{"", "LC_ALL=en_US.UTF-8 JIEDA_LANG=zh", chinese},
		{"check --lang en dir", "LANG=zh_CN.UTF-8", english},
		{"check --lang=zh dir", "", chinese},
		{"search -- --lang=zh", "", english},
	}
	for _, test := range tests {
		if got := languageOf(strings.Fields(test.args), strings.Fields(test.environ)); got != test.want {
			t.Errorf("languageOf(%q, %q) = %s, want %s", test.args, test.environ, got, test.want)
		}
	}
}
