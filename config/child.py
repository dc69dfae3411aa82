"""Runs a module as a supervised child: `python -m config.child granian …` ends when its supervisor is gone.

The supervisor keeps the other end of this process's standard input open. When it dies, however it dies, the end
closes, and this process asks itself and its own children to stop. Nothing is left holding the port or the queue.
"""

import os
import runpy
import signal
import sys
import threading
import time

GRACE_SECONDS = 10


def ask_to_stop(pid: int) -> None:
    """Ask the leader of a process group of ours to finish what it is doing and leave."""
    if sys.platform == "win32":
        os.kill(pid, signal.CTRL_BREAK_EVENT)
    else:
        os.kill(pid, signal.SIGTERM)


def _leave_with_supervisor() -> None:
    while os.read(sys.__stdin__.fileno(), 1):  # type: ignore[union-attr]
        pass
    if sys.platform == "win32":
        ask_to_stop(os.getpid())
        time.sleep(GRACE_SECONDS)
        os._exit(1)
    else:
        os.killpg(0, signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    if sys.platform == "win32":  # Celery knows Ctrl-C only; left alone, Ctrl-Break ends a process on the spot
        signal.signal(signal.SIGBREAK, lambda *_: signal.raise_signal(signal.SIGINT))
    threading.Thread(target=_leave_with_supervisor, daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
