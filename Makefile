# The two commands of the README are `make demo` and `make test`; each installs what it needs.
.PHONY: help venv demo test check record bench bench-read bench-photo bench-compression bench-pages bench-verify bench-service hostile fuzz chaos chaos-faults mutants schemathesis lock system system-fonts system-postgresql clean

SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
# uv is taken from PATH, else installed into a folder of its own from the package index.
UV_VERSION := 0.13.8
UV := $(shell command -v uv 2>/dev/null || echo $(CURDIR)/.bootstrap/bin/uv)
export UV_PYTHON_DOWNLOADS := never
# One thread a process: workers are processes (see docs/decisions/0002).
export OMP_NUM_THREADS := 1

# Shared libraries of OpenCV, by the file that must be loadable.
SYSTEM_LIBRARIES := libGL.so.1:libgl1 libgthread-2.0.so.0:libglib2.0-0
# Fonts that the fixture generator draws with.
FONT_PACKAGES := fonts-noto-cjk fonts-noto-cjk-extra fonts-wqy-zenhei fonts-wqy-microhei fonts-arphic-gbsn00lp \
	fonts-arphic-gkai00mp fonts-arphic-ukai fonts-arphic-uming fonts-lxgw-wenkai

help:
	@echo "make demo   run fictional cases through the whole service and open the report"
	@echo "make test   check and run all tests"
	@echo "make check  format, lint, types, import contracts"
	@echo "make bench  accuracy, time and memory beside other engines"
	@echo "make bench-read  every kind of document at four ageing levels, and a sheet of what was misread"
	@echo "make bench-verify  errors planted in what persons typed and uploaded: found, and clean persons accused"
	@echo "make bench-service, chaos (KILLS=200), schemathesis (EXAMPLES=500)  the running service: speed, killed processes, contract"
	@echo "make hostile  every hostile family against its budget, and 10,000 damaged files"
	@echo "make fuzz   coverage-guided search for files that break the pre-scan (MINUTES=10)"
	@echo "make bench-photo, bench-compression, bench-pages, hostile   the same for one part of imaging; docs/ tells what they show"
	@echo "make venv   only build $(VENV) with the intake command in it"

system:
	@missing=""; for pair in $(SYSTEM_LIBRARIES); do \
	  ldconfig -p | grep -q "$${pair%%:*}" || missing="$$missing $${pair##*:}"; done; \
	if ! command -v uv >/dev/null && ! python3 -c 'import ensurepip' 2>/dev/null; then missing="$$missing python3-venv"; fi; \
	.ci/install-debian $$missing

system-fonts:
	@missing=""; for package in $(FONT_PACKAGES); do \
	  dpkg -s $$package >/dev/null 2>&1 || missing="$$missing $$package"; done; \
	.ci/install-debian $$missing

# A real server for the tests that run on both databases; it is started on a socket of its own, as nobody.
system-postgresql:
	@if ! command -v postgres >/dev/null && ! ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; then \
	  .ci/install-debian postgresql; fi

.bootstrap/bin/uv:
	python3 -m venv .bootstrap
	.bootstrap/bin/pip install --quiet uv==$(UV_VERSION)

venv: $(VENV)/.complete

$(VENV)/.complete: pyproject.toml $(wildcard locks/*.txt) | system
	@if ! command -v "$(UV)" >/dev/null; then $(MAKE) --no-print-directory .bootstrap/bin/uv; fi
	$(UV) venv --quiet --allow-existing --python '>=3.11,<3.13' $(VENV)
	@version=$$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	$(UV) pip sync --quiet --require-hashes --python $(BIN)/python locks/python$$version.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

demo: venv system-fonts
	$(BIN)/python -m api.demo

check: venv
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check system-fonts system-postgresql
	$(BIN)/python -m pytest -n 2 -q

# What the real engine reads of drawn documents, for the readers' tests; after a change of engine, models or imaging.
record: venv system-fonts
	$(BIN)/python -m tests.recordings.record $(GROUPS)

bench: venv system-fonts
	bench/run

# Also bench/read-report.html. Documents of your own seeds: make bench-read ARGS="--seed-from 1000 --detail"
bench-read: venv system-fonts
	bench/run read $(ARGS)

# The photo maker, then the photo checks on spoilt copies. Portraits of your own: make bench-photo PORTRAITS="DIR DIR"
bench-photo: venv system-fonts
	$(BIN)/python -m bench.photo $(addprefix --portraits ,$(PORTRAITS)) $(ARGS)
	$(BIN)/python -m bench.photo_checks $(addprefix --portraits ,$(PORTRAITS))

# From recordings, then 60 persons through the real reader; also bench/verify-report.html. Persons of your own seeds:
# python -m bench.verify_record --persons 60 --seed-from 230000 --out FILE, then make bench-verify ARGS="--recordings FILE
# --end-to-end 0 --detail".
bench-verify: venv system-fonts
	bench/run verify $(ARGS)

bench-compression: venv system-fonts
	$(BIN)/python -m bench.compression

bench-pages: venv system-fonts
	$(BIN)/python -m bench.page_quality

# Acknowledgement, throughput and memory of the running service, beside the bare pipeline.
bench-service: venv system-fonts
	bench/run service $(ARGS)

# Processes killed at random under load, on both databases, and a naive variant that must fail. KILLS=2000 for a night
chaos: venv system-postgresql
	$(BIN)/python -m tests.chaos.run --kills $(or $(KILLS),200) $(ARGS)

# What happens while Redis or the database is away, locked, full
chaos-faults: venv system-postgresql
	$(BIN)/python -m tests.chaos.run --faults $(ARGS)

# Damaged pictures over HTTP: an answer each, none a 5xx. COUNT=10000
mutants: venv
	$(BIN)/python -m tests.chaos.mutants --count $(or $(COUNT),10000)

# Every operation of the OpenAPI document against a running service. EXAMPLES=500
schemathesis: venv
	$(BIN)/python -m tests.openapi_run --examples $(or $(EXAMPLES),500)

hostile: venv
	bench/run hostile

# Coverage-guided fuzzing of the pre-scan, in an environment of its own: nothing else needs atheris.
MINUTES := 10
fuzz: venv
	$(UV) venv --quiet --allow-existing --python $(BIN)/python .venv-fuzz
	$(UV) pip install --quiet --python .venv-fuzz/bin/python --group fuzz
	$(BIN)/python -m tests.fuzz.write_corpus .venv-fuzz/corpus
	.venv-fuzz/bin/python -m tests.fuzz.prescan_target .venv-fuzz/corpus \
	  -max_total_time=$$(( $(MINUTES) * 60 )) -max_len=65536 -rss_limit_mb=2048 -artifact_prefix=tests/fuzz/crashes/

# Writes the locks anew from pyproject.toml; hashes, no index host.
lock:
	for version in 3.11 3.12; do $(UV) pip compile pyproject.toml --group dev --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header --quiet --python-version $$version -o locks/python$$version.txt; done
# Without configuration, because the settings in pyproject.toml empty RapidOCR's requirements and the peer needs them.
	cd bench && for version in 3.11 3.12; do $(UV) pip compile peers.in --no-config --override peers-overrides.txt \
	  --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --python-version $$version \
	  -o peers-python$$version.txt; done

clean:
	rm -rf $(VENV) .venv-peers .venv-fuzz .bootstrap build demo bench/out .mypy_cache .ruff_cache .hypothesis
