# Completes `cargo checker`.
Register-ArgumentCompleter -Native -CommandName cargo -ScriptBlock {
    param($word, $line, $position)
    $words = @($line.CommandElements | ForEach-Object { $_.ToString() })
    if ($words.Count -lt 2 -or $words[1] -ne 'checker') { return }
    $before = @($words | Select-Object -Skip 2)
    if ($word -ne '' -and $before.Count -gt 0) { $before = @($before | Select-Object -SkipLast 1) }
    & CHECKER complete "--word=$word" '--' @before 2>$null | ForEach-Object {
        $name, $what = $_ -split "`t", 2
        if (-not $what) { $what = $name }
        [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $what)
    }
}
