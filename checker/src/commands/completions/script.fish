# Completes `cargo checker`, beside what fish knows of cargo itself.
function __cargo_checker_has_begun
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test "$words[2]" = checker
end
function __cargo_checker_takes_a_file
    __cargo_checker_has_begun; and contains -- (commandline -opc)[-1] --source --out --assignment --roster --extensions --sheet import export
end
function __cargo_checker
    CHECKER complete --word=(commandline -ct | string collect --allow-empty) -- (commandline -opc)[3..] 2>/dev/null
end
complete -c cargo -n 'test (count (commandline -opc)) -eq 1' -a checker -d 'The concurrency workbook'
complete -c cargo -n __cargo_checker_has_begun -f -a '(__cargo_checker)'
complete -c cargo -n __cargo_checker_takes_a_file -F
