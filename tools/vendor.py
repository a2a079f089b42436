"""Copy the front-end files we serve ourselves from their npm packages into connect/static/vendor/.

Run by `./run vendor` after changing a version below; needs `npm` on the path. Which registry is asked is
npm's own configuration. Pages never load anything from another host, so these copies are what is served.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path


VENDOR = Path(__file__).resolve().parent.parent / "connect" / "static" / "vendor"

BOOTSTRAP = ("bootstrap", "5.3.9", "MIT")
ICONS = ("bootstrap-icons", "1.13.2", "MIT")
FONT = ("@fontsource-variable/atkinson-hyperlegible-next", "5.3.0", "OFL-1.1")
FONT_FILES = ("latin", "latin-ext")

ICON_NAMES = (
    "arrow-left-right", "arrow-right", "box-arrow-right", "briefcase", "calendar-event", "chat-left-text",
    "check-circle", "check2", "chevron-left", "chevron-right", "circle", "clock", "clock-history",
    "diagram-3", "download", "exclamation-triangle", "eye", "eye-slash", "file-earmark-lock",
    "file-earmark-spreadsheet",
    "flag", "folder2-open", "globe2", "heart-pulse", "hourglass-split", "house-heart", "inbox", "info-circle",
    "journal-plus", "journal-text", "key", "list-check", "lock", "patch-check", "pencil", "people", "person",
    "person-vcard", "plus-lg", "printer", "question-circle", "search", "send", "shield-check", "shield-lock",
    "signpost-split", "telephone", "unlock", "upload", "x-circle", "airplane", "bank", "building",
)  # fmt: skip


def package(name: str, version: str, folder: Path) -> dict[str, bytes]:
    """Fetch one package with `npm pack`; the answer maps a path inside it to its bytes."""
    command = ["npm", "pack", f"{name}@{version}", "--pack-destination", str(folder), "--silent"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    archive = folder / answer.stdout.strip().splitlines()[-1]
    files: dict[str, bytes] = {}
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            content = tar.extractfile(member) if member.isfile() else None
            if content is not None:
                files[member.name.removeprefix("package/")] = content.read()
    return files


def sprite(files: dict[str, bytes]) -> bytes:
    """Join the icons we use into one SVG of symbols, each known by the icon's name."""
    out = io.StringIO()
    out.write('<svg xmlns="http://www.w3.org/2000/svg">\n')
    for name in sorted(ICON_NAMES):
        drawing = files[f"icons/{name}.svg"].decode()
        inner = re.sub(r"^<svg[^>]*>|</svg>\s*$", "", drawing.strip())
        inner = re.sub(r"\s*\n\s*", "", inner)
        out.write(f'<symbol id="{name}" viewBox="0 0 16 16" fill="currentColor">{inner}</symbol>\n')
    out.write("</svg>\n")
    return out.getvalue().encode()


def main() -> None:
    """Fetch the three packages and write what is served, with the licences beside it."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        try:
            bootstrap, icons, font = (
                package(name, version, Path(folder)) for name, version, _ in (BOOTSTRAP, ICONS, FONT)
            )
        except FileNotFoundError:
            sys.exit("npm is not on the path: install Node.js, then run ./run vendor again")
    style = re.sub(rb"/\*# sourceMappingURL=.*?\*/", b"", bootstrap["dist/css/bootstrap.min.css"])
    (VENDOR / "bootstrap.min.css").write_bytes(style.strip() + b"\n")
    (VENDOR / "icons.svg").write_bytes(sprite(icons))
    for part in FONT_FILES:
        name = f"atkinson-hyperlegible-next-{part}-wght-normal.woff2"
        (VENDOR / f"atkinson-{part}.woff2").write_bytes(font[f"files/{name}"])
    for target, source in (("bootstrap", bootstrap), ("bootstrap-icons", icons), ("atkinson", font)):
        (VENDOR / f"LICENSE-{target}").write_bytes(source["LICENSE"])
    rows = "\n".join(
        f"| {name} | {version} | {licence} |" for name, version, licence in (BOOTSTRAP, ICONS, FONT)
    )
    (VENDOR / "README.md").write_text(
        "# Files of others\n\n"
        "Copied from their npm packages by `./run vendor` (tools/vendor.py); do not edit.\n\n"
        f"| package | version | licence |\n|---|---|---|\n{rows}\n\n"
        "htmx is served from the Python package django-htmx.\n"
    )


if __name__ == "__main__":
    main()
