# Two commands on a fresh machine (Python 3.11 or newer, pip, make): `make demo` and `make test`.
bin := .venv/bin
out := out

.PHONY: help setup demo test test-all lint lock bench clean

help:
	@echo "make demo   set up, run the example scenario, write figure and table to $(out)/"
	@echo "make test   set up, run the whole test suite"
	@echo "make lint   format, lint, types and the import contract"
	@echo "make lock   remake the lock files"
	@echo "make bench  measure the engine beside its peers, about half an hour"

setup:
	@sh scripts/setup

demo: setup
	@mkdir -p $(out)
	@$(bin)/algesia run examples/three_regimens.yaml --force --out $(out)/three_regimens.parquet \
		--plot $(out)/three_regimens.png --plot $(out)/three_regimens.svg
	@$(bin)/algesia cite $(out)/three_regimens.parquet --sources

test: setup
	@$(bin)/pytest -m "not slow"

test-all: setup
	@HYPOTHESIS_PROFILE=large $(bin)/pytest

lint: setup
	@$(bin)/ruff format --check .
	@$(bin)/ruff check .
	@$(bin)/mypy
	@$(bin)/lint-imports --no-cache

lock: setup
	@sh scripts/lock
	@sh benchmarks/lock

bench: setup
	@sh benchmarks/setup
	@$(bin)/python benchmarks/side_by_side.py
	@$(bin)/python benchmarks/scaling.py
	@$(bin)/python benchmarks/side_by_side_report.py

clean:
	rm -rf .venv .bench-venv .tools $(out)
