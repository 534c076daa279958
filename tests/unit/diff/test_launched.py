"""What programs ask of their launcher, in whatever way."""

from __future__ import annotations

from tests.unit.diff.programs import values_held

RANK = "int(os.environ.get('RANK', 0))"
WORLD = "int(os.environ.get('WORLD_SIZE', 1))"
SAME = [
    (
        "value = int(os.environ.get('RANK', -1)) != -1",
        "value = 'RANK' in os.environ",
    ),
    (
        f"value = {WORLD} > 1",
        "value = 'WORLD_SIZE' in os.environ",
    ),
    (
        "value = int(os.environ['RANK'])",
        "value = int(os.getenv('RANK', '0'))",
    ),
    (
        "value = int(os.environ['WORLD_SIZE']) if 'RANK' in os.environ else 1",
        f"value = {WORLD}",
    ),
]
OTHER = [
    (
        f"value = 3 + {RANK}",
        "value = 3",
    ),
    (
        f"value = {RANK}",
        f"value = {WORLD}",
    ),
    (
        f"value = 3 if {RANK} == 3 else 4",
        "value = 4",
    ),
    (
        f"value = {RANK}",
        "value = int(os.environ.get('SEED', 0))",
    ),
]

test_two_ways_to_write_a_value = values_held(SAME, OTHER)
