#!/bin/sh
# Usage: peers.sh VENV
#
# Gets the tests the programs of others that they talk to, peers/package.json, into VENV/peers: in
# the versions of its lock, whose hashes npm checks, and without running any script of theirs. Node
# comes from Debian's packages where this user may install them. Changes nothing where all is there
# already, and never fails: without a peer, its tests say why they are skipped.

here=$(dirname "$0")/peers
there=$1/peers
stamp=$there/.installed-$(cat "$here"/package*.json | cksum | cut -d ' ' -f 1)

has_npm() {
    command -v node >/dev/null && command -v npm >/dev/null
}

may_install() {
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" = 0 ]; then root=; elif sudo -n true 2>/dev/null; then root="sudo -n"; else return 1; fi
}

[ -e "$stamp" ] && command -v node >/dev/null && exit 0

if ! has_npm && may_install; then
    echo "Installing for the tests with independent peers: nodejs npm"
    { $root apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $root apt-get install -qq -y --no-install-recommends nodejs npm
    } >/dev/null 2>&1 || echo "The packages could not be installed."
fi
if has_npm; then
    echo "Installing the peers of the tests into $there"
    rm -rf "$there"
    mkdir -p "$there" && cp "$here"/package*.json "$there" &&
        (cd "$there" && timeout 300 npm ci --ignore-scripts --no-audit --no-fund) >/dev/null 2>&1 &&
        : >"$stamp"
fi
[ -e "$stamp" ] || echo "They could not be had: the tests with peers are skipped."
exit 0
