"""A supervisor for its tests: python -m tests.config.supervise FOLDER MANNER... runs one puppet per manner.

A manner that ends in a question mark is wanted only once there is a file FOLDER/wanted.
"""

import os
import sys
from pathlib import Path

from config.preflight import Refused
from config.supervisor import Program, Supervisor

folder = Path(sys.argv[1])
programs = [
    Program(
        (name := f"{manner.removesuffix('?')}{number}"),
        ("tests.config.puppet", str(folder / name), manner.removesuffix("?")),
        is_wanted=(folder / "wanted").exists if manner.endswith("?") else None,
    )
    for number, manner in enumerate(sys.argv[2:])
]
needed = [program for program in programs if program.is_wanted is None]
supervisor = Supervisor(programs, environment=os.environ, log_folder=folder / "log", grace=1, backoff=0.01)
try:
    supervisor.run(
        is_ready=lambda: all((folder / program.name).exists() for program in needed),
        when_ready=(folder / "ready").touch,
    )
except Refused as refusal:
    sys.exit(str(refusal))
