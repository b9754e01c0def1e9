#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The packages of scripts/package.sh: makes them, installs each in a clean place, ranks the sample images there and
compares what is printed with the program of the build folder.

The .deb goes into a fresh root of this Debian release (debootstrap), the tarball into a root with nothing else in it and
into one of an older release, the wheel into a fresh virtual environment. What cannot be done here (not root, no debootstrap,
no mirror) is skipped, and says so; the exit status is then 77 when nothing else failed.

Usage: packages.py --binary PATH [--dist FOLDER] [deb|tarball|wheel ...]     (--dist: packages that were made already)
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMAGES = ROOT / "data" / "images"
SCORE = ["score", "images", "--labels-from", "images/labels.txt", "--top", "3", "-q"]
EMPTY = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
OLDER_RELEASE = "bullseye"  # glibc 2.31


class Skip(Exception):
    """Why a check cannot be made here."""


class Failure(Exception):
    """What is wrong with a package."""


def run(command, **settings):
    """stdout of a command that must succeed; nothing of this process's environment is handed on."""
    settings = {"env": EMPTY, **settings}
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                            **settings)
    if result.returncode != 0:
        raise Failure(f"exit {result.returncode}: {' '.join(map(str, command))}\n{result.stdout[-4000:]}"
                      f"{result.stderr[-4000:]}")
    return result.stdout


def the_package(dist, pattern):
    found = list(dist.glob(pattern))
    if len(found) != 1:
        raise Failure(f"expected one {pattern} in {dist}, found {[path.name for path in found]}")
    return found[0]


def compare(what, printed, expected):
    if printed != expected:
        raise Failure(f"{what} prints another ranking:\n{printed}\nexpected:\n{expected}")
    print(f"{what}: ranks the sample images as the build does")


def need_root(tool=None):
    if os.geteuid() != 0:
        raise Skip("needs root, for chroot")
    if tool and shutil.which(tool, path=EMPTY["PATH"]) is None:
        raise Skip(f"{tool} is not installed")


def mirror_and_release():
    """Debian's mirror of this machine, and its release."""
    release = run(["sh", "-c", '. /etc/os-release && echo "$ID $VERSION_CODENAME"']).split()
    if len(release) != 2 or release[0] != "debian":
        raise Skip("this is not Debian")
    for line in run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)",
                     "Created-By: Packages"]).splitlines():
        uri, codename = line.split()
        if codename == release[1]:
            return uri, codename
    raise Skip("apt has no mirror here")


def debootstrap(folder, release, mirror):
    """A minimal root of a Debian release in `folder`."""
    try:
        run(["debootstrap", "--variant=minbase", release, folder, mirror], env={**os.environ, **EMPTY})
    except Failure as failure:
        raise Skip(f"debootstrap {release}: {str(failure).splitlines()[-1]}") from None
    for name in ("/etc/resolv.conf", "/etc/hosts"):
        if pathlib.Path(name).exists():
            (folder / name[1:]).unlink(missing_ok=True)  # it may be a link, out of the root
            shutil.copyfile(name, folder / name[1:])


def run_in_root(root, *command):
    """A command in a root of its own, with /proc, in a mount namespace that ends with it."""
    (root / "proc").mkdir(exist_ok=True)
    script = 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
    return run(["unshare", "--mount", "sh", "-c", script, root, *command],
               env={**EMPTY, "DEBIAN_FRONTEND": "noninteractive"})


def score_in_root(root, program):
    shutil.copytree(IMAGES, root / "images", dirs_exist_ok=True)
    return run_in_root(root, program, *SCORE)


def check_deb(dist, folder, expected):
    need_root("debootstrap")
    package = the_package(dist, "sightline_*.deb")
    mirror, release = mirror_and_release()
    root = folder / "deb"
    debootstrap(root, release, mirror)
    shutil.copyfile(package, root / package.name)
    run_in_root(root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", f"/{package.name}")
    compare(f"{package.name} in a fresh root of {release}", score_in_root(root, "/usr/bin/sightline"), expected)
    files = run_in_root(root, "dpkg", "-L", "sightline").splitlines()
    for wanted in ("/usr/share/man/man1/sightline.1.gz", "/usr/share/doc/sightline/copyright", "/usr/bin/sightline-fetch",
                   "/usr/share/bash-completion/completions/sightline", "/usr/share/zsh/vendor-completions/_sightline",
                   "/usr/share/fish/vendor_completions.d/sightline.fish"):
        if wanted not in files:
            raise Failure(f"{package.name} has no {wanted}")
    run_in_root(root, "apt-get", "remove", "-y", "-qq", "sightline")
    left = list(root.glob("usr/**/*sightline*"))
    if left:
        raise Failure(f"{package.name} leaves {left} when it is removed")


def check_tarball(dist, folder, expected):
    package = the_package(dist, "sightline-*.tar.gz")
    place = folder / "a place with spaces"
    with tarfile.open(package) as archive:
        archive.extractall(place)
    (unpacked,) = place.iterdir()
    shutil.copytree(IMAGES, folder / "images")
    compare(f"{package.name}, unpacked elsewhere", run([unpacked / "bin/sightline", *SCORE], cwd=folder, env={}), expected)
    need_root()
    empty = folder / "empty"
    shutil.copytree(unpacked, empty / "moved")
    compare(f"{package.name} in a root with nothing else", score_in_root(empty, "/moved/bin/sightline"), expected)
    need_root("debootstrap")
    older = folder / "older"
    debootstrap(older, OLDER_RELEASE, mirror_and_release()[0])
    shutil.copytree(unpacked, older / "srv" / "sightline")
    compare(f"{package.name} in a root of {OLDER_RELEASE}", score_in_root(older, "/srv/sightline/bin/sightline"), expected)


def check_wheel(dist, folder, expected):
    package = the_package(dist, "sightline-*.whl")
    place = folder / "venv"
    try:
        run([sys.executable, "-m", "venv", place])
    except Failure as failure:
        raise Skip(f"python -m venv: {failure}") from None
    run([place / "bin/python", "-m", "pip", "install", "--no-index", "--quiet", package])
    shutil.copytree(IMAGES, folder / "images", dirs_exist_ok=True)
    compare(f"{package.name} in a fresh environment", run([place / "bin/sightline", *SCORE], cwd=folder, env={}), expected)
    if "sightline-fetch NAME" not in run([place / "bin/sightline-fetch", "--help"]):
        raise Failure("the wheel's sightline-fetch does not show its help")
    run([place / "bin/python", "-m", "pip", "uninstall", "--quiet", "-y", "sightline"])
    left = [path for path in place.rglob("*sightline*") if path.is_file()]
    if left:
        raise Failure(f"the wheel leaves {left} when it is uninstalled")


def can_be_made(name):
    """Whether scripts/package.sh has here what it needs; says what is missing."""
    for tool in ("dpkg-shlibdeps", "cpack") if name == "deb" else ("apt-get", "dpkg-source"):
        if shutil.which(tool) is None:
            print(f"{name}: skipped: {tool} is not installed, so the package cannot be made")
            return False
    return True


CHECKS = {"deb": check_deb, "tarball": check_tarball, "wheel": check_wheel}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--dist", type=pathlib.Path)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE")
    arguments = parser.parse_args()
    wanted = arguments.packages or list(CHECKS)
    if not set(wanted) <= set(CHECKS):
        parser.error(f"a package is one of {', '.join(CHECKS)}")
    skipped = False
    if arguments.dist is None:
        asked, wanted = wanted, [name for name in wanted if can_be_made(name)]
        skipped = wanted != asked
        if wanted:
            subprocess.run([ROOT / "scripts" / "package.sh", *wanted], check=True)
    dist = (arguments.dist or ROOT / "dist").resolve()
    expected = run([arguments.binary.resolve(), *SCORE], cwd=ROOT / "data")
    failed = False
    for name in wanted:
        with tempfile.TemporaryDirectory(prefix="sightline-packages-") as folder:
            try:
                CHECKS[name](dist, pathlib.Path(folder), expected)
            except Skip as reason:
                skipped = True
                print(f"{name}: skipped from here on: {reason}")
            except Failure as failure:
                failed = True
                print(f"{name}: FAILED: {failure}")
    sys.exit(1 if failed else 77 if skipped else 0)


if __name__ == "__main__":
    main()
