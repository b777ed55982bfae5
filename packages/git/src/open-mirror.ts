import {BroadsideError} from '@broadside/runtime'
import {createBlobReader} from './blob-reader.ts'
import {checkBranch} from './check-branch.ts'
import {checkRemote, type Remote} from './check-remote.ts'
import {askBranches, askHead, fetchBranch} from './fetch-branch.ts'
import {findFile} from './find-file.ts'
import type {Login} from './login-helper.ts'
import {createHealth} from './mirror-health.ts'
import {listTree} from './list-tree.ts'
import type {Change, Mirror, MirrorOptions} from './mirror.ts'
import {parseCommit} from './parse-commit.ts'
import {prepareMirror} from './prepare-mirror.ts'
import {readFailed, runGit} from './run-git.ts'
import {removeSshIdentity, writeSshIdentity} from './ssh-identity.ts'
import {tidyMirror} from './tidy-mirror.ts'
import {diffTrees, walkCommits} from './walk-commits.ts'

const defaultTimeoutMs = 120_000
const defaultMaxBytes = 4_000_000_000
/** Some thousand posts. */
const defaultLargeBytes = 8_000_000
const defaultMaxBlobBytes = 50_000_000

const nearSteps = 20

/** The tree without files, which every repository knows by this hash. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

/**
 * Opens the mirror at `dir`, making it on first use. One process at a time owns a mirror.
 * Throws `git.remote.refused` and `git.branch.refused` (invalid) before anything is touched.
 */
export async function openMirror(options: MirrorOptions): Promise<Mirror> {
  const {dir, timeoutMs = defaultTimeoutMs, maxBytes = defaultMaxBytes, largeBytes = defaultLargeBytes} = options
  const remote = withLogin(checkRemote(options.remoteUrl), options.login)
  const branch = checkBranch(options.branch)
  await prepareMirror(dir)
  const sshDir = `${dir}.ssh`
  const sshCommand = options.ssh && (await writeSshIdentity(sshDir, options.ssh))
  const reach = {dir, remote, branch, timeoutMs, maxBytes, largeBytes, sshCommand}
  const blobs = createBlobReader(dir)
  let lastFetch: Promise<unknown> = Promise.resolve()
  const health = createHealth()

  const resolve = async (rev: string): Promise<string | undefined> => {
    if (rev.startsWith('-')) return undefined
    return (await blobs.info(`${rev}^{commit}`))?.oid
  }

  const readBlob: Mirror['readBlob'] = async (oid, {maxBytes: maxBlobBytes = defaultMaxBlobBytes} = {}) => {
    checkHash(oid)
    return health.check(async () => {
      const info = await blobs.info(oid)
      if (info === undefined || info.type !== 'blob') throw missing(oid)
      if (info.size > maxBlobBytes) throw tooLarge(oid, info.size, maxBlobBytes)
      const found = await blobs.contents(oid)
      if (found === undefined) throw missing(oid)
      return found.bytes
    })
  }

  const readCommit: Mirror['readCommit'] = async (commit) => {
    const found = await health.check(() => blobs.contents(checkHash(commit)))
    return found?.type === 'commit' ? parseCommit(commit, found.bytes) : undefined
  }

  /**
   * Whether first parents lead from one commit to another within a few steps; undefined when they lead on. Most pushes
   * are that short, and reading a few commits costs less than a process that walks.
   */
  const leadsTo = async (from: string, to: string): Promise<boolean | undefined> => {
    let at: string | undefined = from
    for (let step = 0; step < nearSteps; step += 1) {
      if (at === to) return true
      if (at === undefined) return false
      at = (await readCommit(at))?.parent
    }
    return undefined
  }

  return {
    fetch({onlyIfMoved = false} = {}) {
      const fetched = lastFetch.then(async () => {
        if (onlyIfMoved && !health.isSuspect()) {
          const [head, known] = await Promise.all([askHead(reach), resolve(`refs/heads/${branch}`)])
          if (head !== undefined && head === known) return {head}
        }
        const {isThere, isRemade} = await fetchBranch(reach, health.isSuspect())
        if (isRemade) {
          health.restored()
          await blobs.close()
        }
        return {head: isThere ? await resolve(`refs/heads/${branch}`) : undefined}
      })
      // Whoever waits for this fetch does not wait for the tidying; the next fetch and the end do.
      lastFetch = fetched.then(() => tidyMirror(dir)).catch(() => {})
      return fetched
    },
    branches: () => askBranches(reach),
    resolve,
    async isAncestor(a, b) {
      const [older, newer] = await Promise.all([resolve(a), resolve(b)])
      if (older === undefined || newer === undefined) return false
      const {code, stderr} = await runGit(dir, ['merge-base', '--is-ancestor', older, newer])
      if (code === 0 || code === 1) return code === 0
      throw readFailed('merge-base', stderr)
    },
    async isFirstParentAncestor(a, b) {
      const [older, newer] = await Promise.all([resolve(a), resolve(b)])
      if (older === undefined || newer === undefined) return false
      const isNear = await leadsTo(newer, older)
      if (isNear !== undefined) return isNear
      const args = ['rev-list', '--first-parent', '--parents', newer, `^${older}`, '--']
      const {code, stdout, stderr} = await runGit(dir, args)
      if (code !== 0) throw readFailed('rev-list', stderr)
      const [, firstParent] = stdout.trimEnd().split('\n').at(-1)?.split(' ') ?? []
      return firstParent === older
    },
    readCommit,
    listTree: (commit) => health.watch(listTree(dir, checkHash(commit))),
    walk({from, to}) {
      const range = {to: checkHash(to), ...(from !== undefined && {from: checkHash(from)})}
      return health.watch(walkCommits(dir, range))
    },
    async diffTrees(a, b) {
      const changes: Change[] = []
      const found = diffTrees(dir, a === undefined ? emptyTree : checkHash(a), checkHash(b))
      for await (const change of health.watch(found)) changes.push(change)
      return changes
    },
    readBlob,
    async readFile(commit, path, readOptions) {
      const file = await health.check(() => findFile(blobs, checkHash(commit), path))
      return file === undefined ? undefined : readBlob(file.oid, readOptions)
    },
    async close() {
      await lastFetch
      await blobs.close()
      if (sshCommand !== undefined) await removeSshIdentity(sshDir)
    },
  }
}

/** A login of the operator's takes the place of one in the URL; other protocols have none. */
function withLogin(remote: Remote, login: Login | undefined): Remote {
  const isWeb = remote.protocol === 'https' || remote.protocol === 'http'
  return login === undefined || !isWeb ? remote : {...remote, login}
}

/** Reading takes full hashes alone, so that no name can be an option, a range or a pattern. */
function checkHash(hash: string): string {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hash)) return hash
  throw new BroadsideError(
    'invalid',
    'git.hash.refused',
    `${JSON.stringify(hash.slice(0, 80))} is no full object hash`,
    {
      hint: 'Resolve names to hashes first',
    },
  )
}

function missing(oid: string): BroadsideError {
  return new BroadsideError('invalid', 'git.blob.missing', `The mirror has no file ${oid}`, {
    hint: 'Fetch, and read the tree again',
    details: {oid},
  })
}

function tooLarge(oid: string, size: number, maxBytes: number): BroadsideError {
  return new BroadsideError(
    'invalid',
    'git.blob.too-large',
    `The file ${oid} has ${size} bytes; at most ${maxBytes} are read`,
    {
      hint: 'Make the file smaller, or serve it from elsewhere',
      details: {oid, size, maxBytes},
    },
  )
}
