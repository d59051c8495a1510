#!/bin/bash
# Judges all shards on this machine with GNU parallel, one for each processor, and merges. Run again, it repeats those that failed.
# With `--sshlogin` it uses more machines that see the same folder.
set -euo pipefail
cd {{jobs}}
code=0
# The log knows tasks by their place in this list, so the list always has all of them.
seq 0 {{last}} | parallel --will-cite --joblog parallel.log --resume-failed "$@" bash {{jobs}}/shard.sh || code=$?
[ "$code" -le 100 ] || exit "$code"
exec bash {{jobs}}/merge.sh
