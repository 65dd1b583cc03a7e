#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shows logs made by packages/tlog, and one that services/notary made of a trail, to implementations that are not ours (Go: Tessera, x/mod/sumdb,
# transparency-dev; Python: cryptography), and theirs to ours. Needs Go 1.25 or newer, Python 3.10 or newer with pip.
# Exit code 0: all accepted, and every control refused; else not.
set -euo pipefail
cd "$(dirname "$0")/../.."
new_enough() { "$1" version 2>/dev/null | awk '{ split(substr($3, 3), v, "."); exit !(v[1] > 1 || v[2] >= 25) }'; }
# Beside a distribution's older Go, a newer one mostly lies where go.dev's archive puts it.
for go in $(type -ap go) /usr/local/go/bin/go none; do new_enough "$go" && break; done
[ "$go" != none ] || { echo 'expected Go 1.25 or newer, found none: https://go.dev/dl' >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
program() { node infra/bootstrap.mjs "$1" "$2"; }

mkdir "$work/logs"
program packages/tlog/src/test-programs/make-logs.ts "$work/logs"
program services/notary/src/test-programs/make-trail.ts "$work/logs/trail"
(cd test/vectors/judges && "$go" run -mod=readonly . "$work/logs" "$work/theirs.json")
program packages/tlog/src/test-programs/open-theirs.ts "$work/theirs.json"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$work/python" cryptography==50.0.2
PYTHONPATH="$work/python" python3 test/vectors/judges/judge.py "$work/logs"
