#!/bin/bash
# Hands all shards to Slurm, and the merge for when they have ended. Options go to sbatch, such as `--partition=short`.
# To run some shards again, and then merge: submit.sh --array=1,3
set -euo pipefail
shards=$(sbatch --parsable "$@" {{jobs}}/shards.sbatch)
own=()
for option in "$@"; do
    # The merge is no array.
    [[ $option == --array=* ]] || own+=("$option")
done
# The merge begins however the shards have ended, and names those that are not complete.
merge=$(sbatch --parsable --dependency="afterany:${shards%%;*}" "${own[@]}" {{jobs}}/merge.sbatch)
echo "shards: job $shards, merge: job $merge; their words are in {{jobs}}"
