"""A stable of runs that are to die: imports everything once, then forks a run for each line it reads.

    python killable.py SCENARIOS CONNECTOR REPORT < orders

An order is `{"phase": "sync", "at": 17}`: the run kills itself with -9 at the 17th sign of progress of that phase (a file
opened, made or moved, a program started, an entry of the journal completed); `{}`: nothing of that sort. Answers with the
process id, then with how it ended and how many signs of progress each phase had, one line of JSON each.
"""

import contextlib
import importlib
import json
import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path

import syncproof.judging
import syncproof.renderers
import syncproof.runner
import syncproof.unfinished
from syncproof.ordering import make_request
from syncproof_mocks.journal import Journal

SIGNS = {
    "open", "import", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.listdir", "os.scandir", "os.chmod", "shutil.rmtree",
    "subprocess.Popen", "socket.bind", "tempfile.mkdtemp", "tempfile.mkstemp", "fcntl.flock",
}  # fmt: skip


class Progress:
    """Counts the signs of progress of each phase, and ends this process at a chosen one."""

    def __init__(self, phase, at):
        self.phase, self.counted, self.chosen, self.lock = "setup", Counter(), (phase, at), threading.RLock()
        sys.addaudithook(self._audited)
        self._counted(Journal, "_tell")
        self._counted(syncproof.judging, "run_check")
        self._begins("sync", syncproof.unfinished.Unfinished, "follow")
        self._begins("report", syncproof.renderers, "write_reports")

    def sign(self):
        # Scenarios are judged by a thread of its own, while the next one syncs.
        phase = "judge" if threading.current_thread().name.startswith("syncproof-judge") else self.phase
        with self.lock:
            self.counted[phase] += 1
            if (phase, self.counted[phase]) == self.chosen:
                os.kill(os.getpid(), signal.SIGKILL)

    def _audited(self, event, _):
        if event in SIGNS:
            self.sign()

    def _counted(self, place, name):
        original = getattr(place, name)

        def counted(*words):
            self.sign()
            result = original(*words)
            self.sign()
            return result

        setattr(place, name, counted)

    def _begins(self, phase, place, name):
        original = getattr(place, name)

        def begun(*words):
            self.phase = phase
            return original(*words)

        setattr(place, name, begun)


def play(request, order, told):
    """Run once, in a process of its own."""
    progress = Progress(order.get("phase"), order.get("at", 0))
    result = syncproof.runner.run(request)
    with os.fdopen(told, "w") as file:
        json.dump([str(result.verdict), progress.counted, sorted(sys.modules)], file)


def main():
    scenarios, connector, report = sys.argv[1:4]
    request = make_request([scenarios], connector=Path(connector), report=Path(report), seed=7)
    for line in sys.stdin:
        hear, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            play(request, json.loads(line), tell)
            os._exit(0)
        os.close(tell)
        print(json.dumps({"pid": pid}), flush=True)
        with os.fdopen(hear) as file:
            verdict, counted, modules = json.loads(file.read() or "[null, null, []]")
        _, status = os.waitpid(pid, 0)
        for name in set(modules) - set(sys.modules):  # what a run imports late, later ones have at once
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status), "verdict": verdict, "counted": counted}), flush=True)


if __name__ == "__main__":
    main()
