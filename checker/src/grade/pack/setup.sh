#!/usr/bin/env bash
# Runs once, when Gradescope builds the image: installs Rust and builds everything that a verdict stands on.
set -euo pipefail
root=${AUTOGRADER:-/autograder}
tools=${TOOLS:-/opt/workbook}
mkdir -p "$tools"
if ! command -v cc >/dev/null || ! { command -v cargo || command -v curl; } >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -yqq --no-install-recommends ca-certificates curl gcc libc6-dev
fi
# What is exported here is lost when a submission is judged, so it is kept in a file.
cat >"$tools/environment" <<VARIABLES
export RUSTUP_HOME="${RUSTUP_HOME:-$tools/rustup}" CARGO_HOME="${CARGO_HOME:-$tools/cargo}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$tools/target}"
export PATH="${CARGO_HOME:-$tools/cargo}/bin:$PATH"
VARIABLES
# shellcheck disable=SC1091
. "$tools/environment"
if ! command -v cargo >/dev/null; then
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs |
        sh -s -- -y --no-modify-path --profile minimal --default-toolchain {{rust}}
fi
as_judge() { "$@"; }
# A trial in another folder than Gradescope's changes no users.
if [ "$(id -u)" = 0 ] && [ -z "${AUTOGRADER:-}" ]; then
    # A submission is judged by a user who can change nothing else.
    id judge >/dev/null 2>&1 || useradd --create-home judge
    chown -R judge "$tools"
    # Learners' programs have nothing to read here.
    chown -R judge "$root/source/workbook"
    chmod -R o-rwx "$root/source/workbook"
    as_judge() { runuser -u judge -- "$@"; }
fi
cd "$root/source/workbook"
# Builds the checker and the simulated std, and shows that this image judges.
as_judge cargo checker run {{exercise}} --source {{solution}}
