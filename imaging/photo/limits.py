"""The limits of the photo checks, each with where it comes from.

"photo.md" is the project's measured reference: 67 ordinary portraits against degraded copies. The figure in
brackets is the share of ordinary portraits on the wrong side of the limit.
"""

from __future__ import annotations

# A second face smaller than this share of the first is a picture on the wall, not a second person. Two people side
# by side differ by less than half; measured on composed pairs.
SECOND_FACE_SHARE = 0.3

# Tilt in degrees: warn above 8 (photo.md, p95 of ordinary tilt is -8..6). A finished photo is refused from 12: a
# picture turned by 20 may hold a head that leaned 8 the other way.
ROLL_WARN_DEG = 8.0
ROLL_FAIL_DEG = 12.0
# The maker takes a tilt up to this out (photo.md, "correct up to ~15"); beyond, shoulders and background lean.
ROLL_MAKE_DEG = 15.0
# Turn to the side: warn above 12 (photo.md, 3 of 67); refused where the far ear disappears.
YAW_WARN_DEG = 12.0
YAW_FAIL_DEG = 30.0
# Nod: own measure, six frontal portraits lie within 6; same ends as the turn, wider for the noisier measure.
PITCH_WARN_DEG = 18.0
PITCH_FAIL_DEG = 32.0

# Eye opening over eye-to-chin length: ordinary 0.047-0.10 (photo.md); OFIQ puts the middle of its score at 0.02.
EYES_OPEN_FAIL = 0.02
EYES_OPEN_WARN = 0.035
# Visible height of the iris over the eye's width, the better of both eyes, because the network guesses open lids on
# closed eyes (0.05-0.07). Six portraits and drawn faces: open 0.24-0.52; the same with lids painted over: 0.05-0.13,
# with thick lashes up to 0.19. No pictures of real closed eyes were at hand, so only the clear ones are refused.
IRIS_HEIGHT_FAIL = 0.11
IRIS_HEIGHT_WARN = 0.17
# Inner lips over eye-to-chin length (photo.md: 6 of 67, all laughing).
MOUTH_OPEN_WARN = 0.12

# Dark share of the eye area (photo.md: ordinary at most 0.61, opaque lenses 0.98 and more, 0 of 67).
EYE_DARK_FAIL = 0.75
# Forehead against cheeks in 8-bit L levels and degrees of hue; a coloured hat is darker AND of another hue. A black
# hat cannot be told from a fringe, so this only warns (photo.md, "hat").
HAT_DARKNESS_WARN = 60.0
HAT_HUE_DEG = 12.0
HAT_MIN_CHROMA = 6.0

# log10 of the Laplacian's variance in the face at 90 px between the eyes. Ordinary portraits: p1 1.19 (photo.md);
# blur sigma 2: 0.54-0.90, sigma 1.5: 0.67-1.17 (photo.md and six portraits of our own).
SHARPNESS_FAIL = 1.0
SHARPNESS_WARN = 1.1

# Mean luminance of the face, 0..1 (photo.md: ordinary 0.39-0.75, at 40 % brightness 0.17-0.29, 0 of 67).
BRIGHTNESS_FAIL = 0.25
BRIGHTNESS_WARN = 0.30
# Share of the face at 248 and above (photo.md: ordinary p99 0.1 %, at 140 % brightness median 22 %, 0 of 67).
BURNT_FAIL = 0.10
# Difference of the cheeks over their mean (photo.md: 3 of 67, all side-lit).
UNEVEN_WARN = 0.5

# Share of the background at 230 and above (photo.md: studio white 1.00, light grey 0-0.03, partly white 0.5-0.8).
BACKGROUND_WHITE_FAIL = 0.95
# Range of the background in levels between its 5th and 95th percentile. Six portraits of our own: plain walls
# 19-38, streets and rooms 89-185.
BACKGROUND_SPREAD_WARN = 60.0

# Mean Lab chroma of the face: six portraits 13-20, grey pictures 0-1 also after JPEG.
CHROMA_FAIL = 3.0
# Share of a colourless face that is ink or paper: photographs stay under 0.3, thresholded copies are 1.0.
TWO_TONE_FAIL = 0.7

# Mean steepness of the background behind a cut-out, levels a pixel of the 256 px square, where a halo stays around
# hair. Six portraits at hand: plain walls 0.3-0.5, a mottled studio cloth 2.0, streets and rooms 6-8.
BACKGROUND_TEXTURE_WARN = 2.0

# Share of the face outline outside the picture; two of the 36 outline points may lie on the border by noise.
OUTLINE_OUTSIDE_FAIL = 0.06
# Share of the upper picture edge, over the head's width, that the head covers: a few strands may touch.
CROWN_CUT_FAIL = 0.10

# A plain frame on two sides or more that covers at least this share of the picture (screenshot, photo of a photo).
BORDER_FAIL = 0.02
