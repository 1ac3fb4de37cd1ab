# Thin: every line can be run by hand. README.md says what each target is for.
PYTHON ?= python3
BIN := .venv/bin
RUNTIME := .venv/runtime.installed
DEV := .venv/dev.installed
CRATE := .venv/crate.installed
RUN := default

RUNS := --key function noise seed learner
PDE_KEY := --key equation grid noise seed learner
PDE_RATES := --key equation noise learner
PDE_RUNS := --only trials $(PDE_KEY)
IMAGES := --key task seed learner

.PHONY: reproduce crate test identity study paper parity draws docs lint bench mutants record clean

reproduce: $(RUNTIME)
	$(BIN)/python workflow/launch.py --cores all
	$(BIN)/snakemake --cores 1 --nolock --report results/default/report.html

crate: $(CRATE)
	$(BIN)/python workflow/crate $(RUN)

test: $(DEV)
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile tests/unit tests/scripts tests/bad_input tests/results
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations 20 tests/workflow

identity: $(DEV)
	$(BIN)/python -m pytest -m whole tests/workflow

lint: $(DEV)
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow/rules
	$(BIN)/snakemake --lint

study: $(RUNTIME)
	$(BIN)/python workflow/launch.py --cores all --configfile config/study.yaml
	$(BIN)/python workflow/record.py results/study/tables/recovery/mean_field.csv results/record/noise_recovery.csv
	$(BIN)/python workflow/record.py results/study/tables/networks/analytic.scores.csv results/record/network_runs.csv $(RUNS)
	$(BIN)/python workflow/record.py results/study/tables/networks/analytic_noise.scores.csv results/record/network_runs.csv $(RUNS)
	$(BIN)/python workflow/record.py results/study/tables/pdes/pde.recovery.csv results/record/pde_recovery.csv $(PDE_RATES)
	$(BIN)/python workflow/record.py results/study/tables/pdes/pde_others.recovery.csv results/record/pde_recovery.csv $(PDE_RATES)
	$(BIN)/python workflow/record.py results/study/tables/pdes/pde_networks.scores.csv results/record/pde_network_runs.csv $(PDE_RUNS)
	$(BIN)/python workflow/record.py results/study/tables/pdes/pde_networks_noise.scores.csv results/record/pde_network_runs.csv $(PDE_RUNS)
	$(BIN)/python workflow/record.py results/study/tables/pdes/pde_others.scores.csv results/record/pde_network_runs.csv $(PDE_RUNS)
	$(BIN)/python workflow/record.py results/study/tables/springs/springs.scores.csv results/record/spring_runs.csv $(IMAGES)

paper: $(RUNTIME)
	$(BIN)/python workflow/launch.py --cores all --configfile config/paper.yaml
	$(BIN)/python workflow/record.py results/paper/tables/networks/analytic.scores.csv results/record/network_runs.csv $(RUNS)
	$(BIN)/python workflow/record.py results/paper/tables/networks/analytic.equations.csv results/record/network_equations.csv $(RUNS) parameter_value
	$(BIN)/python workflow/record.py results/paper/tables/pdes/pde.scores.csv results/record/pde_network_runs.csv $(PDE_RUNS)
	$(BIN)/python workflow/record.py results/paper/tables/pdes/pde.equations.csv results/record/pde_network_equations.csv $(PDE_KEY) at
	$(BIN)/python workflow/record.py results/paper/tables/springs/springs.scores.csv results/record/spring_runs.csv $(IMAGES)
	$(BIN)/python workflow/record.py results/paper/tables/springs/springs.equations.csv results/record/spring_equations.csv $(IMAGES) parameter_value

parity: $(RUNTIME)
	test -d "$$EQLEARN_REFERENCE"  # the folder that holds the authors' simulations
	$(BIN)/python workflow/launch.py --cores all --configfile config/parity.yaml --until fit_oat_published fit_es_published
	$(BIN)/python tests/bench/parity.py results/parity results/record/parity.csv

draws: $(RUNTIME)
	$(BIN)/python tests/bench/mean_field_draws.py results/record/mean_field_draws.csv

docs: $(RUNTIME)
	$(BIN)/python workflow/documents.py

record: $(DEV)
	EQLEARN_RECORD=1 $(BIN)/python -m pytest tests/bad_input tests/workflow/test_faults.py tests/workflow/test_slurm_faults.py tests/workflow/test_slurm_study.py

bench: $(DEV)
	OMP_NUM_THREADS=1 $(BIN)/python tests/bench/bench.py results/record/benchmark.csv

mutants: $(DEV)
	OMP_NUM_THREADS=1 $(BIN)/python tests/bench/mutate.py results/record/mutants.csv

clean:
	rm -rf .snakemake .pytest_cache .ruff_cache .hypothesis
	find results -mindepth 1 -maxdepth 1 ! -name record -exec rm -rf {} +
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

$(RUNTIME): envs/numerics.lock envs/torch.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "eqlearn needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r envs/torch.lock
	touch $@

$(CRATE): envs/crate.lock $(RUNTIME)
	$(BIN)/pip install --quiet --disable-pip-version-check -r envs/crate.lock
	touch $@

$(DEV): envs/dev.lock envs/crate.lock $(RUNTIME)
	$(BIN)/pip install --quiet --disable-pip-version-check -r envs/dev.lock
	touch $@
