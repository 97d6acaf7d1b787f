#!/usr/bin/env bash
# Builds the wheel, installs it in an environment of its own, and asks from a folder that is not the checkout.
# usage: wheel.sh PYTHON SCRATCH-FOLDER   (with the project's own environment first on PATH)
set -euo pipefail
python=$1
scratch=$2
question="who bears capex risk"
ask() { "$1" query "$question" --format json | sed 's/"elapsed_ms": *[0-9.]*//'; }

mkdir -p "$scratch/dist" "$scratch/elsewhere"
command python -m build --wheel --outdir "$scratch/dist" . > /dev/null
"$python" -m venv "$scratch/env"
megabytes() { du -sm "$scratch"/env/lib/python*/site-packages | cut -f 1; }
bare=$(megabytes)  # pip itself
"$scratch/env/bin/pip" install "$scratch"/dist/*.whl

here=$(ask kgq)
there=$(cd "$scratch/elsewhere" && ask "$scratch/env/bin/kgq")
[ "$here" = "$there" ] || { echo "the wheel answers otherwise than the checkout"; exit 1; }

tops=$(python -m zipfile -l "$scratch"/dist/*.whl | awk 'NR > 1 { split($1, part, "/"); print part[1] }' \
  | grep -v '\.dist-info$' | sort -u | xargs)
[ "$tops" = "kg kgq" ] || { echo "the wheel should install kg and kgq, not: $tops"; exit 1; }

size=$(($(megabytes) - bare))
echo "same answers; installs kg and kgq; $size MB with everything it needs"
[ "$size" -le 260 ] || { echo "more than 260 MB"; exit 1; }
