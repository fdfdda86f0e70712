"""The list of cases."""

import dataclasses
import typing


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    run: typing.Callable
    quick: bool


CASES = []


def case(name, quick=True):
    """Makes a function of a Box a case; those that are not `quick` are left out by --quick."""

    def add(function):
        CASES.append(Case(name, function, quick))
        return function

    return add
