package main

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) healthcheckCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "healthcheck",
		Short: p.say(text{"检查本机正在运行的 jieda 是否正常(供容器使用)", "ask the jieda that runs on this machine whether it is well (for containers)"}),
		Args:  p.arguments(0, 0),
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := p.readConfig(c.Flags())
			if err != nil {
				return err
			}
			return p.healthcheck(c.Context(), cfg.Addr)
		},
	}
	p.addSettings(c, "addr")
	return c
}

// healthcheck asks /healthz and not /readyz: a container that builds its first index is well, and must not be killed
// for it.
func (p *program) healthcheck(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	where := "http://" + reachable(addr) + "/healthz"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, where, nil)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{}} // no proxy: this machine is asked, whatever HTTP_PROXY says
	response, err := client.Do(request)
	if err != nil {
		return p.errorf(text{"jieda 没有响应:%w", "jieda does not answer: %w"}, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return p.errorf(text{"%s 返回 %s", "%s says %s"}, where, response.Status)
	}
	return nil
}

// reachable turns an address to listen on into one to connect to: ":8080" and "0.0.0.0:8080" are at 127.0.0.1. Not at
// "localhost": an image that holds one file only has no /etc/hosts to look that up in.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	switch host {
	case "", "0.0.0.0":
		host = "127.0.0.1"
	case "::":
		host = "::1"
	}
	return net.JoinHostPort(host, port)
}
