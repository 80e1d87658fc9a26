import pytest
from helpers.web_site import Site


@pytest.fixture
def site():
    with Site() as site:
        yield site
