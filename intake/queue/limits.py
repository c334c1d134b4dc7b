"""What the bell and its workers may take: sizes, times and names. The database is the truth; none of these decides
whether work gets done, only how soon.
"""

from __future__ import annotations

# The one name that a job may carry. It names no function: whoever takes the job out knows what to do with the id.
TASK_NAME = "intake.work"

# How long a bell that nobody hears stays. Longer than a normal wait, so that the list holds each id once; idle workers
# look into the database themselves, so a bell that is lost costs seconds and not this time.
BELL_TTL_S = 600
# Nothing fails inside Redis, because a bell is taken out before the work begins; a short time all the same, since the
# library's own is a year (reliability.md, finding 11).
FAILURE_TTL_S = 60
# The library demands a time limit; the worker's own deadline is what counts.
JOB_TIMEOUT_S = 180

# An honest job has 18 fields and takes 480 bytes of the server's memory (measured with Valkey 9.1, 2026-11-27); other
# servers store the same less tightly.
MAX_JOB_FIELDS = 24
MAX_JOB_MEMORY_BYTES = 16_384
# Unpacked: a name, an id of 40 characters, a number. Honest ones take 80 bytes.
MAX_DATA_BYTES = 256
# Attempts of one piece of work; three are made (design.md, section 6), a person may add some.
MAX_ATTEMPT = 10_000

# A caller who waits for his 201 must not wait for Redis (reliability.md, section 3.2).
RING_TIMEOUT_S = 1.0
# After a failure the bell is left alone for this long, so that a dead Redis costs one timeout and not one a call.
RING_REST_S = 2.0
# Bells of one call; the rest is rung by the sweeper.
RING_AT_ONCE = 200

# A worker waits this long for a bell before it looks into the database itself: that keeps work going without Redis.
LOOK_EVERY_S = 2
# Slack over the wait above before a silent server counts as gone.
ANSWER_SLACK_S = 3
# Between two tries to reach a Redis that is away: first, and at most.
AWAY_FIRST_S, AWAY_LAST_S = 0.5, 5.0

# The sweeper's round (reliability.md, rule 2 of section 3.1: 5 to 10 s).
SWEEP_EVERY_S = 5.0
# Orphans of the blob store and old idempotency keys do no harm for an hour.
CLEAN_EVERY_S = 3600.0
# Figures in the log: often enough to draw a curve, seldom enough to read the rest.
FIGURES_EVERY_S = 60.0
