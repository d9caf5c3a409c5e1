package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"jieda/api"
	"jieda/content"
	"jieda/content/sample"
)

func (p *program) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: p.say(text{"启动网页和接口服务", "serve the page and the API"}),
		Long: p.say(text{`启动网页和接口服务。不设 --content 时使用内置示例知识库。

文件有变化、收到 SIGHUP 或 POST /api/v1/admin/reindex 时重建索引,期间旧索引继续服务;重建失败不影响服务。
收到 SIGTERM 或 Ctrl+C 时先让 /readyz 返回 503,处理完手上的请求再退出。`,
			`Serve the page and the API, with the built-in sample when there is no --content.

The index is built anew when files change, on SIGHUP and on POST /api/v1/admin/reindex; the old one answers meanwhile,
and goes on if the build fails. On SIGTERM or Ctrl+C /readyz says 503 first, then running requests are finished.`}),
		Example: "  jieda serve\n  jieda serve --content my-help --addr :8080",
		Args:    p.arguments(0, 0),
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := p.readConfig(c.Flags())
			if err != nil {
				return err
			}
			return p.serve(c.Context(), cfg)
		},
	}
	p.addSettings(c)
	return c
}

// ballast is memory that is asked for and never touched, so that it takes no room, but counts when Go decides how soon to
// collect garbage: beside six megabytes of a generation it would otherwise do so every sixty searches, which was an
// eighth of their time.
const ballast = 16 << 20

// serve wires everything and runs until ctx is done, and a little longer to finish what was begun. It answers /healthz
// from the first moment, even while the first index is being built.
func (p *program) serve(ctx context.Context, cfg *configuration) error {
	hangup := make(chan os.Signal, 1) // from here on SIGHUP does not end the program
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)

	bar := newProgress(p.stderr, p.lang)
	log := newLogger(cfg, bar)
	s, err := p.openSite(cfg, log, bar.report(log))
	if err != nil {
		return err
	}
	defer s.close()
	ring, err := p.openKeys(cfg, s.data)
	if err != nil {
		return err
	}
	searches, err := openLog(cfg, s.data, log)
	if err != nil {
		return err
	}
	defer searches.Close()
	recorder := newRecorder(cfg, searches, log)
	options := p.apiOptions(cfg, s, log)
	options.Keys, options.Log = ring, recorder
	if options.Trails, err = p.trailSigner(cfg, s.data, log); err != nil {
		return err
	}
	server, err := api.New(options)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return p.errorf(text{
			"无法监听 %s:%w;是不是已有程序占用?可用 --addr 换一个端口",
			"cannot listen on %s: %w; is another program there? choose another port with --addr"}, cfg.Addr, err)
	}
	hs := &http.Server{
		Handler:           server.Handler(),
		ReadHeaderTimeout: cfg.Server.ReadHeaderTimeout,
		ReadTimeout:       cfg.Server.ReadTimeout,
		IdleTimeout:       cfg.Server.IdleTimeout, // no WriteTimeout: it would cut the event stream of the admin page
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	unused := make([]byte, ballast)
	defer runtime.KeepAlive(unused)
	served := make(chan error, 1)
	go func() { served <- hs.Serve(listener) }()
	log.Info("listening", "addr", listener.Addr().String(), "data", s.data, "version", versionName())

	// The keeper and the recorder stop after the requests that may ask them something.
	keeping, stopKeeping := context.WithCancel(context.WithoutCancel(ctx))
	var background sync.WaitGroup
	defer background.Wait()
	defer stopKeeping()
	background.Go(func() { ring.Watch(keeping, log) })
	background.Go(func() { recorder.Run(keeping) })
	background.Go(func() { p.keep(keeping, cfg, s, log, bar, listener.Addr(), hangup) })

	select {
	case err := <-served:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	log.Info("shutting down")
	server.SetDraining()
	return shutDown(hs, cfg, log)
}

func (p *program) apiOptions(cfg *configuration, s *site, log *slog.Logger) api.Options {
	return api.Options{
		Index:    s.index,
		Keeper:   s.keeper,
		Files:    s.folder,
		Logger:   log,
		Version:  versionName(),
		SiteName: cfg.Site.Name,
		Contact: api.Contact{
			URL: cfg.Site.ContactURL, TextZH: cfg.Site.ContactText, TextEN: cfg.Site.ContactTextEN, Script: cfg.Site.ContactScript,
		},
		Brand:          api.Brand{Logo: cfg.Site.Logo, Accent: cfg.Site.Accent, FooterZH: cfg.Site.Footer, FooterEN: cfg.Site.FooterEN},
		AdminKey:       cfg.Admin.Key,
		Knowledge:      cfg.Dify.Knowledge,
		PublicURL:      cfg.PublicURL,
		QueryTimeout:   cfg.Server.QueryTimeout,
		MaxConcurrent:  cfg.Server.MaxConcurrent,
		TrustedProxies: cfg.Server.TrustedProxies,
		RateLimit:      cfg.Server.RateLimit,
		CORSOrigins:    cfg.Server.CORSOrigins,
	}
}

// keep builds the first index, greets the person at the terminal, and keeps the index in step with the folder until
// ctx is done. No failure ends it: whatever was wrong with the folder may be mended while it runs.
func (p *program) keep(ctx context.Context, cfg *configuration, s *site, log *slog.Logger, bar *progress,
	addr net.Addr, hangup <-chan os.Signal) {
	var background sync.WaitGroup
	defer background.Wait()
	if s.dir != "" && cfg.Watch.Enabled {
		background.Go(func() { watch(ctx, cfg, s, log) })
	}
	background.Go(func() {
		for status := range s.keeper.Subscribe(ctx) {
			if status.Build == nil {
				bar.clear()
			}
		}
	})
	err := s.keeper.Start(ctx)
	bar.clear() // before the greeting
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		log.Error("no index could be built; trying again when files change, on SIGHUP and on POST /api/v1/admin/reindex", "err", err)
	}
	p.greet(cfg, addr)
	// What changed after Start read the content and before the watch stood.
	s.keeper.Trigger("start", false)
	background.Go(func() {
		if err := s.keeper.Run(ctx); err != nil && ctx.Err() == nil {
			log.Error("the index is no longer kept up to date; restart jieda", "err", err)
		}
	})
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			s.keeper.Trigger("sighup", false)
		}
	}
}

func watch(ctx context.Context, cfg *configuration, s *site, log *slog.Logger) {
	options := content.WatchOptions{Debounce: cfg.Watch.Debounce, Rescan: cfg.Watch.Rescan, Logger: log}
	if options.Rescan == 0 {
		options.Rescan = -1 // the setting says "never" with 0
	}
	err := content.Watch(ctx, s.dir, options, func(reason string) { s.keeper.Trigger(reason, false) })
	if err != nil && ctx.Err() == nil {
		log.Error("changes of files are not noticed; use SIGHUP or POST /api/v1/admin/reindex after a change", "err", err)
	}
}

// greet tells the person at the terminal where to go, and with the sample also what to ask. Who wants JSON collects what
// is printed, and gets nothing else.
func (p *program) greet(cfg *configuration, addr net.Addr) {
	if cfg.Log.Format == "json" {
		return
	}
	fmt.Fprintf(p.stdout, "\n  jieda 解答  %s\n", shownURL(addr))
	if cfg.Content == "" {
		fmt.Fprintf(p.stdout, "\n  %s\n", p.say(text{
			"正在使用内置示例知识库,试着问:",
			"This is the built-in sample. Try to ask:"}))
		for _, question := range sample.Questions(string(p.lang)) {
			fmt.Fprintf(p.stdout, "    %s\n", question)
		}
		fmt.Fprintf(p.stdout, "\n  %s\n", p.say(text{
			"换成自己的文章:jieda serve --content 文件夹",
			"With your own articles: jieda serve --content FOLDER"}))
	}
	fmt.Fprintln(p.stdout)
}

// shownURL is where a browser on this machine finds the server.
func shownURL(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return "http://" + addr.String()
	}
	host := tcp.IP.String()
	if tcp.IP.IsUnspecified() || tcp.IP.IsLoopback() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, fmt.Sprint(tcp.Port))
}

// shutDown goes on serving for the drain delay, while /readyz sends load balancers away, then closes the door and
// waits for running requests. Those that take too long are cut off, which is no failure of the program.
func shutDown(hs *http.Server, cfg *configuration, log *slog.Logger) error {
	hs.SetKeepAlivesEnabled(false) // or clients would send the next request here as well
	time.Sleep(cfg.Server.DrainDelay)
	ctx, cancel := context.WithTimeout(context.Background(), cfg.Server.ShutdownTimeout)
	defer cancel()
	err := hs.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		log.Warn("requests were cut off after server.shutdown_timeout", "after", cfg.Server.ShutdownTimeout)
		return hs.Close()
	}
	return err
}
