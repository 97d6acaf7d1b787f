#!/usr/bin/env bash
# Makes a release, makes its files once more elsewhere to compare the bytes, installs the wheel the ways people do
# (pip, pipx, uv), and asks from a folder that is not the checkout.
# usage: wheel.sh PYTHON SCRATCH-FOLDER   (with the project's own environment first on PATH)
set -euo pipefail
python=$1
scratch=$2
root=$PWD
question="who bears capex risk"
ask() { "$1" query "$question" --format json | sed 's/"elapsed_ms": *[0-9.]*//'; }
here=$(ask kgq)
same() { [ "$here" = "$(cd "$scratch/elsewhere" && ask "$1")" ] || { echo "$1 answers otherwise than the checkout"; exit 1; }; }

mkdir -p "$scratch/elsewhere"
"$python" -m venv "$scratch/tools"
"$scratch/tools/bin/pip" install build pipx uv
export KGQ_PYTHON=$python
bash .ci/release "$scratch/dist"
wheel=$(echo "$scratch"/dist/*.whl)

# once more: in another folder, with other times
git clone --quiet "$root" "$scratch/again"
(
  cd "$scratch/again"
  tar --extract --gzip --file "$scratch/dist/kgq-man.tar.gz"
  find . -name .git -prune -o -type f -exec touch --date 2001-02-03 {} +
  SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
  export SOURCE_DATE_EPOCH
  "$scratch/tools/bin/python" -m build --outdir "$scratch/dist2" . > "$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
  "$python" .ci/sdist_times.py "$scratch"/dist2/*.tar.gz
)
for file in "$scratch"/dist2/*; do
  cmp "$file" "$scratch/dist/${file##*/}" || { echo "two builds of one commit differ"; exit 1; }
done
echo "two builds of one commit are the same bytes"

# the ways people install
megabytes() { du -sm "$scratch"/env/lib/python*/site-packages | cut -f 1; }
"$python" -m venv "$scratch/env"
bare=$(megabytes)  # pip itself
"$scratch/env/bin/pip" install "$wheel"
same "$scratch/env/bin/kgq"
export PIPX_HOME=$scratch/pipx PIPX_BIN_DIR=$scratch/pipx/bin PIPX_MAN_DIR=$scratch/pipx/man
"$scratch/tools/bin/pipx" install --quiet --python "$python" "$wheel" > "$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
same "$scratch/pipx/bin/kgq"
UV_TOOL_DIR=$scratch/uv UV_TOOL_BIN_DIR=$scratch/uv/bin \
  "$scratch/tools/bin/uv" tool install --quiet --no-cache --python "$python" "$wheel"
same "$scratch/uv/bin/kgq"
for folder in "$scratch/env/share/man" "$scratch/pipx/man"; do
  [ -f "$folder/man1/kgq-query.1" ] || { echo "no manual pages in $folder"; exit 1; }
done
if command -v mandoc > /dev/null; then mandoc -T lint -W error "$scratch"/env/share/man/man1/*.1; fi
grep -q '"bomFormat": "CycloneDX"' "$scratch"/dist/*.cdx.json
grep -q '"name": "pyoxigraph"' "$scratch"/dist/*.cdx.json

tops=$(python -m zipfile -l "$wheel" | awk 'NR > 1 { split($1, part, "/"); print part[1] }' \
  | grep -v '\.\(dist-info\|data\)$' | sort -u | xargs)
[ "$tops" = "kg kgq" ] || { echo "the wheel should install kg and kgq, not: $tops"; exit 1; }

size=$(($(megabytes) - bare))
echo "same answers by pip, pipx and uv; installs kg and kgq; $size MB with everything it needs"
[ "$size" -le 260 ] || { echo "more than 260 MB"; exit 1; }
