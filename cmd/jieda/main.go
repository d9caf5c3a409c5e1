// Jieda 解答 answers a customer's question from a folder of Markdown articles: it reads the folder, cuts the Chinese
// text, indexes it, and serves it over HTTP.
//
// This package is the program, and the only place where flags, files of settings and the environment are read and
// where the other packages are put together. It decides nothing about content, ranking or HTTP: those are packages
// content, index and api.
//
// A tour: run below makes the command line (commands.go) and turns what went wrong into an exit code; settings.go is
// the table of everything an operator can set and config.go reads it from defaults, YAML file, environment and flags,
// in this order; site.go opens content, engine and index in one function; serve.go, index.go, search.go and check.go are
// the commands. The testscripts in testdata/script show what a person types, and what comes back.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// After the first signal the program shuts down in good order; the second one ends it at once.
	context.AfterFunc(ctx, stop)
	p := &program{environ: os.Environ(), stdout: os.Stdout, stderr: os.Stderr}
	err := run(ctx, p, os.Args[1:])
	os.Exit(exitCode(err))
}

// A program is one run of jieda with the world around it.
type program struct {
	environ        []string // "KEY=value", as os.Environ gives it
	stdout, stderr io.Writer
	lang           language // of everything that is printed
}

// Exit codes. Scripts rely on them: 2 means that the call itself must be changed.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	// What shells report for a program that Ctrl+C ended: 128 and the number of SIGINT.
	exitInterrupted = 130
)

// A usageError is a mistake in the command line, in the file of settings or in the environment.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

// errReported ends the program with exit code 1 after everything that can be said has been printed.
var errReported = errors.New("reported above")

// errInterrupted ends the program when a signal came before its work was done.
var errInterrupted = errors.New("interrupted")

func exitCode(err error) int {
	var usage *usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	default:
		return exitFailed
	}
}

// run executes one command line, args without the program's name. What went wrong has been printed when it returns.
func run(ctx context.Context, p *program, args []string) error {
	p.lang = languageOf(args, p.environ)
	root := p.command()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil, errors.Is(err, errReported):
	case ctx.Err() != nil && errors.Is(err, ctx.Err()): // whatever was being done, the signal is why it was not
		fmt.Fprintln(p.stderr, "jieda: "+p.say(text{"已中断", "interrupted"}))
		return errInterrupted
	default:
		fmt.Fprintln(p.stderr, "jieda: "+err.Error())
	}
	return err
}

// usagef makes a usageError in the language of the program.
func (p *program) usagef(message text, args ...any) error {
	return &usageError{fmt.Sprintf(p.say(message), args...)}
}

// errorf makes an error in the language of the program; %w works as in fmt.Errorf.
func (p *program) errorf(message text, args ...any) error {
	return fmt.Errorf(p.say(message), args...)
}

// say picks the wording in the language of the program.
func (p *program) say(message text) string { return message.in(p.lang) }
