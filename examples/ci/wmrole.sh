#!/bin/sh
# Impersonation roles in CI, in plain shell.
#
#   wmrole.sh check   a pull request from anywhere: no credentials and no network
#   wmrole.sh plan    a pull request: plan.json, and plan.md for a comment; may only read
#   wmrole.sh merge   after the merge: exactly what plan.json says of these files, or nothing; report.md
#   wmrole.sh drift   at night: is all live as declared, and does every expectation hold?
#
# ROLES is a file or a directory of definitions, SNAPSHOT what `wmrole export --snapshot` wrote.
# Ends with wmrole's own exit code.
set -eu
roles=${ROLES:-roles} snapshot=${SNAPSHOT:-directory.json} max_gained=${MAX_GAINED:-20}
format=table
[ "${GITHUB_ACTIONS:-}" != true ] || format=github

# Runs all of them, and ends with the first exit code that is not 0
code=0
run() {
  "$@" || { failed=$?; [ "$code" -ne 0 ] || code=$failed; }
}

case ${1:-} in
  check)
    run wmrole validate "$roles" --snapshot "$snapshot" --output "$format"
    ;;
  plan)
    run wmrole test --file "$roles" --offline --output "$format"
    # The plan is printed and saved also when a guard refuses it, which ends with 5
    run wmrole diff "$roles" --max-gained "$max_gained" --save plan.json --output markdown >plan.md
    if [ "$format" = github ]; then
      run wmrole diff "$roles" --max-gained "$max_gained" --output github
    else
      cat plan.md
    fi
    ;;
  merge)
    run wmrole apply "$roles" --plan plan.json --max-gained "$max_gained" --yes --output markdown >report.md
    cat report.md
    ;;
  drift)
    run wmrole diff "$roles" --exit-code --output "$format"
    run wmrole test --file "$roles" --output "$format"
    ;;
  *)
    echo "usage: wmrole.sh check|plan|merge|drift" >&2
    code=2
    ;;
esac
exit "$code"
