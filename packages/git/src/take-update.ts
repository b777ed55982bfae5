import {harmlessFaults} from './git-environment.ts'
import {incomingFolder, updateConfigOf} from './prepare-mirror.ts'
import {runGit, type GitResult, type StartOptions} from './run-git.ts'

const severities = harmlessFaults.map((fault) => `${fault}=warn`).join(',')

/**
 * Git is given `--git-dir=…`, options, and the ref as the last argument. Objects are checked on their way from the folder
 * where they wait to the mirror's own; the second check is asked about what the first one refuses, since only that one
 * can be told what is harmless.
 */
const script = `
ulimit -f "$0" || exit
dir=\${1#--git-dir=}
for ref; do :; done
rm -rf "$dir/${incomingFolder}" && mkdir "$dir/${incomingFolder}" || exit
GIT_OBJECT_DIRECTORY="$dir/${incomingFolder}" GIT_ALTERNATE_OBJECT_DIRECTORIES="$dir/objects" git "$@" || exit
for pack in "$dir/${incomingFolder}"/pack/*.pack; do
  [ -e "$pack" ] || continue
  git "$1" index-pack --stdin --fsck-objects <"$pack" >/dev/null 2>&1 ||
    git "$1" index-pack --stdin --strict=${severities} <"$pack" >/dev/null || exit
done
read -r head rest <"$dir/FETCH_HEAD"
git "$1" update-ref "$ref" "$head" && rm -rf "$dir/${incomingFolder}"
`

/** Whether a fetch can be taken by `takeUpdate`: git takes a colon for the end of a folder's name. */
export function canTakeUpdate(dir: string): boolean {
  return !/[:"]/.test(dir)
}

/**
 * Brings a branch to a mirror that has much already. As it checks what comes, `git fetch` asks for each file that a new
 * folder names, so that one post costs as much as the site has posts; here objects are checked by themselves, and that
 * nothing lacks is left to the walk over what is new. It takes two processes more, which pays for some thousand files.
 * Nothing unchecked ever lies among the objects of the mirror: what a killed process left is removed by the next one.
 */
export function takeUpdate(
  dir: string,
  fetch: readonly string[],
  {config, ...options}: StartOptions & {timeoutMs: number; maxFileBytes: number},
): Promise<GitResult> {
  const taken = {...config, 'fetch.fsckObjects': 'false', 'fetch.unpackLimit': '1', 'core.compression': '0'}
  return runGit(dir, fetch, {...options, config: taken, globalConfig: updateConfigOf(dir), script})
}
