"""The order of batches: shared among ranks, prepared ahead, gone on with, of another size."""

from __future__ import annotations

import threading

import pytest
import torch
from trainer.data.batches import Batch, BatchManager
from trainer.distributed import Ranks


class Numbers:
    """A stream whose batch `i` is full of `i`; it notes who asked for it."""

    def __init__(self) -> None:
        self.threads: set[str] = set()

    def batch(self, index: int, size: int) -> Batch:
        self.threads.add(threading.current_thread().name.partition("_")[0])
        return {"inputs": torch.full((size,), index)}


def manager(rank: int = 0, world_size: int = 1, prefetch: int = 0) -> BatchManager:
    ranks = Ranks(rank=rank, local_rank=rank, world_size=world_size)
    return BatchManager(Numbers(), size=2, ranks=ranks, device=torch.device("cpu"), prefetch=prefetch)


def taken(batches: BatchManager, count: int) -> list[list[int]]:
    return [batches.get_next_batch()["inputs"].tolist() for _ in range(count)]


@pytest.mark.parametrize("prefetch", [0, 1, 5])
def test_ranks_share_the_stream_of_one_process(prefetch: int) -> None:
    one = taken(manager(prefetch=prefetch), 6)
    assert one == [[index, index] for index in range(6)]
    shared = [taken(manager(rank, 2, prefetch), 3) for rank in range(2)]
    assert [batch for pair in zip(*shared, strict=True) for batch in pair] == one


@pytest.mark.parametrize("prefetch", [0, 3])
def test_what_is_prepared_ahead_and_not_taken_comes_again_after_a_resume(prefetch: int) -> None:
    first = manager(1, 2, prefetch)
    taken(first, 3)
    second = manager(1, 2, prefetch)
    second.load_state_dict(first.state_dict())
    assert taken(second, 3) == taken(first, 3) == [[7, 7], [9, 9], [11, 11]]


def test_batches_are_prepared_in_a_thread_of_their_own() -> None:
    ahead, plain = manager(prefetch=2), manager()
    taken(ahead, 1)
    taken(plain, 1)
    ahead.close()
    assert isinstance(ahead.source, Numbers)
    assert isinstance(plain.source, Numbers)
    assert (ahead.source.threads, plain.source.threads) == ({"batches"}, {threading.current_thread().name})


def test_batches_of_another_size_begin_at_once_however_many_were_prepared() -> None:
    batches = manager(prefetch=4)
    taken(batches, 2)
    batches.resize(3)
    assert taken(batches, 2) == [[2, 2, 2], [3, 3, 3]]
