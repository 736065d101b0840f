"""Mountains, dunes and a forest: the example pictures made of ground."""

import math
from random import Random

from examples.paint import (
    HEIGHT,
    SIZE,
    WIDTH,
    Field,
    Picture,
    X,
    Y,
    across,
    below,
    between,
    drawn,
    glow,
    noise,
    ridge,
)
from PIL import Image, ImageDraw, ImageFilter

from rushes.platform.media.pixels import resize


def misty_mountains(chance: Random) -> Picture:
    """Ranges behind ranges at dawn, mist in the valleys."""
    sun = (0.64, 0.335)
    sky = Picture.gradient(
        Y,
        [
            (0.0, (0.16, 0.27, 0.46)),
            (0.2, (0.42, 0.46, 0.58)),
            (0.36, (0.98, 0.66, 0.46)),
            (0.5, (1.0, 0.8, 0.6)),
        ],
    )
    cloud = noise(chance, (1.6, 7), 6, 0.55).step(0.05, 0.75) * (1.0 - Y.step(0.24, 0.36))
    picture = sky.mix((1.0, 0.62, 0.5), cloud * 0.5)
    picture = picture.lit((1.0, 0.56, 0.36), glow(*sun, 0.62) * 0.4).lit(
        (1.0, 0.72, 0.5), glow(*sun, 0.2) * 0.36
    )
    picture = picture.lit((1.5, 1.2, 0.85), glow(*sun, 0.042) * 1.5)
    layers = 8
    for layer in range(layers):
        depth = layer / (layers - 1)
        near = depth**1.4
        base = 0.38 + 0.47 * depth**1.15
        hills = ridge(chance, 1.4 + 1.6 * depth, 8, 0.5)
        height = 0.035 + 0.035 * depth
        line = [base - height * value for value in hills]
        if layer >= layers - 3:
            line = with_trees(line, chance, 0.004 + 0.017 * (layer - layers + 4) / 3)
        colour = between(
            [(0.84, 0.58, 0.5), (0.46, 0.44, 0.55), (0.13, 0.21, 0.3), (0.015, 0.045, 0.065)], near
        )
        rock = 1.0 + noise(chance, (6 + 4 * depth, 16), 5, 0.6) * (0.10 + 0.22 * near)
        body = Picture.of(colour).times(rock)
        sunward = glow(sun[0], base - 0.03, 0.55, 1.2) * (0.34 * (1 - near))
        picture = picture.mix(body.lit((1.0, 0.6, 0.36), sunward), below(line))
        # Mist fills the valley in front of this range: thick low down, torn at its edge.
        torn = noise(chance, (2.2, 11), 6, 0.55)
        sink = ((Y - (base + 0.012)) / (0.055 + 0.03 * depth) + torn * 0.55).step(0.0, 1.25)
        mist = between([(1.0, 0.76, 0.62), (0.74, 0.66, 0.68), (0.42, 0.5, 0.6)], near)
        if layer < layers - 1:
            picture = picture.mix(mist, sink * (0.82 - 0.3 * near))
    return picture


def with_trees(line: list[float], chance: Random, tall: float) -> list[float]:
    """A line of hills with firs standing on it; `tall` as a share of the height."""
    line = list(line)
    column = 0.0
    while column < WIDTH:
        high = tall * chance.uniform(0.45, 1.3)
        half = max(2.0, high * HEIGHT * chance.uniform(0.15, 0.22))
        root = line[min(WIDTH - 1, int(column))]
        for at in range(max(0, int(column - half)), min(WIDTH, int(column + half) + 1)):
            away = abs(at - column) / half
            # Branches in steps make a fir of a spike.
            ragged = 0.10 * math.sin(away * 19 + column) * away
            line[at] = min(line[at], root + 0.002 - high * max(0.0, 1 - away + ragged))
        column += half * chance.uniform(0.5, 2.6)
    return line


def desert_dunes(chance: Random) -> Picture:
    """Dunes in low light: bright windward slopes, blue shadows, ripples in the sand."""
    sun = (0.17, 0.352)
    picture = Picture.gradient(
        Y,
        [
            (0.0, (0.13, 0.27, 0.48)),
            (0.24, (0.42, 0.47, 0.56)),
            (0.38, (0.86, 0.56, 0.42)),
            (0.48, (0.9, 0.6, 0.4)),
        ],
    )
    picture = picture.lit((0.9, 0.42, 0.2), glow(*sun, 0.6) * 0.4).lit(
        (1.4, 0.95, 0.6), glow(*sun, 0.07) * 1.3
    )
    streaks = noise(chance, (1.1, 14), 6, 0.55).step(-0.1, 0.8) * (1.0 - Y.step(0.26, 0.39))
    picture = picture.mix((1.0, 0.72, 0.58), streaks * 0.55)
    layers = 6
    for layer in range(layers):
        depth = layer / (layers - 1)
        base = 0.40 + 0.42 * depth**1.2
        crest = ridge(chance, 0.3 + 0.5 * (1 - depth), 3, 0.3)
        amplitude = 0.016 + 0.05 * depth
        line = [base + amplitude * value for value in crest]
        # The crest runs down the dune as a line; left of it light, right of it shade.
        foot = chance.uniform(0.2, 0.8)
        peak = min(range(WIDTH), key=lambda at: line[at] + 0.2 * amplitude * abs(at / WIDTH - foot))
        down = (Y - across(line)).at_least(0.0)
        sway = noise(chance, (1.4, 3), 3, 0.45) * (0.05 + 0.05 * depth)
        bend = chance.choice((-1, 1)) * (0.5 + depth)
        edge = (peak / WIDTH) + down * bend + down * down * -2.2 * bend + sway * down.step(0.0, 0.12)
        side = (X - edge) * WIDTH
        shade = (side / (5 + 26 * depth) + 0.5).step(0.0, 1.0)
        slope = across(slopes(line))
        light = 0.86 - slope * (0.5 + 0.3 * depth) * (1.0 - shade) + noise(chance, (3, 8), 4, 0.5) * 0.05
        sand_lit = between([(0.86, 0.6, 0.44), (0.88, 0.5, 0.26), (0.8, 0.38, 0.15)], depth)
        sand_dark = between([(0.6, 0.42, 0.4), (0.33, 0.2, 0.23), (0.13, 0.07, 0.11)], depth)
        dune = Picture.of(sand_lit).times(light).mix(sand_dark, shade * 0.9)
        if layer >= 2:
            dune = dune.times(
                1.0 + ripples(chance, depth, slope) * (0.03 + 0.13 * depth) * (1.0 - shade * 0.6)
            )
        rim = (down * (HEIGHT / -5.0)).exp() * (1.0 - shade)
        dune = dune.lit((0.5, 0.32, 0.18), rim * 0.5)
        picture = picture.mix(dune, below(line))
        dust = ((Y - base) * (-16.0 + 6 * depth)).at_most(0.0).exp() * (1 - depth) * 0.35
        picture = picture.mix((1.0, 0.74, 0.55), dust * below(line))
    return picture.lit((1.0, 0.55, 0.28), glow(*sun, 0.9) * 0.14)


def slopes(line: list[float]) -> list[float]:
    """How much a line falls to the right, about -1..1, softened."""
    reach = 30
    last = len(line) - 1
    return [(line[min(last, at + reach)] - line[max(0, at - reach)]) * 9 for at in range(len(line))]


def ripples(chance: Random, depth: float, slope: Field) -> Field:
    """Wind ripples, -1..1: narrow lines far away, wide ones near, bent by the ground."""
    bend = noise(chance, (3, 5), 3, 0.5) * 1.1 + slope * 1.5
    rows = (Y - 0.3).at_least(0.02)
    phase = rows.power(-1.0) * (46 + 22 * depth) + bend * (2.4 + depth) + X * 6.0
    saw = phase - Field(phase.image.convert("I").convert("F"))
    return (abs(saw * 2.0 - 1.0) * 2.0 - 1.0) * noise(chance, (5, 9), 3, 0.5).step(-0.7, 0.5)


def forest_light(chance: Random) -> Picture:
    """Tall trunks in morning fog, the sun reaching down between them."""
    sun = (0.66, 0.16)
    picture = Picture.gradient(
        Y,
        [
            (0.0, (0.62, 0.72, 0.52)),
            (0.35, (0.66, 0.72, 0.54)),
            (0.62, (0.44, 0.52, 0.38)),
            (1.0, (0.2, 0.25, 0.16)),
        ],
    )
    leaves = noise(chance, (14, 24), 5, 0.65)
    picture = picture.mix((0.3, 0.42, 0.2), leaves.step(-0.1, 0.6) * (1.0 - Y.step(0.1, 0.5)) * 0.6)
    picture = picture.lit((1.0, 0.86, 0.5), glow(*sun, 0.5) * 0.75).lit(
        (1.3, 1.1, 0.7), glow(*sun, 0.17) * 0.8
    )
    beams = light_shafts(chance, sun)
    layers = 6
    for layer in range(layers):
        depth = layer / (layers - 1)
        ground = 0.60 + 0.27 * depth**1.3
        bank = [ground - 0.015 * (1 + depth) * value for value in ridge(chance, 1.5, 6, 0.5)]
        bark = between([(0.52, 0.58, 0.42), (0.22, 0.26, 0.17), (0.025, 0.03, 0.02)], depth**0.9)
        moss = between([(0.46, 0.54, 0.34), (0.22, 0.29, 0.12), (0.04, 0.062, 0.022)], depth)
        rough = noise(chance, (60, 14), 4, 0.6) * (0.1 + 0.35 * depth)
        standing = drawn(trunks(chance, depth, bank), 0.6 + 1.0 * (1 - depth))
        side = 1.0 + glow(sun[0], 0.45, 0.3, 1.0) * (0.5 * (1 - depth))
        picture = picture.mix(Picture.of(bark).times((1.0 + rough) * side), standing)
        floor = Picture.of(moss).times(1.0 + noise(chance, (16, 60), 5, 0.65) * 0.55)
        pools = (noise(chance, (4, 18), 4, 0.6) + beams * 1.3).step(0.35, 1.3)
        floor = floor.lit((0.85, 0.72, 0.28), pools * (0.55 - 0.25 * depth))
        picture = picture.mix(floor, below(bank, 3.0))
        crown = (noise(chance, (11 + 5 * depth, 20), 6, 0.7) + (0.27 - Y) * (2.0 + 2.2 * depth)).step(
            0.32, 0.85
        )
        picture = picture.mix(
            between([(0.5, 0.6, 0.36), (0.2, 0.29, 0.1), (0.03, 0.05, 0.018)], depth), crown * 0.85
        )
        if layer < layers - 1:
            fog = (0.26 - 0.17 * depth) + beams * (0.34 - 0.16 * depth)
            picture = picture.mix((0.9, 0.86, 0.6), fog * (1.0 - Y.step(0.7, 1.0) * 0.5))
    return picture.lit((1.0, 0.85, 0.5), beams * 0.20).lit((1.0, 0.85, 0.5), glow(*sun, 0.3) * 0.35)


def trunks(chance: Random, depth: float, bank: list[float]) -> Image.Image:
    """The trunks of one row of trees, standing on `bank`."""
    image = Image.new("L", SIZE)
    pen = ImageDraw.Draw(image)
    x = chance.uniform(-80, 60)
    while x < WIDTH + 40:
        wide = (7 + 66 * depth**1.7) * chance.uniform(0.7, 1.25)
        root = bank[min(WIDTH - 1, max(0, int(x)))] * HEIGHT + 8
        lean = chance.uniform(-0.02, 0.02) * HEIGHT
        # The nearest trees stand aside and leave the light to the viewer.
        if depth < 1 or abs(x / WIDTH - 0.55) > 0.27:
            pen.polygon(
                [
                    (x - wide * 0.95, root + wide * 0.3),
                    (x - wide * 0.55, root - wide * 1.2),
                    (x - wide * 0.34 + lean, -5),
                    (x + wide * 0.34 + lean, -5),
                    (x + wide * 0.55, root - wide * 1.2),
                    (x + wide * 0.95, root + wide * 0.3),
                ],
                fill=255,
            )
            for _ in range(2):
                at = root - chance.uniform(0.15, 0.9) * root
                reach, rise = (
                    wide * chance.uniform(1.2, 3.5) * chance.choice((-1, 1)),
                    wide * chance.uniform(0.3, 1.6),
                )
                pen.line((x, at, x + reach, at - rise), fill=255, width=max(1, round(wide * 0.05)))
        x += wide + (30 + 150 * depth) * chance.uniform(0.5, 1.7)
    return image


def light_shafts(chance: Random, sun: tuple[float, float]) -> Field:
    """Beams that fan out from the sun, soft at their edges and fading on their way, 0..1."""
    image = Image.new("L", (WIDTH // 2, HEIGHT // 2))
    pen = ImageDraw.Draw(image)
    x, y = sun[0] * image.width, sun[1] * image.height
    angle = math.radians(48)
    while angle < math.radians(158):
        wide = math.radians(chance.uniform(0.8, 4.2))
        ends = [(x + 2000 * math.cos(a), y + 2000 * math.sin(a)) for a in (angle, angle + wide)]
        pen.polygon([(x, y), *ends], fill=chance.randrange(70, 230))
        angle += wide + math.radians(chance.uniform(0.8, 5.5))
    rays = drawn(resize(image.filter(ImageFilter.GaussianBlur(5)), SIZE, Image.Resampling.BICUBIC))
    dust = 0.8 + noise(chance, (3, 4), 4, 0.5) * 0.35
    return rays * dust * glow(sun[0], sun[1] + 0.12, 0.85, 0.9)
