"""The decoder's child process: right pixels, enforced limits, and a parent that survives all of it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fixtures.hostile.heic_writer import encoded
from fixtures.hostile.model import WITH_HEIC
from fixtures.hostile.mutators import mutants
from fixtures.hostile.pages import page, saved
from fixtures.hostile.png_writer import blank
from imaging import decode_child
from imaging.decode_child import OUTCOMES, RESULT_HEADER
from imaging.errors import DecoderKilled, ImageRefused
from imaging.prescan import prescan
from imaging.sandbox import DEFAULT_DECODE_LIMITS, Decoder, _mode_or_refusal, decode_upload

PAGE = page(random.Random(3))
JPEG = saved(PAGE, "JPEG", quality=95)


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder() as shared:
        yield shared


def refusal(decoder: Decoder, data: bytes) -> ImageRefused:
    with pytest.raises(ImageRefused) as refused:
        decoder.decode(data)
    return refused.value


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_pixels_come_back(decoder: Decoder, file_format: str) -> None:
    kinds: dict[str, dict[str, int]] = {"JPEG": {"quality": 95, "subsampling": 0}, "PNG": {}, "WEBP": {"lossless": 1}}
    data = saved(PAGE, file_format, **kinds[file_format])
    scanned, rendition = decode_upload(data, decoder)
    assert (rendition.width_px, rendition.height_px) == (640, 400)
    assert (rendition.source_format, rendition.source_mode) == (file_format, "RGB")
    assert scanned.size_bytes == len(data)
    difference = np.abs(rendition.pixels.astype(int) - np.asarray(PAGE).astype(int)).mean()
    assert difference < (3 if file_format == "JPEG" else 0.01)


def test_rendition_cannot_be_edited(decoder: Decoder) -> None:
    assert not decoder.decode(JPEG).pixels.flags.writeable


def test_long_side_is_capped(decoder: Decoder) -> None:
    rendition = decoder.decode(blank(width_px=5000, height_px=1000, colour=0))
    assert (rendition.width_px, rendition.height_px) == (3200, 640)
    assert (rendition.source_width_px, rendition.source_height_px) == (5000, 1000)


def test_child_serves_many_images(decoder: Decoder) -> None:
    decoder.decode(JPEG)
    pid = decoder.child_pid
    for _ in range(5):
        decoder.decode(JPEG)
    assert decoder.child_pid == pid


def test_killed_child_is_replaced(decoder: Decoder) -> None:
    decoder.decode(JPEG)
    killed = decoder.child_pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert decoder.decode(JPEG).width_px == 640
    assert decoder.child_pid != killed


def test_stopped_child_is_a_timeout_and_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imaging.sandbox._GRACE_S", 0.2)
    with Decoder(replace(DEFAULT_DECODE_LIMITS, wall_s=2)) as decoder:
        decoder.decode(JPEG)
        stopped = decoder.child_pid
        assert stopped is not None
        os.kill(stopped, signal.SIGSTOP)
        assert refusal(decoder, JPEG).code == "decoder-timeout"
        assert decoder.decode(JPEG).width_px == 640
        assert decoder.child_pid != stopped


def test_memory_limit_is_enforced() -> None:
    """Twice the memory of the image is missing; the same image decodes under the normal limit."""
    large = blank(width_px=6000, height_px=6000)
    with Decoder(replace(DEFAULT_DECODE_LIMITS, memory_bytes=220 * 1024 * 1024)) as decoder:
        refused = refusal(decoder, large)
        assert refused.code == "decoder-out-of-memory"
        assert refused.limit == 220 * 1024 * 1024
        assert decoder.decode(JPEG).width_px == 640


def test_clock_limit_is_enforced() -> None:
    slow = blank(width_px=6300, height_px=6300, bits=16)
    with Decoder(replace(DEFAULT_DECODE_LIMITS, wall_s=0.05)) as decoder:
        pid_before = decoder.child_pid
        assert refusal(decoder, slow).code == "decoder-timeout"
        assert pid_before is None
        assert decoder.child_pid is not None


def test_processor_limit_is_enforced() -> None:
    # The costliest picture that the pre-scan lets in: 1.5 s on the fastest machine so far.
    slow = blank(width_px=6300, height_px=6300, bits=16, colour=6, interlace=1)
    with Decoder(replace(DEFAULT_DECODE_LIMITS, cpu_s=1)) as decoder:
        refused = refusal(decoder, slow)
        assert (refused.code, refused.limit) == ("decoder-timeout", 1)
        assert decoder.decode(JPEG).width_px == 640


def changed_child(folder: Path, before: str, statement: str) -> Path:
    """The child's program, with a statement before the one that begins like this."""
    source = Path(decode_child.__file__).parent
    program = (source / "decode_child.py").read_text(encoding="utf-8")
    changed = program.replace(f"        {before}", f"        {statement}\n        {before}")
    assert changed != program
    package = folder / "imaging"
    package.mkdir()
    for name in (
        "__init__", "child_rights", "errors", "normalise", "model", "geometry", "heic_reader", "jpeg_end",
        "prescan_png", "scanned", "exif_orientation",
    ):  # fmt: skip
        (package / f"{name}.py").write_bytes((source / f"{name}.py").read_bytes())
    (package / "decode_child.py").write_text(changed, encoding="utf-8")
    return package / "decode_child.py"


def test_dying_codec_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A child program whose fork dies as a codec with a memory error does."""
    dying = changed_child(tmp_path, "result[: RESULT_HEADER.size] = ", "__import__('ctypes').string_at(0)")
    monkeypatch.setattr("imaging.sandbox._CHILD_PROGRAM", dying)
    with Decoder() as decoder:
        refused = refusal(decoder, JPEG)
        assert (refused.code, refused.measured) == ("decoder-crashed", signal.SIGSEGV)
        assert not isinstance(refused, DecoderKilled)
        assert decoder.child_pid is not None


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_fork_that_somebody_kills_says_nothing_about_its_image(
    number: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mark = tmp_path / "killed-once"
    once = f"os.path.exists({str(mark)!r}) or (os.mknod({str(mark)!r}), os.kill(os.getpid(), {number:d}))"
    monkeypatch.setattr("imaging.sandbox._CHILD_PROGRAM", changed_child(tmp_path, "give_up_rights(\n", once))
    with Decoder() as decoder:
        assert decoder.decode(JPEG).width_px == 640
        assert mark.exists()


def test_a_fork_that_is_killed_again_is_told_as_such(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    always = f"os.kill(os.getpid(), {signal.SIGKILL:d})"
    monkeypatch.setattr("imaging.sandbox._CHILD_PROGRAM", changed_child(tmp_path, "give_up_rights(\n", always))
    with Decoder() as decoder, pytest.raises(DecoderKilled) as killed:
        decoder.decode(JPEG)
    assert killed.value.code == "decoder-crashed"


def test_child_that_cannot_start_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("imaging.sandbox._CHILD_PROGRAM", tmp_path / "missing.py")
    with Decoder() as decoder:
        assert refusal(decoder, JPEG).code == "decoder-crashed"


def test_child_has_no_environment_and_few_descriptors(decoder: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_PARENT", "fictional")
    with Decoder() as fresh:
        fresh.decode(JPEG)
        environment = Path(f"/proc/{fresh.child_pid}/environ").read_bytes()
        assert b"SECRET_OF_THE_PARENT" not in environment
        descriptors = [os.readlink(entry) for entry in Path(f"/proc/{fresh.child_pid}/fd").iterdir()]
        assert sum("socket:" in target for target in descriptors) == 1
        assert not [target for target in descriptors if "socket:" not in target and target != "/dev/null"]


def test_child_imports_no_engine(decoder: Decoder) -> None:
    """OpenCV and the OCR stack would cost a second and 200 MB, and widen what a hostile image can reach."""
    decoder.decode(JPEG)
    mapped = Path(f"/proc/{decoder.child_pid}/maps").read_text(encoding="ascii", errors="replace")
    assert "PIL" in mapped
    assert not [name for name in ("cv2", "onnxruntime", "paddle", "_ssl") if name in mapped]


def test_heic_reader_is_loaded_in_the_child_and_only_when_asked_for() -> None:
    data = encoded(PAGE)
    with Decoder() as fresh:
        fresh.decode(JPEG, formats=WITH_HEIC)
        assert "heif" not in _maps(fresh)
        with pytest.raises(ImageRefused) as refused:
            fresh.decode(data)
        assert (refused.value.code, refused.value.detail) == ("format-not-allowed", "HEIC")
        assert "heif" not in _maps(fresh)
        scanned, rendition = decode_upload(data, fresh, formats=WITH_HEIC)
        assert "heif" in _maps(fresh)
    assert (scanned.format, rendition.source_format) == ("HEIC", "HEIC")
    assert (rendition.width_px, rendition.height_px) == (640, 400)


_SERVING = """
import sys
from imaging.sandbox import Decoder
with Decoder() as decoder:
    decoder.decode(open(sys.argv[1], "rb").read(), formats=("HEIC",))
print([name for name in sys.modules if "heif" in name.partition(".")[0]])
"""


def test_parent_never_loads_the_heic_reader(tmp_path: Path) -> None:
    image = tmp_path / "page.heic"
    image.write_bytes(encoded(PAGE))
    root = Path(decode_child.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", _SERVING, str(image)], cwd=root, capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"[]\n", b"")


_UNPRIVILEGED = """
import os, sys
import numpy as np
from imaging.child_rights import give_up_rights
from imaging.heic_reader import load_heic_reader
from imaging.normalise import StoredImage, normalise
from imaging.prescan import ScanLimits, prescan
scanned = prescan(open(sys.argv[1], "rb").read(), ScanLimits(formats=("HEIC",)))
load_heic_reader()
pid = os.fork()
if pid == 0:
    os.setgid(65534)
    os.setuid(65534)
    give_up_rights(memory_bytes=1 << 30, cpu_s=10, wall_s=20.0, may_start_threads=True)
    out = np.zeros((scanned.height_px, scanned.width_px, 3), np.uint8)
    normalise(StoredImage(scanned.payload, "HEIC", scanned.width_px, scanned.height_px, 1), out)
    os._exit(0 if out.any() else 3)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


@pytest.mark.skipif(os.getuid() != 0, reason="every other test runs as an ordinary user already")
def test_unprivileged_child_decodes_heic_too(tmp_path: Path) -> None:
    """Limits on processes hold for ordinary users only, and the codec needs a thread."""
    image = tmp_path / "page.heic"
    image.write_bytes(encoded(PAGE))
    root = Path(decode_child.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", _UNPRIVILEGED, str(image)], cwd=root, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def _maps(decoder: Decoder) -> str:
    return Path(f"/proc/{decoder.child_pid}/maps").read_text(encoding="ascii", errors="replace")


def test_cost_is_told_and_is_none_without_a_fork(decoder: Decoder) -> None:
    decoder.decode(JPEG)
    cost = decoder.last_cost
    assert cost is not None
    assert 0 < cost.cpu_s < DEFAULT_DECODE_LIMITS.cpu_s
    assert 10_000_000 < cost.peak_bytes < DEFAULT_DECODE_LIMITS.memory_bytes
    assert refusal(decoder, b"no image").code == "not-an-image"
    assert decoder.last_cost is None


def test_closing_ends_the_child() -> None:
    decoder = Decoder()
    decoder.decode(JPEG)
    pid = decoder.child_pid
    decoder.close()
    assert not Path(f"/proc/{pid}").exists()
    assert decoder.decode(JPEG).width_px == 640
    decoder.close()


_PARENT = """
import sys, time
from imaging.sandbox import Decoder
decoder = Decoder()
decoder.decode(open(sys.argv[1], "rb").read())
print(decoder.child_pid, flush=True)
time.sleep(60)
"""


def test_child_ends_with_its_parent(tmp_path: Path) -> None:
    """A parent that is killed cannot close; the child notices the hung-up socket."""
    image = tmp_path / "page.jpg"
    image.write_bytes(JPEG)
    root = Path(decode_child.__file__).parent.parent
    with subprocess.Popen([sys.executable, "-c", _PARENT, str(image)], cwd=root, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert _is_running(child)
        parent.kill()
    deadline = time.monotonic() + 20
    while _is_running(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _is_running(child)


_FORKING = """
import os, sys
from imaging.sandbox import Decoder
data = open(sys.argv[1], "rb").read()
decoder = Decoder()
decoder.decode(data)
before = decoder.child_pid
worker = os.fork()
if worker == 0:
    decoder.decode(data)
    own = decoder.child_pid
    decoder.close()
    os._exit(0 if own != before else 3)
assert os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) == 0
decoder.decode(data)
assert decoder.child_pid == before
decoder.close()
print("both decoded")
"""


def test_forked_worker_gets_a_child_of_its_own(tmp_path: Path) -> None:
    image = tmp_path / "page.jpg"
    image.write_bytes(JPEG)
    root = Path(decode_child.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", _FORKING, str(image)], cwd=root, capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"both decoded\n", b"")


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (b"", "decoder-crashed"),
        (RESULT_HEADER.pack(0, 0.0, 0.0, b""), "decoder-crashed"),
        (RESULT_HEADER.pack(250, 0.0, 0.0, b""), "decoder-crashed"),
        (RESULT_HEADER.pack(OUTCOMES.index("image-corrupt"), float("nan"), float("inf"), b""), "image-corrupt"),
    ],
)
def test_lying_result_header_is_a_refusal(header: bytes, code: str) -> None:
    with pytest.raises(ImageRefused) as refused:
        _mode_or_refusal(header)
    assert refused.value.code == code
    assert refused.value.measured in (None, 0.0)


def test_a_thousand_mutants_end_in_pixels_or_a_code(decoder: Decoder) -> None:
    small = PAGE.resize((160, 100))
    bases = (
        saved(small, "JPEG"),
        saved(small, "JPEG", progressive=True),
        saved(small.convert("CMYK"), "JPEG"),
        saved(small, "PNG"),
        saved(small.quantize(32), "PNG"),
        saved(small, "WEBP"),
        saved(small.convert("RGBA"), "WEBP", lossless=True),
        saved(Image.new("I;16", (64, 64), 4000), "PNG"),
        encoded(small),
        encoded(small.convert("RGBA"), tile_size=64),
    )
    codes: dict[str, int] = {}
    for data in mutants(bases, seed=20261121, count=1000):
        try:
            rendition = decoder.decode(data, formats=WITH_HEIC)
        except ImageRefused as refused:
            codes[refused.code] = codes.get(refused.code, 0) + 1
        else:
            codes["decoded"] = codes.get("decoded", 0) + 1
            assert rendition.pixels.shape[2] == 3
    assert sum(codes.values()) == 1000
    # Damage is common and survivable: neither all nor nothing gets through, and no codec dies of it.
    assert codes["decoded"] > 100
    assert codes["file-incomplete"] > 50
    assert "decoder-crashed" not in codes
    assert "decoder-timeout" not in codes


def test_prescan_and_decoder_agree_on_size(decoder: Decoder) -> None:
    scanned = prescan(JPEG)
    assert decoder.decode_scanned(scanned).width_px == scanned.upright_width_px
