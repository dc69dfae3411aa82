"""What tests of the hall share."""

from collections.abc import Iterator

import pytest

from tests import errands as service
from tests.errands import Errands


@pytest.fixture
def errands() -> Iterator[Errands]:
    """A service of the tests' own, known to the hall."""
    with service.registered() as known:
        yield known
