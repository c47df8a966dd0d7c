#!/bin/sh
# Usage: browser.sh PYTHON
#
# Gets the browser tests a Chromium, and glyphs for Chinese: from Debian's packages where this user
# may install them, else the browser that Playwright downloads. Changes nothing where both are
# there already, and never fails: without a browser, its tests say why they are skipped.

python=$1

may_install() {
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" = 0 ]; then root=; elif sudo -n true 2>/dev/null; then root="sudo -n"; else return 1; fi
}

has_browser() {
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
        "$python" - <<'PYTHON' 2>/dev/null
import pathlib, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    sys.exit(not pathlib.Path(playwright.chromium.executable_path).exists())
PYTHON
}

has_glyphs() {
    command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn)" ]
}

missing=
has_browser || missing="chromium"
has_glyphs || missing="$missing fonts-noto-cjk fontconfig"
[ -n "$missing" ] || exit 0

if may_install; then
    echo "Installing for the browser tests: $missing"
    { $root apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $root apt-get install -qq -y --no-install-recommends $missing
    } >/dev/null 2>&1 || echo "The packages could not be installed."
fi
if ! has_browser; then
    echo "Trying the browser that Playwright downloads"
    timeout 600 "$python" -m playwright install chromium >/dev/null 2>&1 ||
        echo "It could not be had: the browser tests are skipped."
fi
exit 0
