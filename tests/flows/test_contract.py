from tacit.footage.encode import KEY_INTERVAL_FRAMES
from tacit.motion.quality import QualityOptions


def test_stretches_begin_and_end_on_key_frames_of_the_clean_video() -> None:
    assert QualityOptions().grid_frames % KEY_INTERVAL_FRAMES == 0
