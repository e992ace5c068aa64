#!/bin/sh
# Impersonation roles in CI, in plain shell.
#
#   wmrole.sh check   a pull request from anywhere: no credentials and no network
#   wmrole.sh plan    a pull request: plan.json, and plan.md for a comment; may only read
#   wmrole.sh merge   after the merge: exactly what plan.json says of these files, or nothing; report.md
#   wmrole.sh drift   at night: is all live as declared, and does every expectation hold?
#   wmrole.sh comment plan.md as the one comment of this job on the pull request PR, with GitHub's gh and GH_TOKEN
#
# ROLES is a file or a directory of definitions, SNAPSHOT what `wmrole export --snapshot` wrote. COMMENT tells the
# comments of several jobs apart, as of a job for each organization.
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
      # The log has what a comment is too short for
      run wmrole diff "$roles" --max-gained "$max_gained" --all --output github
    else
      cat plan.md
    fi
    ;;
  merge)
    run wmrole apply "$roles" --plan plan.json --max-gained "$max_gained" --all --yes \
      --output markdown >report.md
    cat report.md
    ;;
  drift)
    run wmrole diff "$roles" --exit-code --output "$format"
    run wmrole test --file "$roles" --output "$format"
    ;;
  comment)
    # The first line finds it again. No other than the bot's own comment is written over
    marker="<!-- wmrole ${COMMENT:-plan} -->"
    comments=repos/$GITHUB_REPOSITORY/issues/$PR/comments
    {
      echo "$marker"
      if [ -s plan.md ]; then cat plan.md; else echo "There is no plan: see the log of the job."; fi
    } >comment.md
    mine=$(gh api --paginate "$comments?per_page=100" --jq ".[] | select(.user.login == \"github-actions[bot]\")
      | select(.body | startswith(\"$marker\")) | .id")
    mine=$(echo "$mine" | head -n 1)
    if [ -n "$mine" ]; then
      gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$mine" --field body=@comment.md
    else
      gh api --silent --method POST "$comments" --field body=@comment.md
    fi
    ;;
  *)
    echo "usage: wmrole.sh check|plan|merge|drift|comment" >&2
    code=2
    ;;
esac
exit "$code"
