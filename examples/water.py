"""A sea, a lake and a wet street: the example pictures with something mirrored in them."""

from random import Random

from examples.land import with_trees
from examples.paint import (
    HEIGHT,
    SIZE,
    WIDTH,
    Colour,
    Field,
    Picture,
    X,
    Y,
    below,
    between,
    drawn,
    flat,
    glow,
    moved_down,
    noise,
    ridge,
    stretched_down,
)
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from rushes.platform.media.pixels import resize


def sea_at_sunset(chance: Random) -> Picture:
    """The sun just above the sea, its path on the water."""
    horizon, sun = 0.52, (0.42, 0.468)
    sky = Picture.gradient(
        Y,
        [
            (0.0, (0.07, 0.13, 0.32)),
            (0.22, (0.30, 0.25, 0.44)),
            (0.40, (0.92, 0.42, 0.30)),
            (0.53, (1.0, 0.6, 0.34)),
        ],
    )
    sky = sky.lit((1.0, 0.45, 0.24), glow(*sun, 0.6, 1.3) * 0.45)
    shape = noise(chance, (1.3, 8), 7, 0.56)
    cloud = shape.step(-0.2, 0.55) * Y.step(0.02, 0.16) * (1.0 - Y.step(0.44, 0.51))
    lower = Field(
        shape.image.transform(SIZE, Image.Transform.AFFINE, (1, 0, 0, 0, 1, 22), Image.Resampling.BILINEAR)
    )
    rim = (shape - lower).at_least(0.0).step(0.02, 0.5)
    sky = sky.mix((0.24, 0.15, 0.26), cloud * 0.75).lit(
        (1.0, 0.42, 0.22), rim * cloud * 1.1 * glow(*sun, 0.8, 1.2)
    )
    sky = sky.lit((1.0, 0.5, 0.3), cloud * glow(*sun, 0.5, 1.6) * 0.35)
    sky = sky.lit((1.0, 0.68, 0.45), glow(*sun, 0.16) * 0.4)
    dx, dy = (X - sun[0]) * 1.0, (Y - sun[1]) * (HEIGHT / WIDTH)
    disc = 1.0 - ((dx * dx + dy * dy).power(0.5)).step(0.055, 0.0585)
    sky = sky.lit((2.6, 2.0, 1.2), disc)
    # The water mirrors the sky, seen ever more from above toward the viewer.
    mirror = Picture((sky.bands[0].flipped(), sky.bands[1].flipped(), sky.bands[2].flipped()))
    shift = round((2 * horizon - 1) * HEIGHT)
    mirror = mirror.each(
        lambda band: Field(
            band.image.transform(
                SIZE, Image.Transform.AFFINE, (1, 0, 0, 0, 1, -shift), Image.Resampling.BILINEAR
            )
        )
    )
    mirror = mirror.each(lambda band: band.blur(30.0))
    depth = ((Y - horizon) / (1 - horizon)).at_least(0.0)
    waves = perspective_waves(chance, horizon)
    sea = mirror.times(0.62 + waves * 0.34).mix((0.015, 0.05, 0.10), (0.30 + depth * 0.52).unit())
    sea = sea.lit((0.24, 0.18, 0.24), (waves - 0.15).at_least(0.0) * (0.5 - depth * 0.2))
    spread = 0.03 + depth * 0.13
    offset = (X - sun[0]) / spread
    path = (offset * offset * -0.9).exp()
    sparkle = (waves * 1.1 + path * 0.55 - 0.62).step(0.0, 0.5)
    sea = sea.lit((1.9, 1.15, 0.55), sparkle * path * (1.15 - depth * 0.75))
    water = ((Y - horizon) * HEIGHT + 0.5).unit()
    picture = sky.mix(sea, water)
    haze = ((Y - horizon) * (Y - horizon) * -9000.0).exp()
    picture = picture.lit((0.7, 0.36, 0.2), haze * 0.35 * glow(sun[0], horizon, 0.5, 1.4))
    return with_boat(picture, horizon)


def perspective_waves(chance: Random, horizon: float) -> Field:
    """Waves that lie flat: noise squeezed toward the horizon, about -1..1."""
    total = flat(0.0)
    for cells, loud in (((5, 60), 0.6), ((14, 150), 0.5), ((40, 330), 0.4)):
        plane = noise(chance, cells, 2, 0.6).image
        rows = Image.new("F", SIZE)
        top = round(horizon * HEIGHT)
        row = top
        while row < HEIGHT:
            t = (row - top + 1.5) / (HEIGHT - top)
            step = 1 if t < 0.4 else 2
            far = 1.0 / (t + 0.02)
            wide = WIDTH / (1 + far * 0.16)
            source = (HEIGHT - 4) * (1 - t**0.42)
            left = (WIDTH - wide) / 2
            strip = plane.transform(
                (WIDTH, step),
                Image.Transform.EXTENT,
                (WIDTH - left - wide if wide > WIDTH else 0.0, source, WIDTH, source + 1.5),
                Image.Resampling.BILINEAR,
            )
            rows.paste(strip, (0, row))
            row += step
        total = total + Field(rows) * loud
    return total


def with_boat(picture: Picture, horizon: float) -> Picture:
    """A small sail near the horizon gives the sea its size."""
    image = Image.new("L", (WIDTH * 2, HEIGHT * 2))
    draw = ImageDraw.Draw(image)
    x, y = 0.73 * WIDTH * 2, (horizon + 0.012) * HEIGHT * 2
    draw.polygon([(x - 34, y - 8), (x + 36, y - 8), (x + 24, y + 6), (x - 24, y + 6)], fill=255)
    draw.polygon([(x - 2, y - 124), (x - 2, y - 14), (x - 34, y - 14)], fill=255)
    draw.polygon([(x + 3, y - 112), (x + 3, y - 14), (x + 40, y - 14)], fill=235)
    small = resize(image, SIZE, Image.Resampling.LANCZOS)
    return picture.mix((0.05, 0.035, 0.06), drawn(small))


def stars_over_a_lake(chance: Random) -> Picture:
    """The Milky Way over black hills, all of it again in still water."""
    shore = 0.66
    picture = Picture.gradient(
        Y,
        [
            (0.0, (0.012, 0.022, 0.06)),
            (0.35, (0.03, 0.055, 0.12)),
            (0.55, (0.09, 0.13, 0.2)),
            (0.66, (0.28, 0.24, 0.22)),
        ],
    )
    offset = X - 0.62 + (Y - 0.3) * 0.62 + noise(chance, (2, 3), 4, 0.5) * 0.035
    band = (offset * offset * -26.0).exp()
    core = (offset * offset * -110.0).exp()
    clouds = noise(chance, (5, 9), 7, 0.62)
    dust = (noise(chance, (4, 8), 7, 0.62) + core * 0.55).step(0.2, 1.1)
    picture = picture.lit((0.24, 0.26, 0.42), band * (0.5 + clouds * 0.5).at_least(0.0) * 0.75)
    picture = picture.lit((0.72, 0.5, 0.42), core * (0.55 + clouds * 0.6).at_least(0.0) * 0.5)
    picture = picture.lit((0.5, 0.16, 0.34), core * clouds.step(0.3, 1.0) * 0.35)
    picture = picture.mix((0.03, 0.03, 0.06), dust * band * 0.75)
    for colour, light in stars(chance, band):
        picture = picture.lit(colour, light)
    picture = picture.lit((0.95, 0.62, 0.34), glow(0.3, shore, 0.42, 1.5) * 0.42)
    for layer in range(3):
        hills = ridge(chance, 1.6 + layer, 8, 0.47)
        line = [shore - 0.012 - (0.045 - 0.014 * layer) * (value + 0.75) for value in hills]
        if layer == 2:
            line = with_trees([min(value, shore - 0.004) for value in line], chance, 0.016)
        colour = between([(0.11, 0.11, 0.15), (0.035, 0.04, 0.06), (0.006, 0.009, 0.014)], layer / 2)
        picture = picture.mix(colour, below(line))
    shift = round((2 * shore - 1) * HEIGHT)
    mirror = picture.each(lambda one: Field(moved_down(one.flipped().image, shift)))
    depth = ((Y - shore) / (1 - shore)).unit()
    waves = noise(chance, (3, 90), 4, 0.6)
    calm = mirror.each(lambda one: one * 0.62 + stretched_down(one) * 0.2)
    lake = calm.times(0.86 + waves * 0.16).mix((0.008, 0.016, 0.03), depth * 0.35)
    picture = picture.mix(lake, ((Y - shore) * HEIGHT + 0.5).unit())
    mist = noise(chance, (2.4, 16), 5, 0.55)
    low = ((Y - shore) * (Y - shore) * -2600.0).exp()
    return picture.lit((0.34, 0.3, 0.3), low * (0.55 + mist * 0.6).at_least(0.0) * 0.5)


def stars(chance: Random, band: Field) -> list[tuple[Colour, Field]]:
    """Stars by colour: many faint ones, more of them in the band, a few with a glow."""
    layers: list[tuple[Colour, Field]] = []
    thick = resize(band.image, (90, 160), Image.Resampling.BOX)
    density = memoryview(thick.tobytes()).cast("f")
    for colour, count in (((0.85, 0.92, 1.0), 2600), ((1.0, 0.86, 0.7), 1300), ((0.7, 0.82, 1.0), 1300)):
        image = Image.new("L", SIZE)
        pen = ImageDraw.Draw(image)
        for _ in range(count):
            x, y = chance.random(), chance.random() * 0.68
            if chance.random() > 0.25 + density[int(y * 160) * 90 + int(x * 90)]:
                continue
            bright = chance.random() ** 4
            radius = 0.6 + 1.7 * bright
            at = (x * WIDTH, y * HEIGHT)
            box = (at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius)
            pen.ellipse(box, fill=round(60 + 195 * bright))
        sharp = drawn(image, 0.6)
        layers.append((colour, sharp * 1.25 + sharp.blur(9.0) * 0.7))
    return layers


def city_at_night(chance: Random) -> Picture:
    """Towers with lit windows after rain; street lights out of focus in front."""
    picture = Picture.gradient(
        Y,
        [
            (0.0, (0.012, 0.022, 0.07)),
            (0.3, (0.05, 0.06, 0.15)),
            (0.52, (0.26, 0.15, 0.20)),
            (0.62, (0.5, 0.26, 0.2)),
        ],
    )
    cloud = noise(chance, (2, 7), 6, 0.55).step(-0.2, 0.9)
    picture = picture.mix((0.16, 0.11, 0.17), cloud * 0.55 * (1.0 - Y.step(0.35, 0.6)))
    street = 0.70
    for layer in range(4):
        depth = layer / 3
        mask, windows = towers(chance, depth, street)
        haze = (0.30, 0.18, 0.19)
        body = between([(0.19, 0.13, 0.18), (0.07, 0.06, 0.11), (0.016, 0.018, 0.036)], depth)
        lift = ((Y - 0.35) / (street - 0.35)).unit()
        picture = picture.mix(Picture.of(body).mix(haze, lift * lift * (0.6 - 0.5 * depth)), mask)
        for colour, light in windows:
            strength = 0.45 + 0.75 * depth
            picture = picture.lit(colour, (light + light.blur(7.0) * 0.5) * strength)
    # The wet street mirrors it all, drawn out toward the viewer.
    shift = round((2 * street - 1) * HEIGHT)
    mirror = picture.each(lambda band: Field(moved_down(band.flipped().image, shift)))
    mirror = mirror.each(stretched_down)
    wet = noise(chance, (9, 60), 4, 0.6).step(-0.6, 0.7)
    depth = ((Y - street) / (1 - street)).unit()
    ground = mirror.times(0.25 + wet * 0.7).mix((0.012, 0.014, 0.024), depth * 0.45)
    picture = picture.mix(ground, ((Y - street) * HEIGHT + 0.5).unit())
    haze = ((Y - street) * (Y - street) * -900.0).exp()
    picture = picture.lit((0.5, 0.27, 0.16), haze * 0.42)
    return with_bokeh(picture, chance)


def towers(chance: Random, depth: float, street: float) -> tuple[Field, list[tuple[Colour, Field]]]:
    """A row of towers: where they stand, and their windows by colour of light."""
    body = Image.new("L", SIZE)
    lights = [Image.new("L", SIZE) for _ in range(3)]
    draw, pens = ImageDraw.Draw(body), [ImageDraw.Draw(image) for image in lights]
    pane = 3 + 2.6 * depth
    x = -chance.uniform(0, 60)
    while x < WIDTH:
        wide = chance.uniform(60, 140) * (0.7 + 0.8 * depth)
        # Lower in the middle, so that the street opens toward the light.
        middle = abs((x + wide / 2) / WIDTH - 0.5) * 2
        high = (0.14 + 0.16 * chance.random() + 0.30 * depth * middle**1.2) * HEIGHT
        if depth == 1 and middle < 0.42:
            x += wide
            continue
        top = street * HEIGHT - high
        draw.rectangle((x, top, x + wide, street * HEIGHT + 2), fill=255)
        if chance.random() < 0.6:
            step = wide * chance.uniform(0.15, 0.3)
            draw.rectangle((x + step, top - wide * 0.22, x + wide - step, top), fill=255)
        if chance.random() < 0.4:
            draw.line((x + wide / 2, top - wide * 0.9, x + wide / 2, top), fill=255, width=3)
        pitch_x, pitch_y = pane * chance.uniform(1.8, 2.3), pane * chance.uniform(2.3, 3.0)
        lit, tint = chance.uniform(0.18, 0.5), chance.choice((0, 0, 1, 2))
        y = top + pitch_y
        while y < street * HEIGHT - pitch_y:
            # Whole floors are dark or busy.
            busy = lit * chance.choice((0.25, 1.0, 1.0, 1.7))
            left = x + pitch_x * 0.8
            while left < x + wide - pitch_x:
                if chance.random() < busy:
                    pen = pens[tint if chance.random() < 0.8 else chance.randrange(3)]
                    pen.rectangle(
                        (left, y, left + pane * 0.9, y + pane * 1.3), fill=chance.randrange(70, 255)
                    )
                left += pitch_x
            y += pitch_y
        x += wide + chance.uniform(-6, 22)
    colours: list[Colour] = [(1.0, 0.68, 0.34), (0.95, 0.86, 0.66), (0.5, 0.74, 1.0)]
    standing = drawn(body, 0.6)
    return standing, [(colour, drawn(image, 0.7)) for colour, image in zip(colours, lights, strict=True)]


def with_bokeh(picture: Picture, chance: Random) -> Picture:
    """Street lights far out of focus: discs with a brighter rim, that add up where they overlap."""
    colours: list[Colour] = [(1.0, 0.5, 0.18), (1.0, 0.75, 0.45), (0.95, 0.2, 0.16), (0.35, 0.62, 1.0)]
    for colour in colours:
        discs = Image.new("L", (WIDTH // 2, HEIGHT // 2))
        for _ in range(9):
            one = Image.new("L", discs.size)
            pen = ImageDraw.Draw(one)
            near = chance.random() ** 1.5
            radius = 12 + 40 * near
            x = chance.uniform(0, discs.width)
            y = (0.70 + (0.02 + 0.24 * near) * chance.uniform(-0.25, 1.0)) * discs.height
            bright = round(150 - 95 * near)
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=bright)
            inner = radius * 0.9
            pen.ellipse((x - inner, y - inner, x + inner, y + inner), fill=round(bright * 0.72))
            discs = ImageChops.add(discs, one.filter(ImageFilter.GaussianBlur(1.2)))
        picture = picture.lit(colour, drawn(resize(discs, SIZE, Image.Resampling.BICUBIC)) * 0.75)
    return picture
