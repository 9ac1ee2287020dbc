import pytest

from tacit.datasets.features import (
    FEATURES,
    LANDMARKS,
    VIDEO_FEATURE,
    DatasetSpec,
    build_info,
    data_path,
    episodes_path,
    read_spec,
    video_path,
)

SPEC = DatasetSpec(30, 1280, 720, "bench", {"fx": 900.5}, (0.1, -0.2, 0.0, 0.0, 0.05))


def test_widths_are_those_of_the_design() -> None:
    assert {feature.name: feature.width for feature in FEATURES} == {
        "observation.hands.px": 84,
        "observation.hands.xyz": 126,
        "observation.hands.seen": 2,
        "observation.hands.sigma": 2,
        "observation.camera": 7,
        "observation.state": 16,
        "action": 16,
        "action.valid": 2,
    }


def test_axes_are_left_hand_first_landmark_by_landmark() -> None:
    px = FEATURES[0].axes
    assert len(LANDMARKS) == 21
    assert px[:3] == ("left_wrist_u", "left_wrist_v", "left_thumb_cmc_u")
    assert px[42] == "right_wrist_u"
    assert px[-1] == "right_little_tip_v"
    assert len(set(px)) == len(px)


def test_only_the_video_has_image_in_its_name() -> None:
    names = build_info(SPEC, 1, 2, 1)["features"]
    assert [name for name in names if "image" in name] == [VIDEO_FEATURE]
    assert not [name for name in names if "/" in name]


def test_spec_comes_back_from_info() -> None:
    assert read_spec(build_info(SPEC, 3, 90, 1)) == SPEC


def test_unknown_frame_is_refused() -> None:
    info = build_info(SPEC, 3, 90, 1)
    info["tacit"]["frame"] = "moon"
    with pytest.raises(ValueError, match="moon"):
        read_spec(info)


@pytest.mark.parametrize(
    ("episode", "place"), [(0, "chunk-000/file-000"), (999, "chunk-000/file-999"), (1000, "chunk-001/file-000")]
)
def test_files_roll_over_to_the_next_chunk_after_a_thousand(episode: int, place: str) -> None:
    assert data_path(episode) == f"data/{place}.parquet"
    assert video_path(episode) == f"videos/{VIDEO_FEATURE}/{place}.mp4"
    assert episodes_path(episode) == f"meta/episodes/{place}.parquet"
