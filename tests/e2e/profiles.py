"""Browser profiles that tests use one after another. A new one fetches and compiles the web UI's scripts again, as does
a page in a process of its own: together they are a third of the CPU time that showing a page costs."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Error, Page

STILL = "/static/mark.svg"  # a page that does nothing, whose process the tests' pages share
OPEN = "void window.open('about:blank', '_blank')"  # in that process
STORED_BY_PAGES = "local_storage,indexeddb,service_workers,cache_storage,file_systems"  # not the HTTP cache


@dataclass(frozen=True)
class Profile:
    """Of one test at a time. Its pages share cookies and storage. Of earlier tests' it has the HTTP cache alone, and so
    the web UI's files: answers of the API are never cached."""

    context: BrowserContext
    still: Page
    url: str
    has_touch: bool

    def open_page(self, size: tuple[int, int], scheme: str) -> Page:
        with self.still.expect_popup() as opened:
            self.still.evaluate(OPEN)
        page = opened.value
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        return page

    def clear(self) -> None:
        """Nobody is signed in, and nothing is stored or open."""
        for page in self.context.pages:
            if page != self.still:
                page.close()
        self.context.set_offline(False)
        self.context.clear_permissions()
        self.context.clear_cookies()
        session = self.context.new_cdp_session(self.still)
        session.send("Storage.clearDataForOrigin", {"origin": self.url, "storageTypes": STORED_BY_PAGES})
        session.detach()
        self.still.goto(STILL)  # it answers


class Profiles:
    """Those of a browser that no test uses."""

    def __init__(self, browser: Browser, within_ms: int) -> None:
        self._browser, self._within_ms = browser, within_ms
        self._free: dict[tuple[str, bool], list[Profile]] = {}

    def take(self, url: str, *, has_touch: bool) -> Profile:
        """For pages of the installation at that address."""
        if free := self._free.get((url, has_touch)):
            return free.pop()
        context = self._browser.new_context(
            base_url=url, has_touch=has_touch, locale="en-GB", timezone_id="Europe/Berlin"
        )
        context.set_default_timeout(self._within_ms)
        still = context.new_page()
        still.goto(STILL)
        return Profile(context, still, url, has_touch)

    def give_back(self, profile: Profile) -> None:
        """One whose process or server has ended is not used again."""
        try:
            profile.clear()
        except Error:
            with contextlib.suppress(Error):
                profile.context.close()
        else:
            self._free.setdefault((profile.url, profile.has_touch), []).append(profile)
