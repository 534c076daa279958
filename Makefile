PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.dev-installed
DEMO_STAMP := $(VENV)/.installed
BROWSER := $(VENV)/browser/chromium

# Tests start hundreds of Pythons; without bytecode kept on disk each compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test lint pytest docs accept golden new-rule bench fuzz diff-study study-parity kill wheel

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(DEMO_STAMP): pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

# pip would compile on one core. Packages carry files that are no Python, too, which nobody imports.
$(STAMP): pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --no-compile --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --no-compile --constraint constraints.txt --editable '.[dev]'
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib/python3*/site-packages || true
	@touch $@ $(DEMO_STAMP)

$(BROWSER): tests/browser/install.py | $(STAMP)
	@$(BIN)/python -m tests.browser.install

demo: $(DEMO_STAMP) ## Check one good and one broken job and explain the broken one
	@cd fixtures/pipelines/etrm && ../../../$(BIN)/trainlint check --show-chain jobs-demo.txt; test $$? -eq 1

test: lint pytest ## Everything: lint, types, layers, tests

lint: $(STAMP) ## Ruff, mypy --strict, import layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

pytest: $(STAMP) $(BROWSER) ## All tests
	$(BIN)/python -m pytest -n 2

docs: $(STAMP) ## Generate docs/rules/ from the spec pages
	$(BIN)/python -m tests.specs.docs

accept: $(STAMP) ## Rewrite expected outputs with what is printed now; read the diff
	$(BIN)/python -m tests.specs.accept $(RULES)
	$(BIN)/python -m tests.docs.accept

golden: $(STAMP) ## Rewrite the trainer's golden losses with what it computes now; read the diff
	PYTHONPATH=training $(BIN)/python -m tests.training.golden

new-rule: $(STAMP) ## Scaffold a rule: make new-rule CODE=TL318 NAME=unused-group
	$(BIN)/python -m tests.specs.new_rule $(CODE) $(NAME)

bench: $(STAMP) ## Time against Hydra and a plain training loop in the same run; prints ratios
	PYTHONPATH=training $(BIN)/python -m tests.bench

fuzz: $(STAMP) ## Compare composition with Hydra over many random config trees
	TRAINLINT_FUZZ=20 $(BIN)/python -m pytest -q tests/properties tests/unit/compose tests/unit/parse
	$(BIN)/python -m tests.properties.fuzz 5000

diff-study: $(STAMP) ## Print which edits comparisons find; run every program of the refactors
	$(BIN)/python -m tests.diff.study
	TRAINLINT_STUDY=1 $(BIN)/python -m pytest tests/diff

study-parity: $(STAMP) ## Print which edits of training programs two short runs tell apart (ten minutes)
	PYTHONPATH=training $(BIN)/python -m tests.parity.study
	TRAINLINT_STUDY=1 $(BIN)/python -m pytest tests/parity/test_fixtures.py

kill: $(STAMP) ## Kill the trainer, a rank, a launcher at random moments; each run must end as an undisturbed one
	PYTHONPATH=training $(BIN)/python -m tests.training.kill 50 1

wheel: $(STAMP) ## Build the wheel
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .
