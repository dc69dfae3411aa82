# For people: `make demo` shows everything, `make run` opens a hall's own desk. Both need Python 3.11 or newer.
# For a county or a province: `make release` once per version and machine, `make migrate` once per version, then
# `make web`, `make worker`, `make beat` and, where there are SMPP lines, `make smpp` as separate processes;
# docs/operations.md has their environment.

PYTHON_IN_VENV = .venv/bin/python
TOOLS = env -u DATABASE_URL -u REDIS_URL DJANGO_SETTINGS_MODULE=config.settings.test
PROVINCE = DJANGO_SETTINGS_MODULE=config.settings.production

.PHONY: demo demo-reset run release migrate web worker beat smpp test test-hard bench messages install install-dev check \
    check-style check-types check-templates check-layers check-texts check-migrations check-deploy

demo: install
	@exec $(PYTHON_IN_VENV) manage.py demo

demo-reset: install
	@exec $(PYTHON_IN_VENV) manage.py demo --reset

run: install
	@exec $(PYTHON_IN_VENV) manage.py run

release: install
	$(PROVINCE) $(PYTHON_IN_VENV) manage.py translations compile
	$(PROVINCE) $(PYTHON_IN_VENV) manage.py collectstatic --no-input --verbosity 0

migrate: release
	$(PROVINCE) $(PYTHON_IN_VENV) manage.py migrate
	$(PROVINCE) $(PYTHON_IN_VENV) manage.py load_reference_data

web:
	@$(PROVINCE) exec $(PYTHON_IN_VENV) -m granian --interface wsgi --host $${HOST:-127.0.0.1} --port $${PORT:-8000} \
	    --workers $${WEB_WORKERS:-2} --blocking-threads $${WEB_THREADS:-8} --respawn-failed-workers \
	    config.wsgi:application

worker:
	@$(PROVINCE) exec $(PYTHON_IN_VENV) -m celery --app config worker --pool threads \
	    --concurrency $${WORKER_THREADS:-8} --loglevel INFO

beat:
	@$(PROVINCE) exec $(PYTHON_IN_VENV) -m celery --app config beat --loglevel INFO

smpp:
	@$(PROVINCE) exec $(PYTHON_IN_VENV) manage.py smpp

test: install-dev
	$(TOOLS) $(PYTHON_IN_VENV) manage.py translations compile
	$(TOOLS) $(PYTHON_IN_VENV) -m pytest -n logical --maxprocesses 4
	$(PYTHON_IN_VENV) -m tests.servers $(PYTHON_IN_VENV) -m pytest -n logical --maxprocesses 4 -m "not hard and (not browser or journey)"

test-hard: install-dev
	$(TOOLS) $(PYTHON_IN_VENV) manage.py translations compile
	$(TOOLS) $(PYTHON_IN_VENV) -m pytest -m hard
	$(PYTHON_IN_VENV) -m tests.servers $(PYTHON_IN_VENV) -m pytest -m hard
	$(MAKE) bench

bench: install-dev
	$(TOOLS) $(PYTHON_IN_VENV) -m tests.benchmarks $(ONLY)

check: check-style check-types check-templates check-layers check-texts check-migrations check-deploy

check-style: install-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

check-types: install-dev
	.venv/bin/mypy
	.venv/bin/mypy --platform win32 --cache-dir .mypy_cache/win32

check-templates: install-dev
	.venv/bin/djlint templates --lint --quiet

check-layers: install-dev
	.venv/bin/lint-imports

check-texts: install-dev
	$(TOOLS) $(PYTHON_IN_VENV) manage.py translations check

check-migrations: install-dev
	$(TOOLS) $(PYTHON_IN_VENV) manage.py makemigrations --check --dry-run

check-deploy: install-dev
	sh .ci/check-deploy

messages: install-dev
	$(TOOLS) $(PYTHON_IN_VENV) manage.py translations extract

install:
	@sh .ci/install requirements.txt

install-dev:
	@sh .ci/install requirements-dev.txt
