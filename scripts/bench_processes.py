# SPDX-License-Identifier: Apache-2.0
"""The processes that scripts/bench.py measures: whole runs, and programs that keep a model loaded."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent


class Failure(Exception):
    """A measured program ended with an error. Its scenario is skipped by name."""


class Run:
    """One process from start to end: seconds, seconds to the first byte of output, peak memory, messages."""

    def __init__(self, command):
        started = time.perf_counter()
        process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   stdin=subprocess.DEVNULL)
        process.stdout.read(1)
        self.first_byte = time.perf_counter() - started
        process.stdout.read()
        self.messages = process.stderr.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
        self.seconds = time.perf_counter() - started
        self.peak_mib = usage.ru_maxrss / 1024
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        process.stderr.close()
        if process.returncode != 0:
            last = (self.messages.strip().splitlines() or ["no message"])[-1]
            raise Failure(f"{pathlib.Path(command[0]).name} {command[1]}: exit {process.returncode}: {last}")


class Server:
    """A program that keeps a model loaded and answers requests on a pipe. It starts at the first request."""

    def __init__(self, name, command, encode, decode):
        self.name, self.command, self.encode, self.decode = name, command, encode, decode
        self.process = None

    def ask(self, *words, **request):
        """Seconds of one task."""
        if self.process is None:
            self.process = subprocess.Popen([str(word) for word in self.command], text=True, stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE)
            self._answer()
        self.process.stdin.write(self.encode(*words, **request) + "\n")
        self.process.stdin.flush()
        return self.decode(self._answer())

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.close()
            raise Failure(f"{self.name} ended early")
        return line

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()
            self.process.stdout.close()
            self.process = None


class Engine(Server):
    """The library in a loop (bench_engine.cpp)."""

    def __init__(self, program, model, threads):
        super().__init__("bench_engine", [program, model, threads], lambda *words: " ".join(map(str, words)), float)


class Peer(Server):
    """Another program (bench_peers.py)."""

    def __init__(self, name, python, model, folder, threads):
        self.script = [python, HERE / "bench_peers.py", name]
        self.arguments = [model, folder, threads]
        super().__init__(name, [*self.script, "serve", *self.arguments], lambda **request: json.dumps(request),
                         lambda line: json.loads(line)["seconds"])

    def check(self):
        """Versions of its packages, or None if it cannot run."""
        done = subprocess.run([*self.script, "check"], capture_output=True, text=True)
        return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else None

    def convert(self):
        """Whether its models could be made."""
        done = subprocess.run([*self.script, "convert", *self.arguments[:2]], capture_output=True, text=True)
        if done.returncode != 0:
            print(done.stderr[-2000:], file=sys.stderr)
        return done.returncode == 0

    def score(self, image, captions):
        """The command of a whole run."""
        return [*self.script, "score", *self.arguments, image, *captions]


class Neighbour:
    """A process that keeps one core busy while the block runs. The scheduler may move it."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"])
        time.sleep(0.1)
        self.process.send_signal(signal.SIGSTOP)

    def __enter__(self):
        self.process.send_signal(signal.SIGCONT)
        time.sleep(0.05)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGSTOP)

    def close(self):
        self.process.kill()
        self.process.wait()
