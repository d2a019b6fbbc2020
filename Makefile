# askahead: what `make` can do. `make check` is what CI runs.
#
# go-sqlite3 takes 75 to 110 s to compile for every different set of flags, so everything here uses one of two:
# the plain one of `go test ./...` and the one with -race.

STATICCHECK = go tool -modfile=tools/go.mod staticcheck
CORPORA ?=
FUZZTIME ?= 30s
FUZZ ?=
VERSION ?=
DEST ?= build

.PHONY: check fmt vet staticcheck race golden fuzz bench scores deb

check: fmt vet staticcheck race golden ## everything that must hold before a change lands

fmt:
	@out=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$out" || { echo "gofmt would change:"; echo "$$out"; exit 1; }

vet:
	go vet ./...

staticcheck:
	$(STATICCHECK) ./...

race: ## all tests under the race detector; PostgreSQL's and Dovecot's too if they are there
	@log=$$(mktemp); go test -race -timeout 30m -v ./... >$$log 2>&1; code=$$?; \
	  grep -E '^(ok|FAIL|panic|---? FAIL|\s+--- FAIL)' $$log; \
	  if [ $$code -ne 0 ]; then grep -B1 -A12 -E -- '--- FAIL|^panic|DATA RACE' $$log | tail -n 200; rm $$log; exit $$code; fi; \
	  if [ "$$ASKAHEAD_TEST_REQUIRE_ALL" = 1 ] && grep -B1 -E -- '--- SKIP' $$log | grep -v CORPORA | grep -F '_test.go:'; then \
	    echo "a test was skipped, and here none may be"; rm $$log; exit 1; fi; rm $$log

golden: ## rewrites the golden files: nothing may change
	@before=$$(git diff; git status --porcelain); \
	  pkgs=$$(git grep -lE 'flag[.]Bool[(]"update"|"askahead/internal/golden"' -- '*_test.go' | xargs -n1 dirname | sort -u | sed 's,^,./,'); \
	  go test $$pkgs -update >/dev/null || exit 1; \
	  after=$$(git diff; git status --porcelain); \
	  [ "$$before" = "$$after" ] || { git diff --stat; echo "the golden files are not what the code gives: look at the difference"; exit 1; }

fuzz: ## every fuzz target for FUZZTIME each, or those of the packages that FUZZ names
	@for pkg in $(or $(FUZZ),$$(git grep -l '^func Fuzz' -- '*_test.go' | xargs -n1 dirname | sort -u)); do \
	  for target in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$pkg/*_test.go | cut -c6-); do \
	    echo "$$pkg $$target"; go test ./$$pkg -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x || exit 1; \
	  done; \
	done

bench: ## a benchmark for every stage of the line; figures for docs/benchmarks.md
	go test ./... -run '^$$' -bench . -benchmem

deb: ## the Debian package: make deb VERSION=1.2.0 [DEST=build]
	packaging/deb.sh "$(VERSION)" "$(DEST)"

scores: score-mail score-questions score-topics score-tags score-protect score-rhythm ## figures for docs/quality.md; CORPORA=DIR names the labelled sets

score-%:
	@test -d "$(CORPORA)" || { echo "score-$*: skipped: CORPORA names no folder of labelled sets (make score-$* CORPORA=DIR)"; exit 0; }
	@test ! -d "$(CORPORA)" || go run ./internal/score/$* -corpora "$(CORPORA)"
