# Completes `cargo checker`. Whatever else follows `cargo` is left to what completed it before.
_cargo_checker() {
    local line
    COMPREPLY=()
    if [[ ${COMP_WORDS[1]} == checker && $COMP_CWORD -ge 2 ]]; then
        while IFS=$'\t' read -r line _; do
            COMPREPLY+=("$line")
        done < <(CHECKER complete --word="${COMP_WORDS[COMP_CWORD]}" -- "${COMP_WORDS[@]:2:COMP_CWORD-2}" 2>/dev/null)
        return
    fi
    if [[ -z $_cargo_before ]] && declare -F _completion_loader >/dev/null; then
        _completion_loader cargo >/dev/null 2>&1
        _cargo_before=$(complete -p cargo 2>/dev/null | sed -n 's/.*-F \([^ ]*\) .*/\1/p')
        complete -o default -F _cargo_checker cargo
    fi
    if [[ -n $_cargo_before && $_cargo_before != _cargo_checker ]]; then
        "$_cargo_before" "$@"
    fi
    [[ $COMP_CWORD -eq 1 && checker == "${COMP_WORDS[1]}"* ]] && COMPREPLY+=(checker)
}
_cargo_before=$(complete -p cargo 2>/dev/null | sed -n 's/.*-F \([^ ]*\) .*/\1/p')
complete -o default -F _cargo_checker cargo
