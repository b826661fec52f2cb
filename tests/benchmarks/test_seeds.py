"""What is timed does the same work: seeds trained together come to the weights that each comes to by itself."""

import pytest
import torch

from explorer.benchmarks import seeds


@pytest.mark.parametrize("stack", [seeds.by_vmap, seeds.by_groups])
def test_seeds_trained_together_come_to_the_scores_that_they_come_to_apart(stack: seeds.Stack) -> None:
    runs = [seeds.first_run(seed, 32) for seed in range(3)]
    scores, weights = stack([run.network for run in runs])
    together = seeds.together(runs[0], scores, weights)
    apart = seeds.ways(runs)["one_after_another"]
    pictures = torch.rand(3, 8, 1, 28, 28)
    first = scores(pictures)
    for numbers in torch.randint(6_000, (4, 3, 32)):
        together(numbers)
        apart(numbers)

    alone = torch.stack([run.network(each) for run, each in zip(runs, pictures, strict=True)])
    assert (alone - first).abs().max() > 0.01, "nothing was learned"
    torch.testing.assert_close(scores(pictures), alone, rtol=1e-4, atol=1e-5)
