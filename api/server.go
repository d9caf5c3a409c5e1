package api

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/labstack/echo/v4"

	"jieda/index"
	"jieda/keys"
	"jieda/searchlog"
)

// Options configure a Server. Index and Keeper are required; the zero value of the rest is a good default.
type Options struct {
	Index  *index.Index
	Keeper *index.Keeper
	// Files is the content folder, for the images and attachments of articles; nil serves none.
	Files fs.FS
	// Logger gets one line per request; nil discards.
	Logger *slog.Logger
	// Version of the program, shown to monitoring.
	Version string
	// SiteName stands at the top of every page; "帮助中心" or "Help Center" when empty.
	SiteName string
	// Brand makes the pages look like those of their owner.
	Brand Brand
	// Contact is where a customer goes who found nothing.
	Contact Contact
	// Keys are those of gateways and other programs; nil for none.
	Keys *keys.Ring
	// AdminKey, when not empty, is one more key: of every scope, and of no audience besides the public.
	AdminKey string
	// Log records what is asked and takes feedback; nil keeps nothing. Its Run is called by whoever made it.
	Log *searchlog.Recorder
	// Knowledge says what the ids mean that Dify sends, "shop=category:售后" or "internal=audience:staff"; the id "all"
	// is always everything that the key may see.
	Knowledge []string
	// Trails signs what a visitor searched; nil signs with a secret that is gone when the program ends.
	Trails *searchlog.Signer
	// PublicURL is the address at which customers reach the site, "https://help.example.com". With it, addresses in
	// JSON are absolute.
	PublicURL string
	// QueryTimeout is how long one search may take; 5 s when 0.
	QueryTimeout time.Duration
	// MaxConcurrent is how many searches may run at once before further ones are refused; 256 when 0.
	MaxConcurrent int
	// RateLimit is how many requests a minute, on average, an address may make that sends no key; 0 means any number.
	RateLimit int
	// CORSOrigins are the sites whose pages may call the API, "https://www.example.com"; "*" means every site.
	CORSOrigins []string
	// TrustedProxies are addresses or networks ("10.0.0.0/8") whose X-Forwarded-For is believed in the access log
	// and by the rate limit.
	TrustedProxies []string
}

// Contact says where a human can be reached. What is empty is not shown.
type Contact struct {
	URL    string // an http(s), mailto or tel address, or a path of the site
	TextZH string // "联系在线客服(9:00–21:00)"
	TextEN string
	// Script is the https address of a web chat's script, which pages load. It and its origin are the only ones besides our
	// own that the content security policy allows.
	Script string
}

// A Server answers HTTP requests. Safe for concurrent use.
type Server struct {
	index     *index.Index
	keeper    *index.Keeper
	files     fs.FS
	log       *slog.Logger
	opts      Options
	keys      *keys.Ring
	key       [sha256.Size]byte // of the admin key
	recorder  *searchlog.Recorder
	trails    *searchlog.Signer
	keeping   chan struct{} // holds one token per feedback that is being written
	questions limiter       // of those who ask the editors
	knowledge []Knowledge
	timeout   time.Duration
	running   chan struct{} // holds one token per search that runs
	limiter   limiter

	unknownProxy sync.Once // its warning

	operations map[string]*routers.Route
	schemas    openapi3.Schemas
	docJSON    []byte // openapi.json
	metrics    *metrics
	pages      *pages
	handler    http.Handler

	drain    sync.Once
	draining chan struct{} // closed by SetDraining
}

// New returns a server that is ready to handle requests, whether or not the index can be searched yet. It starts
// nothing and needs no closing. An error names the option that cannot be used.
func New(opts Options) (*Server, error) {
	if opts.Index == nil || opts.Keeper == nil {
		return nil, errors.New("api: Index and Keeper are required")
	}
	publicURL, err := origin(opts.PublicURL)
	if err != nil {
		return nil, err
	}
	opts.PublicURL = publicURL
	if err := opts.Contact.check(); err != nil {
		return nil, err
	}
	var knowledge []Knowledge
	for _, one := range opts.Knowledge {
		k, err := ParseKnowledge(one)
		if err != nil {
			return nil, err
		}
		knowledge = append(knowledge, k)
	}
	if err := checkOrigins(opts.CORSOrigins); err != nil {
		return nil, err
	}
	extractIP, err := ipExtractor(opts.TrustedProxies)
	if err != nil {
		return nil, err
	}
	doc, err := document()
	if err != nil {
		return nil, err
	}
	docJSON, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("api: write the OpenAPI document as JSON: %w", err)
	}
	if err := opts.Brand.check(); err != nil {
		return nil, err
	}
	pages, err := newPages(opts.Brand)
	if err != nil {
		return nil, err
	}
	if opts.Log == nil {
		opts.Log = searchlog.NewRecorder(searchlog.None{}, searchlog.RecorderOptions{})
	}
	if opts.Trails == nil {
		if opts.Trails, err = searchlog.NewSigner([]byte(rand.Text())); err != nil {
			return nil, err
		}
	}
	s := &Server{
		index:      opts.Index,
		keeper:     opts.Keeper,
		files:      opts.Files,
		log:        opts.Logger,
		opts:       opts,
		keys:       opts.Keys,
		key:        sha256.Sum256([]byte(opts.AdminKey)),
		recorder:   opts.Log,
		knowledge:  knowledge,
		trails:     opts.Trails,
		keeping:    make(chan struct{}, 32),
		timeout:    opts.QueryTimeout,
		operations: operations(doc),
		schemas:    doc.Components.Schemas,
		docJSON:    docJSON,
		metrics:    newMetrics(opts.Index, opts.Keeper, opts.Log),
		pages:      pages,
		draining:   make(chan struct{}),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.keys == nil {
		s.keys = new(keys.Ring)
	}
	if s.timeout == 0 {
		s.timeout = 5 * time.Second
	}
	if opts.MaxConcurrent == 0 {
		opts.MaxConcurrent = 256
	}
	s.running = make(chan struct{}, opts.MaxConcurrent)
	s.handler = s.routes(extractIP)
	return s, nil
}

// Handler returns what an http.Server serves. Its ReadHeaderTimeout and IdleTimeout should be set; WriteTimeout may
// be, the stream of events lifts it for itself.
func (s *Server) Handler() http.Handler { return s.handler }

// SetDraining makes /readyz answer 503 and ends the streams of events, so that http.Server.Shutdown does not wait for
// them. Call it before Shutdown, long enough for a load balancer to notice. A second call does nothing.
func (s *Server) SetDraining() { s.drain.Do(func() { close(s.draining) }) }

func (s *Server) isDraining() bool {
	select {
	case <-s.draining:
		return true
	default:
		return false
	}
}

// origin checks the public address and returns it without a slash at its end.
func origin(raw string) (string, error) {
	if raw == "" {
		return "", nil
	}
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("api: PublicURL %q: write it as https://help.example.com, without a path", raw)
	}
	return u.Scheme + "://" + u.Host, nil
}

func (c Contact) check() error {
	if u, err := url.Parse(c.Script); c.Script != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		return fmt.Errorf("api: Contact.Script %q: use an https: address", c.Script)
	}
	if c.URL == "" {
		return nil
	}
	u, err := url.Parse(c.URL)
	if err == nil {
		switch u.Scheme {
		case "http", "https", "mailto", "tel":
			return nil
		case "":
			if strings.HasPrefix(c.URL, "/") {
				return nil
			}
		}
	}
	return fmt.Errorf("api: Contact.URL %q: use an https:, mailto: or tel: address, or a path such as /contact", c.URL)
}

// ipExtractor says whose address a request has. echo would believe X-Forwarded-For from anyone if it were not told.
func ipExtractor(trusted []string) (echo.IPExtractor, error) {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect(), nil
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, t := range trusted {
		prefix, err := netip.ParsePrefix(t)
		if addr, addrErr := netip.ParseAddr(t); addrErr == nil {
			prefix, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("api: TrustedProxies: %q is neither an address nor a network such as 10.0.0.0/8", t)
		}
		prefix = prefix.Masked()
		options = append(options, echo.TrustIPRange(&net.IPNet{
			IP:   prefix.Addr().AsSlice(),
			Mask: net.CIDRMask(prefix.Bits(), prefix.Addr().BitLen()),
		}))
	}
	return echo.ExtractIPFromXFFHeader(options...), nil
}
