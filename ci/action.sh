#!/usr/bin/env bash
# What the GitHub Action runs (action.yml). It reads only these variables, so it runs anywhere:
#   RUNGS_COMMAND    lint, status or propose; auto: lint for a pull request, else status
#   RUNGS_EVENT      name of the event, as pull_request
#   RUNGS_BASE       commit that a pull request starts from
#   RUNGS_LOCKFILE   lockfile; default Gemfile.lock
#   RUNGS_OPTIONS    further options of the command, parted by blanks
#   RUNGS_UNKNOWN    fail: exit code 4 (beyond the catalog) fails the job; default: it is a warning
#   RUNGS_BRANCH     branch of propose; default rungs/next-step
#   RUNGS_PROGRAM    the program; default rungs
# GITHUB_STEP_SUMMARY and GITHUB_OUTPUT are files of the runner.
set -euo pipefail

program=${RUNGS_PROGRAM:-rungs}
lockfile=${RUNGS_LOCKFILE:-Gemfile.lock}
command=${RUNGS_COMMAND:-auto}
summary=${GITHUB_STEP_SUMMARY:-/dev/null}
output=${GITHUB_OUTPUT:-/dev/null}
read -ra options <<<"${RUNGS_OPTIONS:-}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [[ $command == auto ]]; then
  case ${RUNGS_EVENT:-} in
    pull_request | pull_request_target | merge_group) command=lint ;;
    *) command=status ;;
  esac
fi

# A text of the program in a fence that nothing in it ends.
fenced() {
  local fence='```'
  while grep -qF -- "$fence" "$1"; do fence+='`'; done
  printf '%stext\n' "$fence"
  cat "$1"
  printf '%s\n' "$fence"
}

# finish CODE TITLE FILE: the summary, the output, and the exit code of the job.
finish() {
  local code=$1
  {
    printf '### rungs %s: %s\n\n' "$command" "$2"
    fenced "$3"
  } >>"$summary"
  echo "code=$code" >>"$output"
  if [[ $code == 4 && ${RUNGS_UNKNOWN:-} != fail ]]; then
    echo "::warning::rungs: something lies beyond the catalog; see the summary of the job"
    exit 0
  fi
  exit "$code"
}

# try FILE COMMAND…: the exit code of a command whose output goes to a file.
try() {
  local file=$1 code=0
  shift
  "$@" >"$file" || code=$?
  echo "$code"
}

meaning() {
  case $1 in
    0) echo "no findings" ;;
    1) echo "findings" ;;
    3) echo "no upgrade path" ;;
    4) echo "unknown, beyond the catalog" ;;
    5) echo "search limit reached" ;;
    *) echo "the call is wrong" ;;
  esac
}

lint() {
  local base=${RUNGS_BASE:-} code
  if [[ -z $base ]]; then
    echo "::error::rungs: there is no commit to compare with; use the action for pull_request, or set base"
    exit 2
  fi
  # A checkout of depth 1 has the merge only.
  if ! git cat-file -e "$base^{commit}" 2>/dev/null; then
    git fetch --quiet --no-tags --depth=1 origin "$base" || {
      echo "::error::rungs: cannot fetch $base; give actions/checkout fetch-depth: 0"
      exit 2
    }
  fi
  if [[ -z $(git ls-tree "$base" -- "$lockfile") ]]; then
    echo "$lockfile is new: there is nothing to compare it with." >"$work/text"
    finish 0 "no findings" "$work/text"
  fi
  code=$(try "$work/annotations" "$program" lint --base "$base" "$lockfile" --format github ${options[@]+"${options[@]}"})
  cat "$work/annotations"
  [[ $code == 2 ]] && : >"$work/text" && finish 2 "$(meaning 2)" "$work/text"
  try "$work/text" "$program" lint --base "$base" "$lockfile" ${options[@]+"${options[@]}"} >/dev/null
  finish "$code" "$(meaning "$code")" "$work/text"
}

status() {
  local code
  code=$(try "$work/text" "$program" status --check --lockfile "$lockfile" ${options[@]+"${options[@]}"})
  cat "$work/text"
  [[ $code == 1 ]] && echo "::warning file=$lockfile::rungs: problems with what is installed; see the summary of the job"
  finish "$code" "$(meaning "$code")" "$work/text"
}

# Opens the pull request of the next step, or brings it up to date: the step is applied to the Gemfile
# and the lockfile, and the checklist of the step is its text.
propose() {
  local branch=${RUNGS_BRANCH:-rungs/next-step} code title
  code=$(try "$work/plan" "$program" next --lockfile "$lockfile" --format rows ${options[@]+"${options[@]}"})
  if [[ $code != 0 ]] || ! grep -q '^step' "$work/plan"; then
    try "$work/text" "$program" next --lockfile "$lockfile" ${options[@]+"${options[@]}"} >/dev/null
    cat "$work/text"
    finish "$code" "$(meaning "$code")" "$work/text"
  fi
  "$program" next --lockfile "$lockfile" --format markdown ${options[@]+"${options[@]}"} >"$work/body"
  # A long heading goes on in the lines below it, which begin with no blank.
  title=$("$program" next --lockfile "$lockfile" ${options[@]+"${options[@]}"} | awk '
    NR == 1 { sub(/^Step [0-9]*: /, ""); title = $0; next }
    /^ / || /^$/ { over = 1 }
    !over { title = title " " $0 }
    END { print title }')
  code=$(try "$work/text" "$program" apply --lock-only --lockfile "$lockfile" ${options[@]+"${options[@]}"} 2>"$work/errors")
  cat "$work/errors" >&2
  [[ $code == 0 ]] || cat "$work/errors" >>"$work/text"
  [[ $code == 0 ]] || finish "$code" "the step is not done" "$work/text"
  if git diff --quiet; then
    echo "Nothing changes." >"$work/text"
    finish 0 "nothing to propose" "$work/text"
  fi
  # GitHub takes 65,536 characters.
  if [[ $(wc -m <"$work/body") -gt 65000 ]]; then
    head -c 64000 "$work/body" | iconv -c -t UTF-8 >"$work/cut"
    printf '\n\nThe rest is too long for GitHub: `rungs next --format markdown` prints all.\n' >>"$work/cut"
    mv "$work/cut" "$work/body"
  fi
  git switch --quiet --force-create "$branch"
  git -c user.name="${GIT_AUTHOR_NAME:-rungs}" -c user.email="${GIT_AUTHOR_EMAIL:-rungs@users.noreply.github.com}" \
    commit --quiet --all --message "Upgrade $title"
  git push --quiet --force origin "HEAD:refs/heads/$branch"
  if [[ -n $(gh pr list --head "$branch" --state open --json number --jq '.[].number') ]]; then
    gh pr edit "$branch" --title "Upgrade $title" --body-file "$work/body"
  else
    gh pr create --head "$branch" --title "Upgrade $title" --body-file "$work/body"
  fi
  finish 0 "$title" "$work/text"
}

case $command in
  lint | status | propose) "$command" ;;
  *)
    echo "::error::rungs: no command '$command': expected auto, lint, status or propose"
    exit 2
    ;;
esac
