"""The closed lists of rule R2 and R11: what footage may be used for, and how a yes was evidenced."""

from enum import StrEnum


class Purpose(StrEnum):
    """What footage may be used for (R2). Nothing outside this list can be written in an agreement."""

    TRAIN_ROBOT_SKILL = "train-robot-skill"
    TRAIN_PEOPLE = "train-people"
    QUALITY_INSPECTION = "quality-inspection"
    RESEARCH = "research"
    WORKER_OWN_USE = "worker-own-use"
    PLANT_STATISTICS = "plant-statistics"


class Evidence(StrEnum):
    """How a yes or a release is evidenced (R11): by the worker's own key, by a steward, or by the operator's word."""

    SIGNED = "signed"
    WITNESSED = "witnessed"
    DECLARED = "declared"

    @property
    def is_good_for_license(self) -> bool:
        """True where the evidence is strong enough for footage to leave the shop under a licence."""
        return self is not Evidence.DECLARED
