package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"jieda/index"
	"jieda/searchlog"
)

// metrics is what Prometheus reads, in a registry of its own.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	searches *prometheus.CounterVec
	refusals *prometheus.CounterVec
}

func newMetrics(x *index.Index, keeper *index.Keeper, recorder *searchlog.Recorder) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "jieda_http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "jieda_http_request_duration_seconds", Help: "Time to answer a request, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"route"}),
		searches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "jieda_searches_total", Help: "Searches, by surface (search, suggest, page, dify, mcp) and decision.",
		}, []string{"source", "decision"}),
	}
	m.refusals = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "jieda_refusals_total", Help: "Requests answered with a problem, by its code, such as rate_limited or overloaded.",
	}, []string{"code"})
	m.registry.MustRegister(m.requests, m.duration, m.searches, m.refusals, newKeeperCollector(keeper), newSemanticCollector(x), newLogCollector(recorder),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// handler does not compress: the gzip middleware would do it a second time.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{DisableCompression: true})
}

// observe counts a request. The route is the pattern, "/articles/*", so that articles do not become labels.
func (m *metrics) observe(method, route string, status int, took time.Duration) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default: // anybody may invent one
		method = "other"
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(route).Observe(took.Seconds())
}

func (m *metrics) refused(code ProblemCode) { m.refusals.WithLabelValues(string(code)).Inc() }

func (m *metrics) searched(source string, decision index.Decision) {
	m.searches.WithLabelValues(source, string(decision)).Inc()
}

// keeperCollector reads the keeper's status whenever Prometheus asks.
type keeperCollector struct {
	keeper *index.Keeper
	info, articles, passages, problems,
	built, failed, builds, seconds *prometheus.Desc
}

func newKeeperCollector(k *index.Keeper) *keeperCollector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("jieda_"+name, help, labels, nil)
	}
	return &keeperCollector{
		keeper:   k,
		info:     desc("generation_info", "1 for the generation in use and the keeper's state.", "generation", "state"),
		articles: desc("articles", "Articles in the generation in use."),
		passages: desc("passages", "Passages in the generation in use."),
		problems: desc("content_problems", "What editors should fix.", "severity"),
		built:    desc("generation_built_timestamp_seconds", "When the generation in use was built."),
		builds:   desc("builds_total", "Builds since the start, by result.", "result"),
		seconds:  desc("last_build_duration_seconds", "How long the last successful build took."),
		failed:   desc("last_build_failed", "1 when the last build failed and the old generation, if any, goes on serving."),
	}
}

func (c *keeperCollector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

func (c *keeperCollector) Collect(ch chan<- prometheus.Metric) {
	st := c.keeper.Status()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	failed := 0.0
	if st.State == "failed" {
		failed = 1
	}
	gauge(c.info, 1, st.Generation, st.State)
	gauge(c.articles, float64(st.Articles))
	gauge(c.passages, float64(st.Passages))
	gauge(c.problems, float64(st.Errors), "error")
	gauge(c.problems, float64(st.Warnings), "warning")
	gauge(c.failed, failed)
	gauge(c.seconds, st.BuildSeconds)
	for result, n := range map[string]int{"ok": st.Builds, "failed": st.Failures} {
		ch <- prometheus.MustNewConstMetric(c.builds, prometheus.CounterValue, float64(n), result)
	}
	if !st.BuiltAt.IsZero() {
		gauge(c.built, float64(st.BuiltAt.Unix()))
	}
}

// logCollector reads how recording goes whenever Prometheus asks.
type logCollector struct {
	recorder                           *searchlog.Recorder
	queued, recorded, dropped, failing *prometheus.Desc
}

func newLogCollector(r *searchlog.Recorder) *logCollector {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("jieda_searchlog_"+name, help, nil, nil)
	}
	return &logCollector{
		recorder: r,
		queued:   desc("queued", "Searches that wait to be written into the search log."),
		recorded: desc("recorded_total", "Searches written into the search log."),
		dropped:  desc("dropped_total", "Searches that were answered but not recorded, as the log was too slow or failed."),
		failing:  desc("failing", "1 while the search log cannot be used; the server's log says why."),
	}
}

func (c *logCollector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

func (c *logCollector) Collect(ch chan<- prometheus.Metric) {
	st := c.recorder.Stats()
	failing := 0.0
	if st.Failing {
		failing = 1
	}
	ch <- prometheus.MustNewConstMetric(c.queued, prometheus.GaugeValue, float64(st.Queued))
	ch <- prometheus.MustNewConstMetric(c.recorded, prometheus.CounterValue, float64(st.Recorded))
	ch <- prometheus.MustNewConstMetric(c.dropped, prometheus.CounterValue, float64(st.Dropped))
	ch <- prometheus.MustNewConstMetric(c.failing, prometheus.GaugeValue, failing)
}

// semanticCollector reads how the semantic layer is doing; there is nothing to read when it is off.
type semanticCollector struct {
	index                                            *index.Index
	requests, failures, searches, fallbacks, vectors *prometheus.Desc
}

func newSemanticCollector(x *index.Index) *semanticCollector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("jieda_semantic_"+name, help, labels, nil)
	}
	return &semanticCollector{
		index:     x,
		requests:  desc("requests_total", "Requests to the embeddings endpoint, by what for (questions, passages).", "for"),
		failures:  desc("failures_total", "Those of them that failed, by reason.", "for", "reason"),
		searches:  desc("searches_total", "Searches by words and meaning."),
		fallbacks: desc("fallbacks_total", "Searches by words alone, because there was no vector in time, by reason.", "reason"),
		vectors:   desc("vectors", "Passages in the generation in use: with a vector, without one yet, and refused by the endpoint.", "state"),
	}
}

func (c *semanticCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.requests, c.failures, c.searches, c.fallbacks, c.vectors} {
		ch <- d
	}
}

func (c *semanticCollector) Collect(ch chan<- prometheus.Metric) {
	st := c.index.Semantic()
	if st == nil {
		return
	}
	counter := func(d *prometheus.Desc, n uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	counter(c.requests, st.Questions.Total, "questions")
	counter(c.requests, st.Passages.Total, "passages")
	for reason, n := range st.Questions.Failures {
		counter(c.failures, n, "questions", reason)
	}
	for reason, n := range st.Passages.Failures {
		counter(c.failures, n, "passages", reason)
	}
	counter(c.searches, st.Hybrid)
	for reason, n := range st.Fallbacks {
		counter(c.fallbacks, n, reason)
	}
	for state, n := range map[string]int{"present": st.Vectors, "missing": st.Missing, "refused": st.Refused} {
		ch <- prometheus.MustNewConstMetric(c.vectors, prometheus.GaugeValue, float64(n), state)
	}
}
