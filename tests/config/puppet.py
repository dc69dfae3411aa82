"""A child for the supervisor's tests: says its process ids in a file, then lives, clings to life, or dies at once.

python -m tests.config.puppet FILE lives|clings|dies
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def main(file: Path, manner: str) -> None:
    if manner == "clings":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    partial = file.with_suffix(".partial")
    partial.write_text(f"{os.getpid()} {helper.pid}")
    partial.replace(file)
    print("here I am", flush=True)
    if manner == "dies":
        print("farewell", flush=True)
        sys.exit(7)
    time.sleep(600)


main(Path(sys.argv[1]), sys.argv[2])
