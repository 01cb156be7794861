#!/bin/sh
# Brings the chart libraries of the run report from the npm registry: vega, vega-lite and vega-embed (BSD-3-Clause), their
# published minified builds, unchanged, gzip'd without time stamps, with their licences. Run from the repository root.
set -eu
target="$PWD/src/Scorch.Reproductions/Reports/vega"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$target"
for package in vega@5.33.0 vega-lite@5.23.0 vega-embed@6.29.0; do
    name=${package%@*}
    (cd "$work" && npm pack --silent "$package" >/dev/null && mkdir "$name" && tar xzf "$name"-[0-9]*.tgz -C "$name" --strip-components 1)
    gzip -9 -n -c "$work/$name/build/$name.min.js" > "$target/$name.min.js.gz"
    cp "$work/$name/LICENSE" "$target/LICENSE.$name"
done
(cd "$target" && sha256sum *.gz > SHA256SUMS)
