"""A supervisor for its tests: python -m tests.config.supervise FOLDER MANNER... runs one puppet per manner."""

import os
import sys
from pathlib import Path

from config.preflight import Refused
from config.supervisor import Program, Supervisor

folder = Path(sys.argv[1])
programs = [
    Program(f"{manner}{number}", ("tests.config.puppet", str(folder / f"{manner}{number}"), manner))
    for number, manner in enumerate(sys.argv[2:])
]
supervisor = Supervisor(programs, environment=os.environ, log_folder=folder / "log", grace=1, backoff=0.01)
try:
    supervisor.run(
        is_ready=lambda: all((folder / program.name).exists() for program in programs),
        when_ready=(folder / "ready").touch,
    )
except Refused as refusal:
    sys.exit(str(refusal))
