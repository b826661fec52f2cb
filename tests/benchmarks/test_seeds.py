"""What is timed does the same work: seeds mapped together come to the scores that each comes to by itself."""

import torch

from explorer.benchmarks import seeds
from explorer.training.step import take_step


def test_seeds_that_are_mapped_come_to_the_scores_that_they_come_to_apart() -> None:
    runs, apart = ([seeds.first_run(seed, 32) for seed in range(3)] for _ in range(2))
    scores, weights = seeds.by_vmap([run.network for run in runs])
    step = seeds.stepping(runs[0], scores, weights)
    pictures = torch.rand(3, 8, 1, 28, 28)
    first = scores(pictures)
    for picked in torch.randint(6_000, (4, 3, 32)):
        step(picked)
        for run, numbers in zip(apart, picked, strict=True):
            take_step(run, numbers)

    alone = torch.stack([run.network(each) for run, each in zip(apart, pictures, strict=True)])
    assert (alone - first).abs().max() > 0.01, "nothing was learned"
    torch.testing.assert_close(scores(pictures), alone, rtol=1e-4, atol=1e-5)
