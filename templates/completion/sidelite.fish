# Completion of sidelite's commands for fish.
# sidelite completion fish > ~/.config/fish/completions/sidelite.fish

# KIND: the names that exist now.
function __sidelite_live
    begin
        commandline -opc
        commandline -ct
    end | string join0 | command sidelite __complete $argv[1] 2>/dev/null
end

# Whether exactly these words stand before the cursor.
function __sidelite_at
    set -l typed (commandline -opc)
    test "$typed[2..]" = "$argv"
end

# Whether the words begin with these, and the worker's own have not begun.
function __sidelite_in
    set -l typed (commandline -opc)
    set -l last (math 1 + (count $argv))
    test (count $typed) -ge $last
    and test "$typed[2..$last]" = "$argv"
    and not contains -- -- $typed
end

# Whether the worker's own words have begun.
function __sidelite_rest
    contains -- -- (commandline -opc)
end

# What fish itself offers for the worker's own words.
function __sidelite_command
    complete -C (commandline -cp | string replace -r '^.*? -- +' '')
end

complete -c sidelite -f
# GRAMMAR
