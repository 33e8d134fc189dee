"""Private PostgreSQL and Redis servers for tests: free ports, a temporary folder, gone afterwards."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

DAEMONS = "/usr/sbin:/usr/local/sbin"
SETTINGS = ("listen_addresses=127.0.0.1", "fsync=off", "max_connections=300", "log_min_messages=fatal")
UNPRIVILEGED = ("postgres", "nobody")


class ServerMissing(RuntimeError):  # noqa: N818 - says what the machine lacks
    """A server's program is not installed, or it did not start."""


def free_port():
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def find_program(name):
    """Return a program's path: in Debian's newest PostgreSQL, on the PATH, or where daemons are kept.

    Raises:
        ServerMissing: it is not installed.
    """
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/" + name), reverse=True)
    found = next(iter(debian), None) or shutil.which(name) or shutil.which(name, path=DAEMONS)
    if found is None:
        raise ServerMissing(name)
    return str(found)


def unprivileged():
    """Return options of ``subprocess`` that drop root, which PostgreSQL refuses to run as."""
    if os.geteuid() != 0:
        return {}
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise ServerMissing("an unprivileged user")


@contextlib.contextmanager
def postgres():
    """Run a private PostgreSQL; yield its URL."""
    options = unprivileged()
    with tempfile.TemporaryDirectory(prefix="yaozheng-pg-") as name:
        folder, port = Path(name), free_port()
        if options:
            os.chown(folder, options["user"], options["group"])
        data = str(folder / "data")
        env = {**os.environ, "LC_ALL": "C.UTF-8"}
        initdb = [
            find_program("initdb"),
            "-D",
            data,
            "-U",
            "yaozheng",
            "--auth=trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        made = subprocess.run(initdb, cwd=folder, env=env, capture_output=True, text=True, **options)
        if made.returncode != 0:
            raise ServerMissing("initdb: " + made.stderr[-500:])
        serve = [find_program("postgres"), "-D", data, "-p", str(port), "-k", str(folder)]
        for setting in SETTINGS:
            serve += ["-c", setting]
        with running(serve, port, folder, env, options):
            createdb = [find_program("createdb"), "-h", "127.0.0.1", "-p", str(port)]
            createdb += ["-U", "yaozheng", "yaozheng"]
            create(createdb, folder, env)
            yield f"postgresql://yaozheng@127.0.0.1:{port}/yaozheng"


def create(command, folder, env):
    """Make the database; a server that accepts connections may still be starting up.

    Raises:
        ServerMissing: it did not get ready within 30 seconds; the text holds what it said.
    """
    for _ in range(60):
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
        if done.returncode == 0:
            return
        time.sleep(0.5)
    raise ServerMissing("createdb: " + done.stderr[-500:])


@contextlib.contextmanager
def redis():
    """Run a private Redis; yield its URL."""
    with tempfile.TemporaryDirectory(prefix="yaozheng-redis-") as name:
        port = free_port()
        serve = [find_program("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        serve += ["--appendonly", "no", "--dir", name, "--loglevel", "warning"]
        with running(serve, port, Path(name), dict(os.environ), {}):
            yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def running(command, port, folder, env, options):
    """Run a server until the block ends.

    Raises:
        ServerMissing: it did not start; the text holds what it said.
    """
    said = (folder / "server.out").open("wb")
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=said, stderr=said, **options)
    try:
        wait_for_port(process, port, folder / "server.out")
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        said.close()


def wait_for_port(process, port, said):
    """Wait until a server accepts connections.

    Raises:
        ServerMissing: it ended, or did not within 30 seconds.
    """
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise ServerMissing(said.read_text(errors="replace")[-500:])
