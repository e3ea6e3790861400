import pytest
from django.utils import translation


@pytest.fixture
def english():
    """Refusals in the words of the code, whatever the catalogue says today."""
    with translation.override("en"):
        yield
