"""Where a page may lead to."""

from urllib.parse import urljoin, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from web.pages.viewer import safe_next

OWN = "http://own.example/sign-in"


@given(st.text(alphabet=st.sampled_from("/\\:.?#@ht ps\t\nevil%2F"), max_size=20) | st.text(max_size=30))
def test_the_next_page_is_always_on_our_own_host(target: str) -> None:
    found = safe_next(target)
    assert urlsplit(urljoin(OWN, found)).netloc == "own.example"
    assert found.startswith("/")
    assert "\\" not in found


def test_a_path_of_ours_is_kept_with_its_query() -> None:
    assert safe_next("/filings/fil_1?lang=en") == "/filings/fil_1?lang=en"


def test_nothing_leads_home() -> None:
    assert safe_next(None) == "/"
    assert safe_next("", "/staff") == "/staff"
