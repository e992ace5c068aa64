# Completion of wmrole for fish, as `wmrole completions fish` prints it. It asks wmrole at each Tab.

function __wmrole_complete
    set -l reply (WMROLE_COMPLETE=fish:1 command wmrole (commandline -opc) (commandline -ct) 2>/dev/null)
    set -l directive $reply[1]
    set -e reply[1]
    # What stands before a file, as --plan=
    set -l before (string match -r -- '^--[a-z-]+=' (commandline -ct))
    set -l typed (string replace -r -- '^--[a-z-]+=' '' (commandline -ct))
    switch "$directive"
        case words somewhere
            printf '%s\n' $reply
        case files definitions
            printf '%s\n' "$before"(__fish_complete_path "$typed")
        case directories
            printf '%s\n' "$before"(__fish_complete_directories "$typed" '')
        case programs
            __fish_complete_command
    end
end

complete -c wmrole -f -k -a '(__wmrole_complete)'
