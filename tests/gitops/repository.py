"""A repository as a service hosts it: a bare one, and the clone of a person who opens and merges changes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_IDENTITY = {
    name: value
    for role in ("AUTHOR", "COMMITTER")
    for name, value in ((f"GIT_{role}_NAME", "A person"), (f"GIT_{role}_EMAIL", "person@example.com"))
}


class Repository:
    """``main`` and the branches of changes; what a person edits is in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.hosted = folder / "hosted.git"
        self.folder = folder / "clone"
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(self.hosted))
        git(folder, "clone", "--quiet", str(self.hosted), str(self.folder))
        git(self.folder, "checkout", "--quiet", "-b", "main")
        (self.folder / "README.md").write_text("The servers of a team.\n")
        self.commit("Begin")
        git(self.folder, "push", "--quiet", "origin", "main")

    def branch(self, name: str) -> None:
        """Begin a change, from ``main`` as it is."""
        git(self.folder, "checkout", "--quiet", "-b", name, "main")

    def commit(self, message: str) -> str:
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--allow-empty", "--message", message)
        return git(self.folder, "rev-parse", "HEAD")

    def revert(self, commit: str) -> None:
        """Take a merge back, as the button of a service does."""
        git(self.folder, "revert", "--no-edit", "--mainline", "1", commit)

    def push(self, branch: str) -> str:
        """Push the change; its commit."""
        git(self.folder, "push", "--quiet", "origin", branch)
        return git(self.folder, "rev-parse", branch)

    def merged_result(self, branch: str) -> str:
        """The commit that merging the change would make, as GitHub checks it out; ``main`` stays as it is."""
        git(self.folder, "checkout", "--quiet", "--detach", "main")
        git(self.folder, "merge", "--quiet", "--no-ff", "--no-edit", branch)
        commit = git(self.folder, "rev-parse", "HEAD")
        git(self.folder, "push", "--quiet", "--force", "origin", f"HEAD:refs/pull/{branch}/merge")
        return commit

    def merge(self, branch: str) -> str:
        """Merge the change; the new commit of ``main``."""
        git(self.folder, "checkout", "--quiet", "main")
        git(self.folder, "merge", "--quiet", "--no-ff", "--no-edit", branch)
        git(self.folder, "push", "--quiet", "origin", "main")
        return git(self.folder, "rev-parse", "HEAD")

    def check_out(self, commit: str, into: Path) -> None:
        """A fresh folder with the files of a commit, as a runner has them."""
        git(into.parent, "clone", "--quiet", "--no-checkout", str(self.hosted), str(into))
        git(into, "fetch", "--quiet", "origin", commit)
        git(into, "checkout", "--quiet", "--detach", commit)


def git(folder: Path, *arguments: str) -> str:
    """Run git without the settings of the person who runs the tests; what it printed."""
    environment = {**os.environ, **_IDENTITY, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    run = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()
