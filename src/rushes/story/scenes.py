"""Scene videos: which sections have one, in how many shots, and how long each is asked for. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rushes.platform.media.film.timeline import TransitionKind
from rushes.story.document import Section, StoryDocument
from rushes.story.hashes import digest
from rushes.story.inputs import pictures_of, visual_prompt
from rushes.story.products import Products
from rushes.story.settings import AUTO, CARD, STILL, SceneSettings


@dataclass(frozen=True)
class SceneShot:
    """One shot of a section's scene: `seconds` long as asked for; `image` is the hash of its first picture.

    `number` counts the shots of the section, from 0.
    """

    section_id: str
    number: int
    provider: str
    model: str
    prompt: str
    seconds: int
    options: Mapping[str, Any]
    image: str = ""
    variant: int = 0

    @property
    def hash(self) -> str:
        """The hash of its inputs; the section's id is none of them."""
        return digest(
            {
                "shot": self.number,
                "provider": self.provider,
                "model": self.model,
                "prompt": self.prompt,
                "seconds": self.seconds,
                "options": dict(self.options),
                "image": self.image,
                "variant": self.variant,
            }
        )


def lengths_for(seconds: float, possible: Sequence[int]) -> tuple[int, ...]:
    """Return the lengths of the shots that cover `seconds`: the smallest that does, else several.

    With several, all but the last are as long as can be, and the last is the smallest that covers the rest.
    """
    lengths = sorted(set(possible))
    if not lengths:
        raise ValueError("A provider makes no length at all")
    found: list[int] = []
    left = seconds
    while left > lengths[-1]:
        found.append(lengths[-1])
        left -= lengths[-1]
    if left > 1e-6 or not found:
        found.append(next(each for each in lengths if each >= left - 1e-6))
    return tuple(found)


def scene_of(document: StoryDocument, section: Section) -> SceneSettings:
    """Return what a section's scene is: its own settings, else the film's."""
    return section.scene or document.scenes


def provider_of(scene: SceneSettings) -> str:
    """Return who makes a scene's video; empty for a still."""
    if scene.source == STILL:
        return ""
    return scene.provider if scene.source == AUTO else scene.source


def shots_of(
    document: StoryDocument, section: Section, seconds: float, products: Products
) -> tuple[SceneShot, ...]:
    """Return the shots that would cover a section of so many `seconds`; none for a scene of stills, or where
    the provider's lengths are not known."""
    scene = scene_of(document, section)
    provider = provider_of(scene)
    ability = products.ability(provider, scene.model) if provider else None
    if ability is None or not ability.lengths:
        return ()
    image = _start_image(document, section, products) if ability.takes_image else ""
    prompt = visual_prompt(document, section)
    return tuple(
        SceneShot(
            section.id,
            number,
            provider,
            scene.model,
            prompt,
            length,
            {**scene.options, "aspect_ratio": ability.aspect_for(document.shape)},
            image if number == 0 else "",
            section.variants.scene,
        )
        for number, length in enumerate(lengths_for(seconds + _handles(document), ability.lengths))
    )


def _handles(document: StoryDocument) -> float:
    """Seconds that transitions show of a clip beyond its section: half of one at either end."""
    join = document.transition
    return 0.0 if join.kind is TransitionKind.CUT else join.seconds


def _start_image(document: StoryDocument, section: Section, products: Products) -> str:
    """The hash of the picture that a scene's video starts from; a card is none to start from."""
    first = pictures_of(document, section, products)[0]
    if first.ask is not None and first.ask.provider == CARD:
        return ""
    return first.hash


def group_hash(shots: Sequence[SceneShot]) -> str:
    """Return the hash of all shots of one section: what `auto` decides on."""
    return digest([each.hash for each in shots])


def is_paid_for(document: StoryDocument, section: Section, group: str, products: Products) -> bool | None:
    """Return whether a section's scene becomes a video; None: `auto` has not decided yet."""
    scene = scene_of(document, section)
    if scene.source == STILL:
        return False
    return products.paid.get(group) if scene.source == AUTO else True
