import pytest
from helpers.offers import CONTENT, THING, dataset
from helpers.web_site import Site


@pytest.fixture
def site():
    with Site() as site:
        yield site


@pytest.fixture
def offered(site):
    """The site with the file on it, and the dataset that it is."""
    site.files[THING] = CONTENT
    return dataset(site.url(THING))
