import {BroadsideError} from '@broadside/runtime'
import type {Remote} from './check-remote.ts'
import {loginConfig} from './login-helper.ts'
import {globalConfigOf, remakeMirror, removeLeftovers} from './prepare-mirror.ts'
import {runGit, type GitResult} from './run-git.ts'

export type FetchOptions = {
  dir: string
  remote: Remote
  branch: string
  timeoutMs: number
  /** What git starts for ssh, where it is not what whoever runs us would start. */
  sshCommand?: string | undefined
}

const fetchOptions =
  'fetch --quiet --no-tags --no-write-fetch-head --no-recurse-submodules --no-auto-maintenance'.split(' ')

/** What git says when objects or refs of the mirror itself are damaged. */
const damage =
  /corrupt|is empty|bad object|bad (?:ref|tree)|inflate|unable to (?:read|parse) (?:tree|commit|object|sha1)|not a git repository|missing (?:blob|tree|commit)|index file .* too small|did not send all necessary objects|broken reference|is far too short/i

export type FetchOutcome = {
  /** False when the remote has no such branch; the mirror then has none either. */
  isThere: boolean
  /** Whether the repository was replaced, so that processes that read it look at what is gone. */
  isRemade: boolean
}

/**
 * Brings the branch, rewound or not, in one git process. A damaged mirror, or one that `isSuspect`, is made anew.
 * Throws `git.fetch.failed` (transient), credentials removed.
 */
export async function fetchBranch(options: FetchOptions, isSuspect: boolean): Promise<FetchOutcome> {
  let isRemade = isSuspect
  if (isSuspect) await remakeMirror(options.dir)
  let result = await attempt(options)
  if (result.code !== 0 && !result.timedOut && !isRemade && damage.test(result.stderr)) {
    await remakeMirror(options.dir)
    isRemade = true
    result = await attempt(options)
  }
  if (result.code === 0) return {isThere: true, isRemade}
  if (!/couldn't find remote ref/i.test(result.stderr)) throw failed(options, result)
  await runGit(options.dir, ['update-ref', '-d', `refs/heads/${options.branch}`])
  return {isThere: false, isRemade}
}

/**
 * Where the branch is in the remote, without fetching anything; undefined when it is not there.
 * Throws `git.fetch.failed` (transient), credentials removed.
 */
export async function askHead(options: FetchOptions): Promise<string | undefined> {
  const {dir, remote, branch} = options
  const ref = `refs/heads/${branch}`
  const result = await runGit(
    dir,
    ['ls-remote', '--quiet', '--refs', '--end-of-options', remote.url, ref],
    reachRemote(options),
  )
  if (result.code !== 0) throw failed(options, result)
  // A pattern that ends in the ref's name matches refs/heads/x/refs/heads/main as well.
  const line = result.stdout.split('\n').find((one) => one.endsWith(`\t${ref}`))
  return line?.split('\t')[0]
}

/** What a git process that talks to the remote is given, and no other. */
function reachRemote({dir, remote, timeoutMs, sshCommand}: FetchOptions) {
  return {
    timeoutMs,
    protocol: remote.protocol,
    globalConfig: globalConfigOf(dir),
    ...(remote.login !== undefined && {login: remote.login, config: loginConfig(remote)}),
    ...(sshCommand !== undefined && {sshCommand}),
  }
}

async function attempt(options: FetchOptions): Promise<GitResult> {
  const {dir, remote, branch} = options
  const result = await runGit(
    dir,
    [...fetchOptions, '--end-of-options', remote.url, `+refs/heads/${branch}:refs/heads/${branch}`],
    reachRemote(options),
  )
  // Git that was killed leaves its locks, and would refuse the next fetch because of them.
  if (result.code === null) await removeLeftovers(dir)
  return result
}

function failed({remote, timeoutMs}: FetchOptions, {stderr, timedOut, code}: GitResult): BroadsideError {
  const why = timedOut ? `no end after ${timeoutMs} ms` : stderr || `git ended with ${code}`
  return new BroadsideError('transient', 'git.fetch.failed', `Fetching from ${remote.url} failed: ${why}`, {
    hint: 'Check that the remote can be reached and read from this machine',
  })
}
