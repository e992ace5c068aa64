# Completion of wmrole for bash, as `wmrole completions bash` prints it. It asks wmrole at each Tab.

_wmrole() {
    local reply
    mapfile -t reply < <(WMROLE_COMPLETE=bash:1 WMROLE_COMPLETE_LINE="${COMP_LINE:0:COMP_POINT}" \
        WMROLE_COMPLETE_WORD="$2" command wmrole 2>/dev/null)
    COMPREPLY=()
    case ${reply[0]-} in
        words | somewhere) COMPREPLY=("${reply[@]:1}") ;;
        files | definitions) compopt -o default -o filenames ;;
        directories) compopt -o dirnames -o filenames ;;
        programs) mapfile -t COMPREPLY < <(compgen -c -- "$2") ;;
    esac
} 2>/dev/null

complete -o nosort -F _wmrole wmrole 2>/dev/null || complete -F _wmrole wmrole
