# What one does with jieda. "make help" lists it.
#
# -trimpath everywhere: one build cache for the program and its tests (jieba is C++ and slow to compile), and the tests
# see what is shipped, where gojieba cannot find its dictionaries in the module cache.
SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

GO      ?= go
FLAGS   := -trimpath
JIEDA   := bin/jieda
FUZZ    ?= 20s
BENCH_PERF ?= $(wildcard ../shared/eval/perf)
EVAL    ?= ../shared/eval/sets
LIMIT   ?= 300
URL     ?= http://localhost:8080
PAGES   ?= / '/search?q=怎么申请退货' /articles/how-to-return
RATE    ?= 100
CONNECTIONS ?= 8,64

.DEFAULT_GOAL := help
.PHONY: help run build test race lint bench load fuzz golden screenshots lighthouse eval docker clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## build and serve the built-in sample at http://localhost:8080
	@$(JIEDA) serve

build: ## build bin/jieda
	$(GO) build $(FLAGS) -o $(JIEDA) ./cmd/jieda

test: ## run every test; says how many ran, and what was skipped and why
	@$(GO) build $(FLAGS) -o bin/testsummary ./tools/testsummary
	@$(GO) test $(FLAGS) -timeout 30m -json ./... 2>&1 | bin/testsummary

race: ## run the tests with the race detector (slow)
	@$(GO) build $(FLAGS) -o bin/testsummary ./tools/testsummary
	@$(GO) test $(FLAGS) -timeout 60m -race -json ./... 2>&1 | bin/testsummary

lint: ## gofmt and go vet
	@files=$$(git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0 gofmt -l); \
	if [ -n "$$files" ]; then echo "not formatted; run gofmt -w on:"; echo "$$files"; exit 1; fi
	$(GO) vet $(FLAGS) ./...

bench: ## run the benchmarks (BENCH_PERF=FOLDER with larger corpora, see BenchmarkServe)
	BENCH_PERF="$(abspath $(BENCH_PERF))" $(GO) test $(FLAGS) -timeout 90m -run '^$$' -bench . -benchmem ./...

load: build ## ask for a minute at a fixed rate, with a rebuild in the middle (BENCH_PERF=FOLDER RATE=100 CONNECTIONS=8,64)
	@corpus="$(BENCH_PERF)/10k.jsonl.xz"; questions="$(BENCH_PERF)/queries.txt"; \
	if [ ! -f "$$corpus" ]; then corpus=index/testdata/aliyun-faq/docs.jsonl.gz; questions=index/testdata/aliyun-faq/queries.tsv; fi; \
	$(GO) run $(FLAGS) ./tools/load -program $(JIEDA) -corpus "$$corpus" -questions "$$questions" -rate $(RATE) -connections $(CONNECTIONS)

fuzz: ## run every fuzz test for a short time (FUZZ=20s each)
	@grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . | sed 's/:func / /' | while read -r file name; do \
		echo "$$(dirname "$$file") $$name"; \
		$(GO) test $(FLAGS) -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZ) "$$(dirname "$$file")"; \
	done

golden: ## rewrite the golden files from what the program does now; read the diff before committing it
	UPDATE_GOLDEN=1 $(GO) test $(FLAGS) -count=1 $$(grep -rl --include='*_test.go' UPDATE_GOLDEN . | xargs -n 1 dirname | sort -u)

screenshots: ## write pictures of the pages to bin/screenshots, in a browser (needs Chromium and Node.js 20)
	SCREENSHOTS="$(abspath bin/screenshots)" $(GO) test $(FLAGS) -count=1 -run TestScreenshots ./cmd/jieda
	@ls bin/screenshots | wc -l | xargs echo "pictures in bin/screenshots:"

lighthouse: ## rate a running site's pages with Lighthouse; all must reach 0.98 (URL=http://localhost:8080, PAGES=…)
	@for at in $(PAGES); do \
		CHROME_PATH="$${CHROMIUM:-$$(command -v chromium)}" npx --yes lighthouse@13.5.0 "$(URL)$$at" --quiet \
			--chrome-flags="--headless=new --no-sandbox" --output=json | node api/browser/scores.mjs "$$at"; \
	done

# The commit to compare with is the last one, or the one before it when nothing is changed since. Its figures are kept.
BASE ?= $(shell git diff --quiet HEAD && echo HEAD^ || echo HEAD)

eval: build ## measure answers on sets of judged questions, beside the previous commit (EVAL=../shared/eval/sets LIMIT=300 BASE=HEAD^)
	@if [ ! -d "$(EVAL)" ]; then \
		echo "there is no folder $(EVAL): give one that holds sets of judged questions, make eval EVAL=…;"; \
		echo "what a set is, see index/quality/set.go; a site's own questions: jieda eval --content DIR"; exit 1; fi
	@base=$$(git rev-parse --short "$(BASE)"); saved=bin/eval-$$base-$(LIMIT)-$$(cksum <<< "$(abspath $(EVAL))" | cut -d ' ' -f 1).json; \
	if [ ! -f "$$saved" ]; then \
		echo "measuring $$base for comparison"; tree=$$(mktemp -d); \
		trap 'git worktree remove --force "$$tree/base"; rmdir "$$tree"' EXIT; \
		git worktree add --quiet --detach "$$tree/base" "$$base"; \
		(cd "$$tree/base" && $(GO) build $(FLAGS) -o base-jieda ./cmd/jieda); \
		"$$tree/base/base-jieda" eval --sets "$(EVAL)" --limit $(LIMIT) --save "$$saved" >/dev/null; \
	fi; \
	echo "Δ against $$base:"; $(JIEDA) eval --sets "$(EVAL)" --limit $(LIMIT) --against "$$saved"

docker: ## build the container image jieda
	docker build --build-arg VERSION=$$(git describe --tags --always --dirty) -t jieda .

clean: ## remove what was built
	rm -rf bin
