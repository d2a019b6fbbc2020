# askahead: what `make` can do. `make check` is what CI runs.
#
# go-sqlite3 takes 75 to 110 s to compile for every different set of flags, so everything here uses one of two:
# the plain one of `go test ./...` and the one with -race.

STATICCHECK = go tool -modfile=tools/go.mod staticcheck
CORPORA ?=
FUZZTIME ?= 30s

.PHONY: check fmt vet staticcheck race golden fuzz bench scores

check: fmt vet staticcheck race golden ## everything that must hold before a change lands

fmt:
	@out=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$out" || { echo "gofmt would change:"; echo "$$out"; exit 1; }

vet:
	go vet ./...

staticcheck:
	$(STATICCHECK) ./...

race: ## all tests under the race detector; PostgreSQL's too if ASKAHEAD_TEST_POSTGRES names a server
	go test -race ./...

golden: ## rewrites the golden files: git must not see a difference
	@pkgs=$$(git grep -lF 'flag.Bool("update"' -- '*_test.go' | xargs -n1 dirname | sort -u | sed 's,^,./,'); \
	  go test $$pkgs -update >/dev/null || exit 1; \
	  git diff --exit-code --stat || { echo "the golden files are not what the code gives: look at the difference"; exit 1; }

fuzz: ## every fuzz target for FUZZTIME each
	@for pkg in $$(git grep -l '^func Fuzz' -- '*_test.go' | xargs -n1 dirname | sort -u); do \
	  for target in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$pkg/*_test.go | cut -c6-); do \
	    echo "$$pkg $$target"; go test ./$$pkg -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) || exit 1; \
	  done; \
	done

bench: ## a benchmark for every stage of the line; figures for docs/benchmarks.md
	go test ./... -run '^$$' -bench . -benchmem

scores: score-mail score-questions score-topics score-tags ## figures for docs/quality.md; CORPORA=DIR names the labelled sets

score-%:
	@test -d "$(CORPORA)" || { echo "score-$*: skipped: CORPORA names no folder of labelled sets (make score-$* CORPORA=DIR)"; exit 0; }
	@test ! -d "$(CORPORA)" || go run ./internal/score/$* -corpora "$(CORPORA)"
