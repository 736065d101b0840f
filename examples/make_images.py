"""Makes the example images, examples/images/1.jpg and on: six landscapes out of noise and light.

Run it again and the same files come out: `python -m examples.make_images [number …]`. Nothing is
downloaded, so the pictures are as free as the code.
"""

import sys
from pathlib import Path
from random import Random

from examples.land import desert_dunes, forest_light, misty_mountains
from examples.paint import develop
from examples.water import city_at_night, sea_at_sunset, stars_over_a_lake

FOLDER = Path(__file__).parent / "images"
PICTURES = (misty_mountains, sea_at_sunset, city_at_night, desert_dunes, forest_light, stars_over_a_lake)


def main(numbers: list[str]) -> None:
    """Make the named pictures, or all of them."""
    FOLDER.mkdir(exist_ok=True)
    for number, make in enumerate(PICTURES, 1):
        if not numbers or str(number) in numbers:
            into = FOLDER / f"{number}.jpg"
            develop(make(Random(make.__name__)), Random(number), into)
            print(f"{into.name}: {make.__name__}, {into.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main(sys.argv[1:])
