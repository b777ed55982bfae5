import {readdir, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {BroadsideError} from '@broadside/runtime'
import type {Remote} from './check-remote.ts'
import {loginConfig} from './login-helper.ts'
import {globalConfigOf, incomingFolder, remakeMirror, removeLeftovers} from './prepare-mirror.ts'
import {runGit, type GitResult} from './run-git.ts'
import {canTakeUpdate, takeUpdate} from './take-update.ts'

export type FetchOptions = {
  dir: string
  remote: Remote
  branch: string
  timeoutMs: number
  /** How large the packs of the mirror may become. */
  maxBytes: number
  /** How large they are where what comes is checked apart. */
  largeBytes: number
  /** What git starts for ssh, where it is not what whoever runs us would start. */
  sshCommand?: string | undefined
}

const fetchOptions = 'fetch --quiet --no-tags --no-recurse-submodules --no-auto-maintenance'.split(' ')

/** What git says when objects or refs of the mirror itself are damaged. */
const damage =
  /corrupt|is empty|bad object|bad (?:ref|tree)|inflate|unable to (?:read|parse) (?:tree|commit|object|sha1)|not a git repository|missing (?:blob|tree|commit)|index file .* too small|did not send all necessary objects|broken reference|is far too short/i

/** What is said where the system has held git to the size of a file: by itself (SIGXFSZ), or by an error (EFBIG). */
const overLimit = /died of signal 25|file too large|file size limit exceeded/i

export type FetchOutcome = {
  /** False when the remote has no such branch; the mirror then has none either. */
  isThere: boolean
  /** Whether the repository was replaced, so that processes that read it look at what is gone. */
  isRemade: boolean
}

/**
 * Brings the branch, rewound or not, in one process. A damaged mirror, or one that `isSuspect`, is made anew.
 * Throws `git.fetch.failed` (transient), credentials removed, and `git.repository.too-large` (invalid).
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
  if (result.isCut) throw tooLarge(options)
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

/** Where each branch of the remote is, by its name. Throws `git.fetch.failed` (transient), credentials removed. */
export async function askBranches(options: FetchOptions): Promise<Map<string, string>> {
  const args = ['ls-remote', '--quiet', '--refs', '--end-of-options', options.remote.url, 'refs/heads/*']
  const result = await runGit(options.dir, args, reachRemote(options))
  if (result.code !== 0) throw failed(options, result)
  const lines = result.stdout.split('\n').map((line) => /^([0-9a-f]+)\trefs\/heads\/(.+)$/.exec(line))
  return new Map(lines.flatMap((line) => (line === null ? [] : [[line[2]!, line[1]!] as const])))
}

/** What a git process that talks to the remote is given, and no other. */
function reachRemote({dir, remote, timeoutMs, sshCommand}: FetchOptions) {
  return {
    timeoutMs,
    protocol: remote.protocol,
    globalConfig: globalConfigOf(dir),
    config: remote.login === undefined ? {} : loginConfig(remote),
    ...(remote.login !== undefined && {login: remote.login}),
    ...(sshCommand !== undefined && {sshCommand}),
  }
}

type Attempt = GitResult & {
  /** By the limit on the size of files. */
  isCut: boolean
}

async function attempt(options: FetchOptions): Promise<Attempt> {
  const {dir, remote, branch, maxBytes, largeBytes} = options
  const held = await packBytes(dir)
  const maxFileBytes = maxBytes - held
  const reach = {...reachRemote(options), maxFileBytes}
  const ref = `refs/heads/${branch}`
  const result =
    held > largeBytes && canTakeUpdate(dir)
      ? await takeUpdate(dir, [...fetchOptions, '--write-fetch-head', '--end-of-options', remote.url, ref], reach)
      : await runGit(
          dir,
          [...fetchOptions, '--no-write-fetch-head', '--end-of-options', remote.url, `+${ref}:${ref}`],
          reach,
        )
  const isCut = result.code !== 0 && (overLimit.test(result.stderr) || (await hasReached(dir, maxFileBytes)))
  // Git that was killed leaves its locks, and would refuse the next fetch because of them.
  if (result.code === null || isCut) await removeLeftovers(dir)
  return {...result, isCut}
}

/** Whether a pack was cut off at the limit, of which git does not always say why it ended. */
async function hasReached(dir: string, maxFileBytes: number): Promise<boolean> {
  for (const folder of [join(dir, 'objects', 'pack'), join(dir, incomingFolder, 'pack')]) {
    const names = await readdir(folder).catch(() => [] as string[])
    for (const name of names.filter((one) => one.startsWith('tmp_')))
      if ((await stat(join(folder, name))).size >= maxFileBytes) return true
  }
  return false
}

/** All that a mirror holds lies in packs, save a few files. */
async function packBytes(dir: string): Promise<number> {
  const folder = join(dir, 'objects', 'pack')
  const names = await readdir(folder).catch(() => [] as string[])
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

function tooLarge({remote, maxBytes}: FetchOptions): BroadsideError {
  const megabytes = Math.floor(maxBytes / 1_000_000)
  return new BroadsideError(
    'invalid',
    'git.repository.too-large',
    `The repository at ${remote.url} is larger than ${megabytes} MB`,
    {
      hint: 'Keep large files elsewhere, or let the operator raise GIT_MAX_MB of this site',
    },
  )
}

function failed({remote, timeoutMs}: FetchOptions, {stderr, timedOut, code}: GitResult): BroadsideError {
  const why = timedOut ? `no end after ${timeoutMs} ms` : stderr || `git ended with ${code}`
  return new BroadsideError('transient', 'git.fetch.failed', `Fetching from ${remote.url} failed: ${why}`, {
    hint: 'Check that the remote can be reached and read from this machine',
  })
}
