"""Every rule over runs of two programs, in the order of its code: the only list there is.

It stands apart from `registry` and `differences`: what is only read need not know of what is run.
"""

from __future__ import annotations

from trainlint.facts.parity import ParityOutcome
from trainlint.rules.base import Rule
from trainlint.rules.parity.batch_differs import batch_differs
from trainlint.rules.parity.checkpoint_differs import checkpoint_differs
from trainlint.rules.parity.clipping_differs import clipping_differs
from trainlint.rules.parity.evaluation_differs import evaluation_differs
from trainlint.rules.parity.forward_pass_differs import forward_pass_differs
from trainlint.rules.parity.gradients_differ import gradients_differ
from trainlint.rules.parity.initial_weights_differ import initial_weights_differ
from trainlint.rules.parity.learning_rate_differs import learning_rate_differs
from trainlint.rules.parity.optimizer_options_differ import optimizer_options_differ
from trainlint.rules.parity.passes_per_update_differ import passes_per_update_differ
from trainlint.rules.parity.reference_not_repeatable import reference_not_repeatable
from trainlint.rules.parity.run_inconclusive import run_inconclusive
from trainlint.rules.parity.told_number_differs import told_number_differs
from trainlint.rules.parity.update_differs import update_differs

#: Rules over what runs of two programs showed, sorted by code.
PARITY_RULES: tuple[Rule[ParityOutcome], ...] = (
    optimizer_options_differ,
    initial_weights_differ,
    learning_rate_differs,
    batch_differs,
    forward_pass_differs,
    gradients_differ,
    clipping_differs,
    update_differs,
    evaluation_differs,
    checkpoint_differs,
    passes_per_update_differ,
    told_number_differs,
    reference_not_repeatable,
    run_inconclusive,
)
