import {spawn, type ChildProcessWithoutNullStreams} from 'node:child_process'
import type {Writable} from 'node:stream'
import {BroadsideError} from '@broadside/runtime'
import {stripCredentials} from './check-remote.ts'
import {gitEnvironment, type GitEnvironment} from './git-environment.ts'
import {formatLogin, loginDescriptor, type Login} from './login-helper.ts'

export type GitProcess = {
  child: ChildProcessWithoutNullStreams
  /** Settles when the process has ended; `stderr` is cut to 8 kB and holds no credentials. Never rejects. */
  ended: Promise<{code: number | null; stderr: string; spawnError?: Error}>
  /** Ends git and whatever it started, at once. */
  kill(): void
}

const maxStderr = 8_192

/** Longest time that git may take over what is on this machine, or be silent while somebody waits for what it reads. */
export const localTimeoutMs = 60_000

export type StartOptions = GitEnvironment & {
  login?: Login
  /** The largest file that git, and whatever it starts, may write; a longer one ends it. */
  maxFileBytes?: number
  /** What a shell does in the place of git: `$0` is that size in blocks of 512 bytes, `$@` what git would be given. */
  script?: string
}

/**
 * Starts git on the repository in `dir`, with an environment that nothing on the machine changes. No shell reads any of
 * the arguments. A login waits in a pipe for whoever git starts to ask for it; see `loginConfig`.
 */
export function startGit(
  dir: string,
  args: readonly string[],
  {login, maxFileBytes, script = underLimit, ...environment}: StartOptions = {},
): GitProcess {
  const all = [`--git-dir=${dir}`, ...args]
  const [program, given] =
    maxFileBytes === undefined ? ['git', all] : ['sh', ['-c', script, blocksOf(maxFileBytes), ...all]]

  const stdio = ['pipe', 'pipe', 'pipe', ...(login === undefined ? [] : ['pipe' as const])] as ['pipe', 'pipe', 'pipe']
  // A process group of its own lets a deadline end the helpers (ssh, index-pack) as well.
  const child = spawn(program, given, {env: gitEnvironment(environment), detached: true, stdio})
  if (login !== undefined) {
    const pipe = child.stdio[loginDescriptor] as Writable | null | undefined
    // Git may end without asking.
    pipe?.on('error', () => {})
    pipe?.end(formatLogin(login))
  }
  let stderr = ''
  let spawnError: Error | undefined
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (stderr.length < maxStderr) stderr += text
  })
  // Writing to a process that died is reported by its end, not here.
  child.stdin.on('error', () => {})
  const ended = new Promise<Awaited<GitProcess['ended']>>((resolve) => {
    const settle = (code: number | null) => {
      const said = stripCredentials(stderr).slice(0, maxStderr).trim()
      resolve({code, stderr: said, ...(spawnError && {spawnError})})
    }
    child.on('error', (error) => {
      spawnError = error
      settle(null)
    })
    child.on('close', settle)
  })
  return {child, ended, kill: () => killGroup(child)}
}

/** The system itself holds git to the limit, which a shell sets and is replaced by git. */
const underLimit = 'ulimit -f "$0" && exec git "$@"'

/** As POSIX counts the sizes of files. */
function blocksOf(bytes: number): string {
  return String(Math.max(1, Math.ceil(bytes / 512)))
}

function killGroup(child: ChildProcessWithoutNullStreams): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group is gone, or the platform has none.
    child.kill('SIGKILL')
  }
}

export type GitResult = {code: number | null; stdout: string; stderr: string; timedOut: boolean}

/**
 * Runs git to its end and gives what it wrote. An exit code other than 0 is a result, not an error; so is a git that was
 * ended because it took too long.
 * Throws `git.not-installed` (invalid) when there is no git.
 */
export async function runGit(
  dir: string,
  args: readonly string[],
  {timeoutMs = localTimeoutMs, ...options}: StartOptions & {timeoutMs?: number} = {},
): Promise<GitResult> {
  const git = startGit(dir, args, options)
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    git.kill()
  }, timeoutMs)
  git.child.stdin.end()
  let stdout = ''
  git.child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  const {code, stderr, spawnError} = await git.ended
  clearTimeout(timer)
  if (spawnError !== undefined) throw notInstalled(spawnError)
  return {code, stdout, stderr, timedOut}
}

/**
 * Streams what git writes, split at NUL bytes; what stands after the last one is dropped when empty. Ending the loop
 * early ends git, and so does a silence of `stallMs` while somebody waits. Throws `git.read.failed` (transient) when git
 * fails.
 */
export async function* streamRecords(
  dir: string,
  args: readonly string[],
  stallMs = localTimeoutMs,
): AsyncGenerator<Buffer> {
  const git = startGit(dir, args)
  git.child.stdin.end()
  let done = false
  let watch = setTimeout(git.kill, stallMs)
  try {
    let rest: Buffer[] = []
    for await (const chunk of git.child.stdout as AsyncIterable<Buffer>) {
      // Whoever reads may take its time.
      clearTimeout(watch)
      let start = 0
      for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, start)) {
        const piece = chunk.subarray(start, end)
        yield rest.length === 0 ? piece : Buffer.concat([...rest, piece])
        rest = []
        start = end + 1
      }
      if (start < chunk.length) rest.push(chunk.subarray(start))
      watch = setTimeout(git.kill, stallMs)
    }
    const {code, stderr, spawnError} = await git.ended
    done = true
    if (spawnError !== undefined) throw notInstalled(spawnError)
    if (code !== 0) throw readFailed(args[0] ?? '', stderr)
    if (rest.length > 0) yield Buffer.concat(rest)
  } finally {
    clearTimeout(watch)
    if (!done) git.kill()
  }
}

export function readFailed(command: string, stderr: string): BroadsideError {
  return new BroadsideError('transient', 'git.read.failed', `git ${command} failed: ${stderr || 'it said nothing'}`, {
    hint: 'The next fetch makes the mirror anew if it is damaged',
  })
}

function notInstalled(cause: Error): BroadsideError {
  return new BroadsideError('invalid', 'git.not-installed', 'git cannot be started', {
    cause,
    hint: 'Install git 2.36 or later and put it on PATH',
  })
}
