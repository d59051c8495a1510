#!/bin/bash
# Judges one shard. The engine that starts this gives it its number; how many there are stands in the plan.
set -euo pipefail
{{environment}}
# A node builds in a folder of its own: cargo takes no locks on a shared one.
export CARGO_TARGET_DIR={{target}}
mkdir -p -m 700 "$CARGO_TARGET_DIR"
if [ ! -O "$CARGO_TARGET_DIR" ]; then
    echo "$CARGO_TARGET_DIR belongs to somebody else; set CARGO_TARGET_DIR before you write the jobs" >&2
    exit 3
fi
cd {{course}}
exec cargo checker grade{{options}} run --shard env --out {{out}} --jobs 1
