"""One case from files to a scored record: the steps in order.

Whatever happens inside one image stays with that image: it becomes a defect of its material, and the other
materials and the other cases go on.
"""

from __future__ import annotations

from dataclasses import replace

from imaging.errors import DecoderKilled, ImageRefused
from imaging.fingerprint import fingerprint
from imaging.model import Defect, Rendition
from imaging.photo.weights import PhotoModelError
from intake.case_folder import read_regular
from intake.documents import Documents, documents_on
from intake.model import Case, CaseResult, ImageFile, Picture, Upload
from intake.reading import refusal_defect
from intake.record import case_record
from intake.refusal import record_refused
from intake.report.pictures import reduce_rendition
from intake.toolbox import Toolbox
from ocr.errors import ModelUnusable
from ocr.model import Kind
from verify.model import Material


def run_case(case: Case, tools: Toolbox, *, want_pictures: bool = False) -> CaseResult:
    """Runs one case.

    Args:
        case: What lies in the folder.
        tools: The process's parts.
        want_pictures: Also return reduced renditions for a report.

    Returns:
        The record of design.md section 4; never raises for what is in a file.
    """
    materials: dict[str, Material] = {}
    pictures: list[Picture] = []
    for image in case.images:
        material, renditions = read_material(image, tools)
        materials[image.slot] = material
        if want_pictures:
            pictures.extend(reduce_rendition(image.slot, r, number=n) for n, r in enumerate(renditions, start=1))
    verdict = tools.judge(case.entered, materials, case.notes)
    record = case_record(case.name, verdict)
    return CaseResult(
        name=case.name,
        score=verdict.score,
        band=verdict.band,
        record=record,
        pictures=tuple(pictures),
        refused=record_refused(record["findings"]),
    )


def read_material(image: ImageFile, tools: Toolbox) -> tuple[Material, tuple[Rendition, ...]]:
    """Reads one file of a slot: the material, and the renditions that its boxes refer to.

    None when the file was refused, two when it shows two documents and was parted.
    """
    data = read_regular(image.path, follow_links=image.follow_links)
    if isinstance(data, Defect):
        return _refused(Upload(image.slot, image.kind, image.file, b""), data), ()
    upload = Upload(image.slot, image.kind, image.file, data)
    try:
        return read_upload(upload, tools)
    except DecoderKilled as killed:
        # Nobody tries this folder again, so a person has to look.
        return _refused(upload, refusal_defect(killed)), ()


def read_upload(upload: Upload, tools: Toolbox) -> tuple[Material, tuple[Rendition, ...]]:
    """The same for bytes that were not in a folder.

    Raises:
        DecoderKilled: Try again: it says nothing about the upload.
    """
    try:
        rendition = tools.decode(upload.data)
    except DecoderKilled:
        raise
    except ImageRefused as refusal:
        return _refused(upload, refusal_defect(refusal)), ()
    found = _read(upload.kind, rendition, upload.data, tools)
    material = Material(
        slot=upload.slot,
        file=upload.file,
        size_bytes=len(upload.data),
        source_format=rendition.source_format,
        sha256=upload.sha256,
        readings=found.readings,
        defects=found.defects,
        fingerprint=fingerprint(rendition.pixels),
    )
    return material, found.pictures


def _refused(upload: Upload, defect: Defect) -> Material:
    return Material(
        slot=upload.slot,
        file=upload.file,
        size_bytes=len(upload.data),
        source_format=None,
        sha256=upload.sha256,
        defects=(defect,),
    )


def _read(kind: Kind, rendition: Rendition, data: bytes, tools: Toolbox) -> Documents:
    """Photo check or reading. A part that fails is a defect of this image, and the case goes on.

    This is the runner of the stages, so it is the one place that catches whatever a native library may raise; a
    process that dies outright is the business of whoever started it. A broken installation is nobody's document.
    """
    try:
        if kind is Kind.PHOTO:
            return _read_photo(rendition, data, tools)
        found = documents_on(tools.read(rendition, None), wanted=kind)
    except (ModelUnusable, PhotoModelError, ImportError):
        raise
    except Exception:
        return Documents((), (*rendition.defects, Defect("engine-failed", severe=True)), (rendition,))
    return replace(found, defects=(*rendition.defects, *found.defects))


def _read_photo(rendition: Rendition, data: bytes, tools: Toolbox) -> Documents:
    """Checks a photo; one that is not compliant as it came may be a whole document given by mistake.

    The portrait on an identity card is a face like any other, so the photo tool alone would cut it out.
    """
    defects = (*rendition.defects, *tools.check_photo(rendition, data))
    if not defects:
        return Documents((), (), (rendition,))
    found = documents_on(tools.read(rendition, None))
    documents = tuple(r for r in found.readings if r.kind is not Kind.UNKNOWN)
    return Documents(documents, defects, found.pictures) if documents else Documents((), defects, (rendition,))
