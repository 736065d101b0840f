"""The models the page offers, what a generation costs, and the model keys that the wire names them by."""

from dataclasses import dataclass

LITE, FAST, QUALITY = "Veo 3.1 - Lite", "Veo 3.1 - Fast", "Veo 3.1 - Quality"
OMNI = "Omni 1.1 Flash"
LOWER = "Veo 3.1 - Lite [Lower Priority]"
BANANA = "Nano Banana 2.1"
IMAGE_MODELS = ("Nano Banana Pro", "Nano Banana 2 Lite", BANANA)
OMNI_SECONDS = (4, 6, 8, 10)
VEO_SECONDS = (4, 6, 8)

_OMNI_PRICES = {"720p": {4: 7, 6: 10, 8: 12, 10: 15}, "360p": {4: 4, 6: 5, 8: 6, 10: 7}}
_VEO_PRICES = {LITE: 10, FAST: 20, QUALITY: 100, LOWER: 0}
_VEO_KEYS = {LITE: "lite", FAST: "fast", QUALITY: "", LOWER: "lite_low_priority"}


@dataclass(frozen=True)
class Wanted:
    """What one click on submit asks for, beyond prompt and images."""

    model: str
    portrait: bool
    seconds: int
    resolution: str
    outputs: int

    @property
    def price(self) -> int:
        """Credits for all outputs."""
        if self.model in IMAGE_MODELS:
            return 0
        each = _OMNI_PRICES[self.resolution][self.seconds] if self.model == OMNI else _VEO_PRICES[self.model]
        return each * self.outputs

    def key(self, kind: str) -> str:
        """The model key on the wire; `kind`: t2v, i2v, r2v, interpolation, image."""
        if self.model in IMAGE_MODELS:
            return "nano_banana"  # ? no key of an image model is known
        if self.model == OMNI:
            if kind == "interpolation":
                return f"omni_flash_i2v_{self.seconds}s_first_last"
            return f"abra_{kind}_{self.seconds}s" + ("_360p" if self.resolution == "360p" else "")
        parts = ["veo_3_1", kind, _VEO_KEYS[self.model], "portrait" if self.portrait else ""]
        return "_".join(part for part in parts if part)


def video_models(lower_priority: bool) -> list[str]:
    """The video models in the menu's order."""
    return [OMNI, LITE, FAST, QUALITY, *([LOWER] if lower_priority else [])]
