"""The text that each generated program begins with: the classes, managers and decorators that it uses."""

from __future__ import annotations

HEAD = """
import contextlib
import copy
import functools
import sys

from omegaconf import OmegaConf, open_dict


class A:
    kind = 1

    def __init__(self, cfg, n, m=3):
        self.cfg = cfg
        self.n = n
        self.m = m
        if cfg.part.on:
            self.m = cfg.part.x

    @property
    def double(self):
        return probe(901, self.n) * 2

    def step(self, x):
        if x:
            self.n = self.n + 1
            return self.n
        self.m = self.kind
        return self.m

    def whole(self, x):
        return self.step(x)


class B(A):
    kind = 2

    def __init__(self, cfg, n):
        super().__init__(cfg, n, m=cfg.b)
        self.extra = cfg.get("no", 1)

    def step(self, x):
        if self.cfg.flag:
            return super().step(x)
        for _ in range(2):
            self.n += 1
        return probe(902, self.n)


class Manager:
    def __init__(self, cfg):
        self.cfg = cfg
        self.open = 0

    def __enter__(self):
        self.open += 1
        return probe(903, self.cfg.b)

    def __exit__(self, *_):
        probe(904, self.open)
        self.open -= 1
        return self.cfg.part.on


@contextlib.contextmanager
def manage(cfg, n):
    probe(905, cfg.a)
    yield n
    probe(906, n)


def generate(cfg, n):
    probe(907, cfg.part.x)
    for i in range(n):
        yield i
    probe(908, n)


def wrapped(function):
    @functools.wraps(function)
    def wrapper(cfg, *args, **kwargs):
        probe(909, cfg.a)
        if cfg.flag:
            return function(cfg, *args, **kwargs)
        return probe(910, 4)

    return wrapper

"""
