"""What a model says of a picture."""

from __future__ import annotations

from typing import NamedTuple


class Label(NamedTuple):
    """A class that the picture may be of."""

    name: str
    #: Number of the class, as in `Model.classes`.
    index: int
    #: Softmax over the classes that ran, 0 to 1.
    share: float


class Times(NamedTuple):
    """Milliseconds of each step."""

    #: In the decoding library; 0 for pixels.
    decode_ms: float
    #: For colours and resizing.
    resize_ms: float
    features_ms: float
    route_ms: float
    #: In the subgraph or the whole network; 0 for a picture that stopped at the route predictor.
    rest_ms: float

    @property
    def network_ms(self) -> float:
        return self.features_ms + self.route_ms + self.rest_ms

    @property
    def total_ms(self) -> float:
        return self.decode_ms + self.resize_ms + self.network_ms


class Result(NamedTuple):
    """The answer to one picture. Two of the same picture are equal but for their times."""

    #: The best first, at most ten.
    labels: tuple[Label, ...]
    #: What ran: "stop", "subgraph", "fallback" or "whole".
    path: str
    #: Name of the best cluster; None in a model without clusters.
    cluster: str | None
    #: The best cluster's probability; None in a model without clusters.
    route_share: float | None
    #: Multiply-accumulates of all that ran.
    macs: int
    times: Times
    #: Width and height of the picture as stored.
    size: tuple[int, int]
    #: The most memory that decoding this picture took, in bytes.
    decoder_bytes: int

    @property
    def label(self) -> str:
        """Name of the best class."""
        return self.labels[0].name

    @property
    def share(self) -> float:
        """Share of the best class, 0 to 1."""
        return self.labels[0].share
