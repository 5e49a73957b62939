# Syncproof from a bare machine: Python >= 3.11, git and make are enough (Debian/Ubuntu tried).
#
#   make run     set up, then prove the reference connector with the built-in go-live pack
#   make test    set up, then everything that CI checks (what .ci/run calls)
#   make coverage   the same, with the share of lines and branches that tests reach
#   make bench   set up, then measure: servers, population, diff, pack; and what must be fast all the time (a quiet machine)
#   make mutants        how many small mistakes in checks and oracle the tests notice (a sample of 300)
#   make false-alarms   the correct connector over 100 seeds, three policies of conflict, both directions
#   make lint | types | layers | unit    one part of `make test`, quickly
#   make qualify the suite against the correct and every buggy reference connector: the matrix and the score
#   make score   the same, and write the score down (README, docs/bug-classes.md); CI compares with it
#   make docs    write the generated parts of docs/ again
#   make lock    write constraints.txt again from what .venv holds
#   make clean   remove everything that can be made again
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
READY := .venv/.ready
TYPES := .build/types
NODE := tests/connectors/node
CLIENTS := tests/network/node
QUIETLY := tools/quietly.sh
REPORT ?= reports/latest
WORKERS ?= 2
# One more than there are cores: many tests wait for a program or a port.
TESTERS ?= 3

# Hundreds of tests start Python anew; where it may not keep what it has compiled, each of them compiles everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test coverage bench lint types layers unit qualify score mutants false-alarms docs lock clean

help:
	@sed -n 's/^#   //p' Makefile

# A second call does nothing: the stamp is newer than what it was made from.
$(READY): pyproject.toml constraints.txt tools/venv.sh
	@tools/venv.sh
	@touch $@

# make itself can only say 0 or 2; the verdict's own exit code is printed and is that of `syncproof run`.
run: $(READY)
	@code=0; $(BIN)/syncproof run -j $(WORKERS) --report $(REPORT) || code=$$?; \
	if [ -f $(REPORT)/report.html ]; then echo "report: $(REPORT)/report.html"; fi; \
	echo "exit code of syncproof: $$code"; exit $$code

# While linters and downloads run, Python compiles the tests once for all workers.
test: $(READY)
	@tools/test_programs.sh $(NODE) $(CLIENTS) & programs=$$!; \
	$(BIN)/pytest --collect-only -q >/dev/null 2>&1 & compiled=$$!; \
	code=0; $(MAKE) --no-print-directory lint types layers || code=$$?; wait $$programs $$compiled || true; exit $$code
	@tools/told.sh .build/pytest.txt $(BIN)/pytest -q -m "not speed" -n $(TESTERS) --dist loadfile \
		--no-loadscope-reorder -rfEs $(COVERAGE)

# Measuring costs a quarter of the time, which CI's quarter of an hour has not.
coverage:
	@$(MAKE) --no-print-directory test COVERAGE="--cov --cov-report=term:skip-covered"

bench: $(READY)
	@$(BIN)/python bench/all.py
	@$(BIN)/pytest -q -m speed -p no:cacheprovider

lint: $(READY)
	@$(QUIETLY) ruff $(BIN)/ruff check harness mocks tests bench tools

# The folders carry other names than the packages (style: `harness/X` is `syncproof.X`), so links give them those names.
$(TYPES):
	@mkdir -p $@
	@ln -sfn ../../harness $@/syncproof
	@ln -sfn ../../mocks $@/syncproof_mocks
	@ln -sfn ../../scenarios $@/syncproof_scenarios

types: $(READY) $(TYPES)
	@cd $(TYPES) && MYPYPATH=. ../../$(QUIETLY) mypy ../../$(BIN)/mypy --config-file ../../pyproject.toml \
		--cache-dir ../../.mypy_cache -p syncproof -p syncproof_mocks

layers: $(READY) $(TYPES)
	@PYTHONPATH=$(TYPES) $(QUIETLY) lint-imports $(BIN)/lint-imports

unit: $(READY)
	@$(BIN)/pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not slow and not speed"

qualify: $(READY)
	@$(BIN)/syncproof qualify -j $(WORKERS)

score: $(READY)
	@code=0; $(BIN)/python tools/score.py $(WORKERS) || code=$$?; $(BIN)/python tools/generate_docs.py; exit $$code

mutants: $(READY)
	@$(BIN)/python -m tools.mutation --most 300 --jobs $(WORKERS) --least 0.85

false-alarms: $(READY)
	@$(BIN)/python -m tools.false_alarms --seeds 100 --jobs $(WORKERS)

docs: $(READY)
	@$(BIN)/python tools/generate_docs.py

lock: $(READY)
	@$(BIN)/python tools/lock.py

clean:
	rm -rf .venv .build build dist ./*.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis \
		.coverage .coverage.* htmlcov $(NODE)/node_modules $(CLIENTS)/node_modules reports/latest
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
