"""The limits of the photo checks, each with where it comes from.

"photo.md" is the project's measured reference: 67 ordinary portraits against degraded copies. The figure in
brackets is the share of ordinary portraits on the wrong side of the limit. "47 portraits" are 32 one-person pictures
(press, webcams, studio, crops of groups) and the 15 finished photos made of them, 2026-11-21; docs/photo-checks.md
holds the ordinary ranges and what each limit catches.
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
# Turn to the side: photo.md's 12 degrees warn about 3 of 67 and about 6 of 32 of ours, most of them a degree or two
# over it and plainly frontal to the eye; 15 leaves the two that are turned. Refused where the far ear disappears.
YAW_WARN_DEG = 15.0
YAW_FAIL_DEG = 30.0
# Nod: own measure, six frontal portraits lie within 6; same ends as the turn, wider for the noisier measure.
PITCH_WARN_DEG = 20.0
PITCH_FAIL_DEG = 32.0

# Open eyes, 0..100: the lesser of the lids' opening over eye-to-chin length (0.078 is full marks; ordinary 0.047-0.12,
# OFIQ puts the middle of its score at 0.02) and the visible height of the iris over the eye's width, the better of both
# eyes (0.38 is full marks), because the network guesses open lids on closed eyes. 47 portraits: 59 and more; a
# squinting one 62; lids painted over: 21-34, with thick lashes or shadows up to 100, so only clear ones are refused.
EYE_OPENNESS_FAIL = 28.0
EYE_OPENNESS_WARN = 45.0
# Inner lips over eye-to-chin length (photo.md: 6 of 67 above 0.12, all laughing; a smile with teeth is 0.13).
MOUTH_OPEN_WARN = 0.15

# Eyes hidden: the dark share of the eye area (photo.md: ordinary at most 0.61, opaque lenses 0.98 and more, 0 of 67) or
# what the range of brightness between iris and white lacks to the skin's brightness (47 portraits: at most 0.53,
# blurred by 3 px 0.66; painted lenses of any colour and a pair of real ones: 0.87 and more).
EYE_HIDDEN_FAIL = 0.75
# Share of a lens's area where a lamp or window is mirrored. 47 portraits: at most 0.02; half of each eye covered: 0.39.
GLARE_WARN = 0.1
# Share of the pupil's area that is flash red, the lesser of both eyes. 47 portraits: at most 0.03; painted 0.16
# and more.
RED_EYE_WARN = 0.1
# One eye covered: its iris is not to be seen (47 portraits: the lesser one 0.15 and more) while the other one is.
COVERED_IRIS_WARN = 0.08
SEEN_IRIS = 0.17
# Range of brightness on the lips over their own. 47 portraits: 0.38 and more; masks of five colours: median 0.06-0.10.
# And lips that are no redder than the skin: make-up, beards and dark skin have one of both, a mask has neither.
MOUTH_CONTRAST_WARN = 0.3
LIP_REDNESS_WARN = 2.5
# Forehead against cheeks in 8-bit L levels and degrees of hue; a coloured hat is darker AND of another hue. A black
# hat cannot be told from a fringe, so this only warns (photo.md, "hat").
HAT_DARKNESS_WARN = 60.0
HAT_HUE_DEG = 12.0
HAT_MIN_CHROMA = 6.0

# Clarity: 100 is an edge 1.2 px wide at 90 px between the eyes. 47 portraits: 75 and more. Blurred by 1 px: 62-82;
# by 1.5 px: at most 64, by 2 px: at most 55, whatever grain or compression was laid over it.
CLARITY_FAIL = 65.0
CLARITY_WARN = 70.0
# Widest direction of edges, same pixels. 47 portraits: at most 2.3; moved by 9 px: 2.8 and more. Pictures out of focus
# reach it too, so it only warns.
SMEAR_WARN_PX = 2.6

# Grain in levels. 47 portraits: at most 2.5; noise of 15 levels 3.9 and more, of 25 levels 6.3 and more.
NOISE_WARN = 5.0
# Step at the raster of JPEG blocks in levels. 47 portraits: at most 2.4; JPEG quality 20: 3.4 and more, 12: 4.8
# and more.
BLOCKINESS_WARN = 4.0

# Mean luminance of the face, 0..1 (photo.md: ordinary 0.39-0.75, at 40 % brightness 0.17-0.29, 0 of 67).
BRIGHTNESS_FAIL = 0.25
BRIGHTNESS_WARN = 0.30
# A face this bright has lost its modelling (ISO/IEC 29794-5 puts the middle of its score at 0.8; 47 portraits: at most
# 0.71, and a very pale face in front of white is no fault).
BRIGHTNESS_HIGH_WARN = 0.85
# Range between the 5th and the 95th percentile of the face's brightness, 0..1. 47 portraits: 0.30 and more; haze or a
# copy of a copy takes two thirds of it.
CONTRAST_WARN = 0.2
# Share of the face at 248 and above (photo.md: ordinary p99 0.1 %, at 140 % brightness median 22 %, 0 of 67).
BURNT_FAIL = 0.10
# Difference of the cheeks over their mean (photo.md warns from 0.5 on, 3 of 67, all side-lit; half of the face in a
# quarter of the light: 0.65 and more).
UNEVEN_WARN = 0.6

# Share of the background at 230 and above (photo.md: studio white 1.00, light grey 0-0.03, partly white 0.5-0.8).
BACKGROUND_WHITE_FAIL = 0.95
# Range of the background in levels between its 5th and 95th percentile. Six portraits of our own: plain walls
# 19-38, streets and rooms 89-185.
BACKGROUND_SPREAD_WARN = 60.0

# Mean Lab chroma of the face: 47 portraits 12 and more, grey pictures 0-1 also after JPEG.
CHROMA_FAIL = 3.0
# Spread of the face's colours around one tone, in units of Lab. 47 portraits: 3.0 and more, a yellowed painting 2.4,
# JPEG quality 8 once 1.8; grey and sepia: at most 0.7.
COLOUR_VARIETY_FAIL = 1.2
# Lab a and b of the cheeks. ISO/IEC 29794-5 scores 5..25 and 5..35; 47 portraits under lamps of all kinds lie within
# 1..30 and -10..40, so only colours that no lamp gives to skin are told.
SKIN_A_SPAN = (-4.0, 36.0)
SKIN_B_SPAN = (-14.0, 46.0)
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

# Share of sampled tiles with the stripes of a screen. 112 pictures of people: at most 0.1; taken from a screen: 0.75-1.
SCREEN_FAIL = 0.5
# Share of the weakest side of a rectangle around the face. 112 pictures of people: at most 0.3 (screenshots that
# show a window's frame apart); prints on a desk: 1.
INNER_FRAME_FAIL = 0.75
# Share of ink and paper on a picture without a face (see `copies.ink_or_paper`): thresholded copies 0.95 and more.
INK_OR_PAPER_FAIL = 0.9
