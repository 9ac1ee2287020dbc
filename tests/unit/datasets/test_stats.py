import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tacit.datasets.stats import QUANTILES, StatsSum, compute_column_stats, compute_image_stats

finite = st.floats(-1e6, 1e6, width=32)
columns = hnp.arrays(np.float32, st.tuples(st.integers(1, 30), st.just(3)), elements=finite)


def test_known_column() -> None:
    stats = compute_column_stats(np.arange(101, dtype=np.int64))
    assert {name: value.tolist() for name, value in stats.items()} == {
        "min": [0], "max": [100], "mean": [50], "std": [pytest.approx(np.sqrt((101**2 - 1) / 12))], "count": [101],
        "q01": [1], "q10": [10], "q50": [50], "q90": [90], "q99": [99],
    }  # fmt: skip


@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 3), st.integers(1, 6), st.integers(1, 6), st.just(3))))
def test_counted_image_stats_equal_those_of_the_pixels(images: np.ndarray) -> None:
    stats = compute_image_stats(iter(images))
    pixels = images.reshape(-1, 3) / 255
    expected = {"min": pixels.min(0), "max": pixels.max(0), "mean": pixels.mean(0), "std": pixels.std(0)}
    expected |= {name: np.quantile(pixels, q, axis=0) for name, q in QUANTILES.items()}
    assert stats.pop("count").tolist() == [len(images)]
    for name, value in stats.items():
        np.testing.assert_allclose(value, expected[name].reshape(3, 1, 1), atol=1e-9)


@given(st.lists(columns, min_size=1, max_size=5))
def test_moments_of_a_dataset_are_those_of_all_its_frames(episodes: list[np.ndarray]) -> None:
    total = StatsSum()
    for episode in episodes:
        total.add({"x": compute_column_stats(episode)})
    expected = compute_column_stats(np.concatenate(episodes))
    for name in ("min", "max", "mean", "std", "count"):
        np.testing.assert_allclose(total.result()["x"][name], expected[name], rtol=1e-6, atol=1e-6 * 1e6)


def test_quantiles_of_a_dataset_are_means_weighted_by_frames() -> None:
    total = StatsSum()
    total.add({"x": compute_column_stats(np.zeros(30))})
    total.add({"x": compute_column_stats(np.full(10, 8.0))})
    assert total.result()["x"]["q50"].tolist() == [2.0]
