"""Clones made for tests: commits at given times, tags, folders."""

import os
import subprocess

WHO = {
    f"GIT_{role}_{what}": text for role in ("AUTHOR", "COMMITTER") for what, text in (("NAME", "x"), ("EMAIL", "x@y"))
}


class Clone:
    """A repository in a folder; every command has the time of the last commit, or its own."""

    def __init__(self, path):
        self.path, self.now = path, "2026-01-01T08:00:00Z"
        self.git("init", "-q", "-b", "main")

    def git(self, *words, at=None):
        self.now = at or self.now
        dates = {f"GIT_{role}_DATE": self.now for role in ("AUTHOR", "COMMITTER")}
        env = os.environ | WHO | dates | {"GIT_CONFIG_GLOBAL": os.devnull}
        command = ["git", "-C", self.path, "-c", "commit.gpgsign=false", *words]
        return subprocess.run(command, check=True, capture_output=True, env=env, text=True).stdout.strip()

    def commit(self, at, message="work", file=None):
        if file:
            place = self.path / file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(at)
            self.git("add", ".")
        self.git("commit", "-q", "--allow-empty", "-m", message, at=at)

    def tag(self, name, at=None):
        self.git("tag", "-f", *(["-a", "-m", name] if at else []), name, at=at)
