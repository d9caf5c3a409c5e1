package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by the linker where there is no git history to read it from, as in the Dockerfile.
var version string

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: p.say(text{"显示版本", "print the version"}),
		Args:  p.arguments(0, 0),
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintf(p.stdout, "jieda %s %s %s/%s\n", versionName(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}

// versionName is what the linker was told, or else the version and commit that Go stamped into the program, or
// "devel" for a build that knows neither.
func versionName() string {
	if version != "" {
		return version
	}
	name, commit, changed := "devel", "", ""
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return name
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v // holds the commit already
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12:
			commit = "-" + s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+changed"
		}
	}
	return name + commit + changed
}
