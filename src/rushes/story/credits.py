"""The credits of a film: whose pictures and clips it shows, and under which licence."""

from collections.abc import Iterator

from rushes.providers.picture_contract import Attribution
from rushes.story.document import StoryDocument
from rushes.story.inputs import every_section, pictures_of
from rushes.story.products import Products, StoryPicture


def attributions(document: StoryDocument, products: Products) -> Iterator[tuple[str, Attribution]]:
    """Yield the heading of each section with the attribution of each of its pictures that has one."""
    for section in every_section(document):
        for slot in pictures_of(document, section, products):
            picture = products.uploads.get(slot.key) if slot.key else products.pictures.get(slot.hash)
            known = slot.chosen and slot.chosen.upload and slot.chosen.upload.attribution
            found = known or (picture.attribution if isinstance(picture, StoryPicture) else None)
            if found is not None and found != Attribution():
                yield section.heading, found


def credit_line(attribution: Attribution) -> str:
    """Return the line that names an author and a licence."""
    if attribution.text:
        return attribution.text
    parts = [attribution.author or "Unknown author"]
    parts += [attribution.licence] * bool(attribution.licence)
    parts += [attribution.page_url] * bool(attribution.page_url)
    return ", ".join(parts)


def credits_text(document: StoryDocument, products: Products) -> str:
    """Return the credits, one line each, every line once; empty when nobody has to be named."""
    lines = dict.fromkeys(credit_line(each) for _, each in attributions(document, products))
    return "\n".join(lines)
