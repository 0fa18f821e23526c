"""The shop's goods: names, prices, popularity, and what goes together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loader.sources.demo.drawing import Floats, Ints
from loader.sources.demo.settings import DemoSettings

SHOP = "https://shop.example"
_KINDS = (
    *("sneakers", "boots", "sandals", "trainers", "loafers", "jacket", "coat", "hoodie", "t-shirt", "dress"),
    *("jeans", "skirt", "socks", "belt", "backpack", "wallet", "scarf", "hat", "gloves", "insoles"),
)
_STYLES = ("Classic", "Urban", "Trail", "Soft", "Nordic", "Retro", "Light", "Winter", "Junior", "Pro", "Eco", "Sport")
_BASE_PRICES = (2499, 3199, 1499, 2199, 1999, 3499, 4999, 1699, 599, 1899, 1599, 1099, 149, 499, 1799, 899, 699, 549)
_ACCESSORY_PRICE = 299


@dataclass(frozen=True)
class Catalogue:
    """Products by position.

    Attributes:
        price: hundredths of a hryvnia.
        popularity: shares that add up to 1.
        companion: position of the product that is often bought along.

    """

    product_id: list[str]
    name: list[str]
    url: list[str]
    image_url: list[str]
    description: list[str | None]
    price: Ints
    popularity: Floats
    companion: Ints

    def __len__(self) -> int:
        return len(self.name)


def stock(settings: DemoSettings) -> Catalogue:
    """The products of the demo shop."""
    rng = settings.stream("catalogue")
    names = [f"{style} {kind}" for kind in _KINDS for style in _STYLES]
    size = len(names)
    base = np.repeat([*_BASE_PRICES, _ACCESSORY_PRICE, _ACCESSORY_PRICE], len(_STYLES))
    price = np.maximum(49, np.round(base * rng.lognormal(0, 0.25, size))).astype(np.int64) * 100
    popularity = 1 / (5 + rng.permutation(size))
    product_id = [f"{10_000 + 17 * number:07d}" for number in range(size)]
    slugs = [name.lower().replace(" ", "-") for name in names]
    return Catalogue(
        product_id=product_id,
        name=names,
        url=[f"{SHOP}/p/{slug}-{number}" for slug, number in zip(slugs, product_id, strict=True)],
        image_url=[f"{SHOP}/img/{number}.jpg" for number in product_id],
        description=[
            f'{name}, "best of the season"; in stock' if number % 3 else None for number, name in enumerate(names)
        ],
        price=price - rng.integers(0, 2, size),
        popularity=popularity / popularity.sum(),
        companion=(np.arange(size) + size // 2) % size,
    )
