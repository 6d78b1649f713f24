# Run "make" for the targets. `make test` needs Go and Git.

IMAGE   ?= ghcr.io/homelab-foundations/postgresapp:dev
ARCH    ?= $(shell go env GOARCH)
VERSION ?=
LDFLAGS  = -s -w $(if $(VERSION),-X github.com/homelab-foundations/postgresapp/pkg/cli.Version=$(VERSION))

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/postgresapp
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/postgresapp ./fn

.PHONY: install
install: ## Install postgresapp where go install puts programs
	CGO_ENABLED=0 go install -trimpath -ldflags '$(LDFLAGS)' ./fn && mv "$$(go env GOPATH)/bin/fn" "$$(go env GOPATH)/bin/postgresapp"

.PHONY: test
test: ## Run all tests that need Go and Git alone, and the real kustomize, which Go builds
	@test -d "$${POSTGRESAPP_CORPUS:-../shared/corpus}" || echo "NOT RUN: pkg/corpus: no manifests of others (POSTGRESAPP_CORPUS)"
	cd tools && go build -o ../bin/kustomize sigs.k8s.io/kustomize/kustomize/v5
	go vet ./...
	go test $(TESTFLAGS) ./...
	$(MAKE) -C source test

.PHONY: e2e
e2e: build ## Run the tests against the real parts: API server, operator, engines, PostgreSQL, Prometheus
	$(MAKE) -j 2 parameters alerts
	$(MAKE) -C e2e test

.PHONY: parameters
parameters: ## Run the tests that start a real PostgreSQL with what is computed for it
	go test -count=1 -tags postgres ./pkg/tune

.PHONY: alerts
alerts: ## Run the alerting rules in Prometheus' own engine, which promtool has
	go test -count=1 -tags promtool ./pkg/alert

.PHONY: soak
soak: ## Hold random apps against the real API server: COUNT of each law (20000), from SEED on (the time of day)
	$(MAKE) -C e2e soak

FUZZTIME ?= 1m

.PHONY: fuzz
fuzz: ## Look for input that breaks what reads it: FUZZTIME (1m) for each target, after minutes of compiling
	@git grep -h -o '^func Fuzz[A-Za-z]*' -- '*_test.go' | sort | while read -r _ target; do \
	dir=$$(dirname "$$(git grep -l "^func $$target(" -- '*_test.go')"); echo "$$dir $$target"; \
	(cd "$$dir" && go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) .) || exit 1; done

.PHONY: race
race: ## Run the tests under the race detector, which needs a C compiler
	CGO_ENABLED=1 go test -race ./...
	cd source && CGO_ENABLED=1 go test -race ./...

.PHONY: generate
generate: ## Write the field reference and the JSON Schema from the API's types
	go generate ./pkg/schema

.PHONY: update
update: ## Rewrite the expected output of examples and error cases; look at the diff before you commit it
	-go test ./examples ./pkg/render -update
	git diff --stat -- examples testdata

.PHONY: lint
lint: ## Check formatting and what vet finds
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go mod verify
	go mod tidy -diff

.PHONY: licenses
licenses: ## Check the licences of all that the program, and with it the image, is linked from
	cd tools/licenses && go vet . && go test . && go build -o ../../bin/licenses .
	bin/licenses ./fn

.PHONY: vuln
vuln: ## Look for known vulnerabilities in what the program calls; says so where their database is out of reach
	cd tools/vuln && go build -o ../../bin/govulncheck golang.org/x/vuln/cmd/govulncheck
	@answer=$$(bin/govulncheck ./fn 2>&1); status=$$?; echo "$$answer"; case "$$answer" in \
	*"govulncheck: fetching vulnerabilities: "*) echo "NOT CHECKED: the database of vulnerabilities is out of reach";; \
	*) exit $$status;; esac

.PHONY: bench
bench: build ## Measure against the yardsticks; every figure is a ratio within one run
	go test -run '^$$' -bench . -benchtime 3x ./pkg/performance
	$(MAKE) -C source bench

.PHONY: image
image: ## Build the container image with docker, pulling nothing
	CGO_ENABLED=0 GOOS=linux GOARCH=$(ARCH) go build -trimpath -ldflags '$(LDFLAGS)' -o dist/linux-$(ARCH)/postgresapp ./fn
	chmod 755 dist/linux-$(ARCH)/postgresapp
	chmod 644 image/passwd image/group
	docker build --network none --platform linux/$(ARCH) --build-arg TARGETARCH=$(ARCH) -t $(IMAGE) .

.PHONY: image-source
image-source: ## Build the container image of the source extension for Flux
	$(MAKE) -C source image ARCH=$(ARCH) VERSION=$(VERSION)

.PHONY: clean
clean: ## Remove what was built here
	rm -rf bin dist
