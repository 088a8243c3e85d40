#!/bin/bash
# Chromium without the pages of its own address bar: each window would load two, in a process of their own, for 0.6 s of CPU time.
# And without a process in reserve for the next site: 0.15 s for each page.
# Of several --disable-features only the last would count, and Playwright has its own.
own=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,SpareRendererForSitePerProcess
exec /usr/bin/chromium "${@/#--disable-features=/--disable-features=$own,}"
