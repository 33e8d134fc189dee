# Two front doors: `make up` sets everything up and runs it, `make test` sets everything up and tests it.
PYTHON3 ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)

.PHONY: up test lint bench screenshots lock

up:
	@exec $(PYTHON3) scripts/bootstrap.py up $(ARGS)

test:
	@$(PYTHON3) scripts/bootstrap.py install --dev
	@exec .venv/bin/python scripts/run_tests.py $(ARGS)

lint:
	@$(PYTHON3) scripts/bootstrap.py install --dev
	@exec .venv/bin/python scripts/run_tests.py --lint-only

bench:
	@$(PYTHON3) scripts/bootstrap.py install --dev
	@exec .venv/bin/python scripts/run_tests.py --bench $(ARGS)

screenshots:
	@$(PYTHON3) scripts/bootstrap.py install --dev
	@exec .venv/bin/python scripts/run_tests.py --screenshots

lock:
	@exec .venv/bin/python scripts/lock.py
