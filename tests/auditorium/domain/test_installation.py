"""What the first start accepts."""

import pytest
from django.core.exceptions import ValidationError

from auditorium.domain import installation


def test_a_villages_code_is_taken():
    installation.validate_village_code("330603101201")


@pytest.mark.parametrize(
    "code", ["", "330603101", "330603101000", "3306031012011", "33060310120x", "３３０６０３１０１２０１"]
)
def test_no_other_code_is(code):
    with pytest.raises(ValidationError):
        installation.validate_village_code(code)
