"""Trains a model as its configuration says; goes on from its last checkpoint by itself.

python training/train.py --config-name cfg_gpt optim.learning_rate=3e-4
torchrun --nproc-per-node 2 training/train.py --config-name cfg_gpt optim.gradient_accumulation_steps=4
"""

from __future__ import annotations

import sys

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig
from trainer.configuration.store import register
from trainer.errors import TrainerError
from trainer.session import run

register()


@hydra.main(config_path="config", config_name="cfg_gpt", version_base="1.3")
def main(config: DictConfig) -> None:
    """One training run."""
    explicit = [override.split("=", 1)[0].lstrip("+~") for override in HydraConfig.get().overrides.task]
    try:
        if not run(config, explicit):
            # 128 + SIGTERM: the run is saved, but not at its end; start it again to go on.
            sys.exit(143)
    # An OSError names its file and what the system said of it: a full disk, a folder that may not be read.
    except (TrainerError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
