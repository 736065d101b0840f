"""A worker that renders films small (`python -m tests.story.worker worker …`), to be killed."""

from rushes.cli.main import main
from rushes.platform.media.film.timeline import SIZES
from tests.story.making import SMALL

if __name__ == "__main__":
    SIZES.update(SMALL)
    main()
