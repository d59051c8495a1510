# Completes `cargo checker`. Whatever else follows `cargo` is left to what completed it before.
_cargo_checker() {
    if [[ $words[2] == checker && $CURRENT -ge 3 ]]; then
        local -a found
        found=(${(f)"$(CHECKER complete --word="$words[CURRENT]" -- "${(@)words[3,CURRENT-1]}" 2>/dev/null)"})
        # Between a word and what it means stands a tab here, and for zsh a colon.
        found=("${(@)found//:/\\:}")
        found=("${(@)found/$'\t'/:}")
        if (( $#found )); then
            _describe 'cargo checker' found
        else
            _files
        fi
    elif [[ -n $_cargo_before ]]; then
        $_cargo_before "$@"
    fi
}
if (( ! $+functions[compdef] )); then
    autoload -Uz compinit && compinit
fi
_cargo_before=$_comps[cargo]
[[ $_cargo_before == _cargo_checker ]] && _cargo_before=
compdef _cargo_checker cargo
