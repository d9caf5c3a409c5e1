package main

import "strings"

// A language is one of those in which the program speaks to the person at the terminal.
type language string

const (
	chinese language = "zh"
	english language = "en"
)

// A text is something a person reads, in both languages.
type text struct{ zh, en string }

func (t text) in(l language) string {
	if l == chinese {
		return t.zh
	}
	return t.en
}

// languageOf says in which language to speak before any setting is read: --lang, JIEDA_LANG, then the locale in the
// order of POSIX (LC_ALL, LC_MESSAGES, LANG; the first that is set decides). English when nothing says Chinese.
func languageOf(args, environ []string) language {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		value, ok := strings.CutPrefix(arg, "--lang=")
		if arg == "--lang" && i+1 < len(args) {
			value, ok = args[i+1], true
		}
		if ok {
			return parseLanguage(value)
		}
	}
	for _, name := range []string{"JIEDA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := lookup(environ, name); value != "" {
			return parseLanguage(value)
		}
	}
	return english
}

// parseLanguage understands BCP 47 tags and locales alike: "zh", "zh-TW", "zh_CN.UTF-8", "C.UTF-8".
func parseLanguage(value string) language {
	if strings.HasPrefix(strings.ToLower(value), "zh") {
		return chinese
	}
	return english
}

// lookup returns the value of an environment variable, empty when it is not set.
func lookup(environ []string, name string) string {
	for i := len(environ) - 1; i >= 0; i-- { // the last one wins, as in os/exec
		if value, ok := strings.CutPrefix(environ[i], name+"="); ok {
			return value
		}
	}
	return ""
}
