"""Categories: texts that documents share, such as authors, stored as one number per document."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from indexer.codec.arrays import narrow
from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.term_dictionary import write_terms


def write_category(name: str, values: Sequence[str], out: ContainerWriter) -> None:
    """Write the value of each document; white space in a value becomes one space."""
    texts = [value.encode(errors="replace").decode() for value in values]
    clean = [" ".join(text.split()) for text in texts]
    known = sorted({"", *clean})
    numbers = {value: number for number, value in enumerate(known)}
    write_terms(f"{name}_values", known, out)
    out.add(f"{name}_value", narrow(np.array([numbers[value] for value in clean], np.int64)))


class Category:
    """The values of a segment's documents.

    ``values`` has the different values in order, the empty one first. ``numbers`` (n,) has for
    each document the index of its value there.
    """

    def __init__(self, name: str, container: Container) -> None:
        text = container[f"{name}_values/words"].tobytes()
        self.values = text.decode(errors="replace").split("\n")[1:-1]
        self.numbers: npt.NDArray[np.unsignedinteger] = container[f"{name}_value"]

    def texts(self) -> list[str]:
        """Return the value of each document."""
        return [self.values[number] for number in self.numbers.tolist()]
