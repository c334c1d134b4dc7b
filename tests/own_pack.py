"""A site's own rules in a file, as an office writes them: a few lines over a pack of the product."""

from __future__ import annotations

from pathlib import Path


def own_pack(folder: Path, name: str) -> Path:
    """Writes a pack of this name into the folder, which is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text(
        f'extends = "yunnan-2023"\nname = "{name}"\ntitle = "某县会计人员信息采集"\njurisdiction = "533103"\n'
        'effective_from = 2024-01-01\n[sources]\nown = "《某县通知》"\n',
        encoding="utf-8",
    )
    return path
