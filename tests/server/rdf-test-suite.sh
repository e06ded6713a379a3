#!/bin/sh
# The protocol and service description suites by a runner that is not ours: rdf-test-suite from npm (needs node).
#
#   tests/server/rdf-test-suite.sh [SHARED]
#
# SHARED is the folder with suites/rdf-tests-sparql.tar.xz (default: $DIPLOGRAPH_SHARED, else ../shared).
# Expected: 34 / 34 and 3 / 3. Its reader of the graph store manifests fails on them, so those are for pytest.
set -eu

here=$(cd "$(dirname "$0")/../.." && pwd)
shared=${1:-${DIPLOGRAPH_SHARED:-$here/../shared}}
python=${PYTHON:-$here/.venv/bin/python}
port=${PORT:-8124}
folder=$(mktemp -d)
server=
trap 'test -z "$server" || kill "$server"; rm -rf "$folder"' EXIT

tar -xJf "$shared/suites/rdf-tests-sparql.tar.xz" -C "$folder"
cd "$folder"
npm install --no-audit --no-fund --loglevel=error rdf-test-suite@2.8.0
echo 'const not = async () => { throw new Error("over HTTP only") }; module.exports = { parse: not, query: not, update: not };' > engine.js

"$python" -c "
from pathlib import Path
from diplograph import store
from diplograph.server import Settings, serve
with store.building(Path('graph')):
    pass
serve(Path('graph'), '127.0.0.1', $port, settings=Settings(writable=True))" &
server=$!
until curl --silent --fail --output /dev/null "http://127.0.0.1:$port/ready"; do sleep 0.2; done

suite=https://w3c.github.io/rdf-tests/
run() {
    node_modules/.bin/rdf-test-suite engine.js "${suite}sparql/sparql11/$1/manifest.ttl" \
        -m "$suite~$folder/" -e -o summary -i "{\"$2\":\"http://127.0.0.1:$port/sparql$3\"}"
}
run protocol protocolEndpoint /
run service-description serviceDescriptionEndpoint ""
