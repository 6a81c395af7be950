# Klantreis. `make` alone prints this list.

SHELL := /bin/bash
export GOWORK := off
export GOTOOLCHAIN := local
ALLINONE := bin/klantreis-all-in-one
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
WORKFLOWCHECK := go.temporal.io/sdk/contrib/tools/workflowcheck@v0.6.0

.PHONY: help run build test race e2e lint vuln histories stories fuzz bench generate replay-orders torture torture-planted clean FORCE

help: ## Print this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

run: $(ALLINONE) ## Build and start everything in one process; flags through ARGS="--speed 86400"
	@exec ./$(ALLINONE) run $(ARGS)

$(ALLINONE): FORCE
	@if [ ! -x $@ ]; then echo "Building; the first build takes up to ten minutes, later ones seconds ..."; fi
	@mkdir -p bin && cd standalone && go build -o ../$@ ./cmd/klantreis

build: $(ALLINONE) ## Build the production binary and the all-in-one binary into bin/
	@go build -o bin/klantreis ./cmd/klantreis

test: $(ALLINONE) ## Run all tests of both modules
	go test -race -shuffle=on -timeout 30m ./...
	cd standalone && KLANTREIS_BINARY=$(CURDIR)/$(ALLINONE) go test -p 1 -timeout 30m ./...

race: ## Run the root module's tests with the race detector only
	go test -race -shuffle=on -timeout 30m ./...

e2e: $(ALLINONE) ## Run the end-to-end tests on the all-in-one binary only
	cd standalone && KLANTREIS_BINARY=$(CURDIR)/$(ALLINONE) go test -timeout 30m -v ./e2e/...

lint: ## Check style, import rules, workflow determinism and that go.mod is tidy
	go run $(GOLANGCI) run ./...
	cd standalone && go run $(GOLANGCI) run -c ../.golangci.yml ./...
	go run $(WORKFLOWCHECK) -config .workflowcheck.yaml ./workflows/...
	go mod tidy -diff
	cd standalone && go mod tidy -diff

vuln: ## Ask Go's vulnerability database about everything that is linked in
	@.ci/vuln $(GOVULNCHECK) . standalone

histories: ## Record the workflow histories for the replay tests anew, beside the old ones
	cd standalone && KLANTREIS_RECORD_HISTORIES=1 go test -run TestRecordHistories -v ./e2e/...

stories: ## Compare the core with its naive model on thousands of stories drawn anew
	go test ./journey -run 'TestNaive|TestProperty' -timeout 60m -rapid.checks 3000 -rapid.seed $$(date +%s)

fuzz: ## Fuzz every parser for a minute each
	@for target in $$(grep -rl '^func Fuzz' --include=*_test.go . | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -ho '^func Fuzz[A-Za-z]*' $$target/*_test.go | awk '{print $$2}'); do \
	    echo "$$target $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime 60s $$target || exit 1; done; done

bench: ## Run the benchmarks
	go test -run '^$$' -bench . -benchmem ./...
	cd standalone && KLANTREIS_BENCH=1 KLANTREIS_BINARY=none go test -count 1 -run '^TestBench' -v ./e2e/...

generate: ## Write anew what is generated: the JSON Schema of the journey map
	go run ./cmd/klantreis schema > docs/journey.schema.json.new
	mv docs/journey.schema.json.new docs/journey.schema.json

replay-orders: $(ALLINONE) ## Run real orders from ../shared/data through the engine and check every mail
	go run ./internal/replay/replayorders --binary $(ALLINONE) $(ARGS)

torture: ## Mistreat an installation of many processes for half an hour and check every promise; ARGS="-torture.duration 2h"
	cd standalone && go test -timeout 24h -v -run 'TestTorture$$' ./torture -torture.long $(ARGS)

torture-planted: ## Show that the check of the torture finds faults that are built in on purpose
	cd standalone && go test -timeout 1h -v -run TestPlanted ./torture -torture.planted $(ARGS)

clean: ## Remove what was built
	rm -rf bin
